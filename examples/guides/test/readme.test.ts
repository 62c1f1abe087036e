import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runOfReadme } from './readme-run.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('the programs of the README', () => {
  const expected: Record<string, RegExp> = {
    llm: /^Blue light scatters most \[1\]\.\nstop, 7 tokens\n$/,
    embedding: /^0\.\d\d Pass an AbortSignal[^\n]*\n0\.\d\d Bake/,
    retriever: /^0\.67 A tenon is cut to fit its mortise\.\n$/,
    parser: /\["dovetail","lap","mortise and tenon"\]\n$/,
    structured: /^native mortise and tenon oak, ash\n$/,
    tools: /^Yes, 21 degrees\.\n$/,
  };

  // The first that embeds texts loads a model, and a busy machine takes more than a minute to that.
  it.each(Object.entries(expected))(
    '%s.ts prints what it should',
    { timeout: 300_000 },
    async (name, output) => {
      expect(await runOfReadme(name)).toMatch(output);
    },
  );

  it('are all run, rag by the long tests, the first by a test of its own', () => {
    const files = readdirSync(new URL('../readme', import.meta.url)).map((file) => file.replace('.ts', ''));
    expect(files.sort()).toEqual([...Object.keys(expected), 'rag', 'first', 'first-anthropic'].sort());
  });
});
