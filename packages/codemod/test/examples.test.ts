import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { langchain, llamaindex } from '@mortise/codemod';
import { one } from './one.ts';
import { tokens } from './tokens.ts';

const root = join(import.meta.dirname, '../../..');
const input = (name: string): string =>
  readFileSync(join(import.meta.dirname, 'inputs', `${name}.before.txt`), 'utf8');

/** The programs of the guides to coming over: what the pages show as before and after is what the codemod is given and writes. */
describe.each([
  [llamaindex, 'llamaindex-answers', 'from-llamaindex-answers'],
  [llamaindex, 'llamaindex-agent', 'from-llamaindex-agent'],
  [langchain, 'langchain-chain', 'from-langchain-chain'],
  [langchain, 'langchain-documents', 'from-langchain-documents'],
] as const)('%#', (library, before, after) => {
  it(`${before} becomes the program that the guide shows`, () => {
    const outcome = one(library, input(before));
    expect(outcome.listed).toEqual([]);
    expect(tokens(outcome.after)).toEqual(
      tokens(readFileSync(join(root, 'examples/guides', `${after}.ts`), 'utf8')),
    );
  });
});
