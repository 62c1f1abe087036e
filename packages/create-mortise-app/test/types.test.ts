import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PROVIDERS, type Provider } from 'create-mortise-app';
import { expect, it } from 'vitest';
import { generateAll } from './generated.ts';

const require = createRequire(import.meta.url);
const all = Object.keys(PROVIDERS) as Provider[];

it('every template type-checks by its own rules, with one provider and with all', () => {
  const apps = generateAll((template) => (template === 'chat' ? all : ['openai']));
  const typeRoots = [join(require.resolve('@types/node/package.json'), '../..')];
  const tsconfig = {
    extends: './chat/tsconfig.json',
    compilerOptions: { customConditions: ['mortise-source'], typeRoots },
    include: ['*/src', '*/test'],
  };
  writeFileSync(join(apps, 'tsconfig.json'), JSON.stringify(tsconfig));
  const tsc = require.resolve('typescript/bin/tsc');
  const { stdout } = spawnSync(process.execPath, [tsc, '--project', apps], { encoding: 'utf8' });
  rmSync(apps, { recursive: true, force: true });
  expect(stdout).toBe('');
});
