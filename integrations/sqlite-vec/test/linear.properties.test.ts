import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { slowReadings } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import * as sqliteVec from '@mortise/sqlite-vec';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { describe, expect, it } from 'vitest';

const embedding = Float32Array.of(1, 0);
/** A third of what is everywhere: SQLite, not this package, reads most of it. */
const REPEATED = [
  'a',
  ' ',
  '"',
  "'",
  '\\',
  '%',
  '_',
  '*',
  '\0',
  'é',
  'İ',
  '\u0301',
  '😀',
  '\ud83d',
  '[1]',
  '{"',
];

async function inFolder<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-sqlite-vec-'));
  try {
    return await work(join(folder, 'vectors.sqlite'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The text in every place that this package reads; each gives how many nodes it found. */
const READERS: { readonly [what: string]: (text: string) => Promise<number> } = {
  'a node and a filter': (text) =>
    inFolder(async (path) => {
      await using store = new SqliteVecVectorStore({ path });
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
        await store.query(query),
      ];
      await store.delete({ ids: [text] });
      return found.flat().length;
    }),
  'a row that another program has written': (text) =>
    inFolder(async (path) => {
      await using store = new SqliteVecVectorStore({ path });
      await store.upsert([{ node: createTextNode({ id: 'a', text: 'a' }), embedding }]);
      using database = new DatabaseSync(path);
      const json = JSON.stringify({ ...createTextNode({ id: 'a', text: 'a' }), text });
      database.prepare('UPDATE vector_nodes SET json = ?').run(json);
      return (await store.query({ topK: 1, embedding })).length;
    }),
};

describe('C-13: takes time in proportion to the text, whatever comes again and again', () => {
  it.each([
    ['a node and a filter', 3],
    ['a row that another program has written', 1],
  ])(
    'in %s',
    async (what, found) => {
      const read = READERS[what]!;
      expect(await read('a'.repeat(64_000))).toBe(found);
      expect(await slowReadings(read, { repeated: REPEATED, tails: ['a'] })).toEqual([]);
    },
    300_000,
  );

  it('through every class that the package exports', () => {
    expect(Object.keys(sqliteVec)).toEqual(['SqliteVecVectorStore']);
  });
});
