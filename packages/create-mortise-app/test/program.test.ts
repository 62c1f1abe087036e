import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Template } from 'create-mortise-app';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateAll, runNode } from './generated.ts';

let apps = '';
beforeAll(() => {
  apps = generateAll(() => ['openai']);
});
afterAll(() => rmSync(apps, { recursive: true, force: true }));

const node = (template: Template, args: readonly string[], env?: NodeJS.ProcessEnv) =>
  runNode(join(apps, template), args, env);

const STAND_IN = /^This is a stand-in and not a language model\./;

it('rag answers without a key, and says on its first line that it is no model', async () => {
  const { code, stdout, stderr } = await node('rag', ['src/main.ts']);
  expect(stderr).toMatch(STAND_IN);
  expect(stdout).toContain('The introduction costs 30 euros and is held every Wednesday. [1]');
  expect(stdout).toContain('[1] machines.md');
  expect(code).toBe(0);
  // The second run finds the index.
  expect((await node('rag', ['src/main.ts', 'When may visitors come?'])).stdout).toMatch(/Visitors .*\[\d\]/);
});

it('extraction writes JSON lines, and nothing else', async () => {
  const { code, stdout, stderr } = await node('extraction', ['src/main.ts']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { amount: number | null });
  expect(rows.map(({ amount }) => amount)).toEqual([74.5, 1240, null]);
  expect(stderr).toMatch(STAND_IN);
  expect(code).toBe(0);
});

it('agent asks, and goes on in another process', async () => {
  const asked = await node('agent', ['src/main.ts']);
  expect(asked.stdout).toContain('It wants to order: {"wood":"oak","boards":4}');
  expect((await node('agent', ['src/main.ts'])).stderr).toContain('A run waits');
  expect((await node('agent', ['src/main.ts', 'yes'])).stdout).toBe('Ordered 4 boards of oak.\n');
  expect((await node('agent', ['src/main.ts', 'yes'])).stderr).toContain('No run waits');
});

it('says what a choice of model that it does not know could be, and asks a key that is set', async () => {
  const unknown = await node('extraction', ['src/main.ts'], { LLM: 'acme:x' });
  expect(unknown.stderr).toContain('LLM=acme:x: write provider:model, of openai, ollama, groq, openrouter.');
  expect(unknown.code).toBe(1);
  const other = await node('extraction', ['src/main.ts'], { ANTHROPIC_API_KEY: 'none' });
  expect(other.stderr).toContain('npm install @mortise/anthropic');
});
