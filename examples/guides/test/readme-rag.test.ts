import { afterEach, expect, test, vi } from 'vitest';
import { runOfReadme } from './readme-run.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

// It embeds the whole documentation.
test('the README’s rag.ts prints an answer with its sources', { timeout: 300_000 }, async () => {
  expect(await runOfReadme('rag')).toMatch(/^Blue light scatters most \[1\]\. \[\{"number":1/);
});
