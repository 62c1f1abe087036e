import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { TEMPLATES } from 'create-mortise-app';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateAll, runNode } from './generated.ts';

let apps = '';
beforeAll(() => {
  apps = generateAll(() => ['openai']);
});
afterAll(() => rmSync(apps, { recursive: true, force: true }));

it.each(TEMPLATES)('the tests of %s pass', async (template) => {
  const { code, stdout } = await runNode(join(apps, template), ['--test', 'test/*.test.ts']);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/pass [1-9]/);
});
