import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as kit from '@mortise/conformance';
import { expect, test } from 'vitest';
import { frozenFolders, hashesOf, readFrozen, thawed, withoutIntegration } from '../compat.ts';
import { root, sourceFiles } from '../workspace.ts';

test.each(frozenFolders())('nothing in %s was edited since it was frozen', (folder) => {
  const frozen = readFrozen(folder);
  expect(Object.keys(frozen).length).toBeGreaterThan(10);
  expect(thawed(folder, frozen, hashesOf(folder))).toEqual([]);
});

test.each([
  ['a change', { 'src/a.ts': '2', 'src/b.ts': '1' }],
  ['a file that is gone', { 'src/b.ts': '1' }],
  ['a new file', { 'src/a.ts': '1', 'src/b.ts': '1', 'src/c.ts': '1' }],
])('the check finds %s, and names it', (_, current) => {
  expect(thawed('compat/1.0', { 'src/a.ts': '1', 'src/b.ts': '1' }, current)).toEqual([
    expect.stringMatching(/^compat\/1\.0\/src\/[ac]\.ts: was frozen/),
  ]);
});

test('every suite of the conformance kit has a frozen integration', () => {
  const suites = Object.keys(kit).filter((name) => name.endsWith('Conformance'));
  const tests = frozenFolders().flatMap((folder) => sourceFiles(`${folder}/test`));
  expect(suites.length).toBeGreaterThan(10);
  const texts = tests.map((file) => readFileSync(join(root, file), 'utf8'));
  expect(withoutIntegration(suites, texts)).toEqual([]);
});

test('the check finds a suite that is imported at most, and says what to do', () => {
  const tests = ["import { aConformance, bConformance } from 'kit';\naConformance({ describe, it }, {});"];
  expect(withoutIntegration(['aConformance', 'bConformance', 'cConformance'], tests)).toEqual([
    expect.stringMatching(/bConformance: write .* `node tooling\/compat.ts`/),
    expect.stringMatching(/cConformance: write/),
  ]);
});
