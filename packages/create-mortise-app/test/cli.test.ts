import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runNode } from './generated.ts';

/** Beside the index, in the sources and in what is published. */
const cli = fileURLToPath(import.meta.resolve('create-mortise-app')).replace(/index(\.\w+)$/, 'cli$1');
const FIRST =
  'create-mortise-app makes applications. For an integration of a provider: npm create mortise@latest';

let work = '';
beforeEach(() => {
  work = realpathSync(mkdtempSync(join(tmpdir(), 'create-app-')));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

const run = (...args: string[]) => runNode(work, [cli, ...args]);

it('says first what it makes, writes into a folder with a space in its name, and says what is next', async () => {
  const { code, stdout } = await run('my app', '--template', 'extraction', '--provider', 'anthropic');
  expect(stdout.split('\n')[0]).toBe(FIRST);
  expect(stdout).toContain('cd "my app"\n  npm install\n  npm start');
  expect(JSON.parse(readFileSync(join(work, 'my app/package.json'), 'utf8'))).toMatchObject({
    name: 'my-app',
  });
  expect(code).toBe(0);
});

it.each([
  ['nothing', [], 'Say which folder'],
  ['no template', ['app'], 'Say what to make'],
  ['an unknown option', ['app', '--typescript'], 'typescript'],
  ['a folder that is in use', ['.', '-t', 'rag', '--package', 'app'], 'is not empty (theirs)'],
  ['the folder above', ['theirs/..', '-t', 'rag', '--package', 'app'], 'is not empty (theirs)'],
])('ends at once where nobody answers and there is %s, and writes nothing', async (_, args, why) => {
  mkdirSync(join(work, 'theirs'));
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toContain(why);
  expect(stdout).toBe(`${FIRST}\n`);
  expect(code).toBe(1);
  expect(readdirSync(work)).toEqual(['theirs']);
});

it('shows its options', async () => {
  const { code, stdout } = await run('--help');
  expect(stdout).toContain('--template NAME');
  expect(code).toBe(0);
});
