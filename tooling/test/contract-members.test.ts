import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import ts from 'typescript';
import { contractMembers } from '../contract-members.ts';
import { root, sourceFiles } from '../workspace.ts';

const core = 'packages/core/src';
const contracts = sourceFiles(core).filter((file) => /[/-]contract\.ts$/.test(file));

test('C-11: contract members use method syntax', () => {
  expect(contracts.length).toBeGreaterThan(8);
  expect(contracts.flatMap((file) => contractMembers(file, readFileSync(join(root, file), 'utf8')))).toEqual(
    [],
  );
});

test('C-11: the check sees a function in a property, and leaves options alone', () => {
  const text = 'interface A { run(): void; bad: () => void }\ninterface Options { onProgress: () => void }';
  expect(contractMembers('a.ts', text).map(({ message }) => message)).toEqual([
    'A.bad is a function in a property; write it as a method',
  ]);
});

test('C-11: core is type-checked against the web platform alone, without Node types', () => {
  const { config } = ts.readConfigFile(join(root, 'packages/core/tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  ) as {
    config: { compilerOptions: unknown };
  };
  expect(config.compilerOptions).toMatchObject({ lib: ['ES2024', 'WebWorker'], types: [] });
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts['typecheck']).toContain('tsc --noEmit -p packages/core');
});
