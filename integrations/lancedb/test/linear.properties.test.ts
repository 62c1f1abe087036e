import { slowReadings } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import * as lancedb from '@mortise/lancedb';
import { LanceDbVectorStore } from '@mortise/lancedb';
import { describe, expect, it } from 'vitest';

const embedding = Float32Array.of(1, 0);
/** A third of what is everywhere: LanceDB, not this package, reads most of it. */
const REPEATED = [
  'a',
  ' ',
  '"',
  "'",
  '\\',
  '%',
  '_',
  '\0',
  '\u0001',
  '\u0005',
  'é',
  'İ',
  '😀',
  '\ud83d',
  '{"',
];

/** The text in every place that this package reads; gives how many nodes it found. */
async function read(text: string): Promise<number> {
  await using store = new LanceDbVectorStore({ uri: 'memory://' });
  const node = createTextNode({
    id: text,
    text,
    metadata: { text, [text]: [text], words: Array.from(text).slice(0, 64) },
  });
  await store.upsert([{ node, embedding }]);
  const query = { topK: 1, embedding };
  const found = [
    await store.query({ ...query, filter: { key: 'text', op: 'text-match', value: text } }),
    await store.query({ ...query, filter: { key: text, op: 'contains', value: text } }),
    await store.query({ ...query, mode: 'hybrid', text }),
  ];
  await store.delete({ ids: [text] });
  return found.flat().length;
}

describe('C-13: takes time in proportion to the text, whatever comes again and again', () => {
  it('in a node, a filter and a question', async () => {
    expect(await read('a'.repeat(64_000))).toBe(3);
    expect(await slowReadings(read, { repeated: REPEATED, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(lancedb)).toEqual(['LanceDbVectorStore']);
  });
});
