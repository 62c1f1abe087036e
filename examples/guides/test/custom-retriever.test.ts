import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { retrieverConformance } from '@mortise/conformance';
import { createDocument } from '@mortise/core/retriever';
import { describe, expect, it } from 'vitest';
import { SqliteRetriever } from '../custom-retriever.ts';

it('finds by words, best first, and takes none of them for an operator', async () => {
  const texts = ['Bees like thyme, and thyme likes sun.', 'Bees fly.', 'Moss grows.'];
  const retriever = new SqliteRetriever(texts.map((text, at) => createDocument({ id: `${at}`, text })));
  const ids = async (query: string) => (await retriever.retrieve(query)).map(({ node }) => node.id);
  expect(await ids('thyme')).toEqual(['0']);
  expect(await ids('NOT "moss"* AND (')).toEqual(['2', '0']);
  expect(await ids('?')).toEqual([]);
});

it('has at most 30 lines', () => {
  const code = readFileSync(join(import.meta.dirname, '../custom-retriever.ts'), 'utf8');
  expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(30);
});

// #region suite
retrieverConformance(
  { describe, it },
  {
    name: 'the retriever of the guide',
    create: ({ nodes, objects }) => new SqliteRetriever(nodes, { objects }),
    declares: ['filters', 'recursion', 'spans'],
    reasons: {
      nesting: 'It asks no other retriever.',
      scores: 'It asks no other retriever, and gives scores of its own.',
    },
  },
);
// #endregion
