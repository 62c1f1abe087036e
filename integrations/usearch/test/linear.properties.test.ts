import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { slowReadings } from '@mortise/conformance';
import { createTextNode } from '@mortise/core/retriever';
import * as usearch from '@mortise/usearch';
import { UsearchVectorStore } from '@mortise/usearch';
import { describe, expect, it } from 'vitest';

const embedding = Float32Array.of(1, 0);
const query = { topK: 1, embedding };
/** A third of what is everywhere: the lines of a file are JSON. */
const REPEATED = [
  'a',
  ' ',
  '\n',
  '"',
  '\\',
  '{',
  '[',
  '{"',
  '["',
  '0',
  '\0',
  'é',
  'İ',
  '\u0301',
  '😀',
  '\ud83d',
];

async function inFolder<T>(work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mortise-usearch-'));
  try {
    return await work(join(folder, 'vectors'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function saved(path: string, text: string): Promise<void> {
  const store = new UsearchVectorStore({ path, search: 'exact' });
  const node = createTextNode({ id: text, text, metadata: { text, [text]: [text] } });
  await store.upsert([{ node, embedding }]);
  await store.save();
}

/** The text in every member of a node, in its file, and in filters. Gives how many nodes were found. */
const inNode = (text: string): Promise<number> =>
  inFolder(async (path) => {
    await saved(path, text);
    const store = new UsearchVectorStore({ path, search: 'exact' });
    const found = [
      await store.query({ ...query, filter: { key: 'text', op: 'text-match', value: text } }),
      await store.query({ ...query, filter: { key: text, op: 'contains', value: text } }),
      await store.query(query),
    ];
    return found.flat().length;
  });

/** The text in the place of the lines. */
const inLines = (text: string): Promise<number> =>
  inFolder(async (path) => {
    await saved(path, 'a');
    const file = readFileSync(path);
    // The text is what follows the row of numbers, before the hash of everything.
    const content = Buffer.concat([file.subarray(0, 56 + 8), Buffer.from(text)]);
    writeFileSync(path, Buffer.concat([content, createHash('sha256').update(content).digest()]));
    return (await new UsearchVectorStore({ path, search: 'exact' }).query(query)).length;
  });

describe('C-13: takes time in proportion to the text, whatever comes again and again', () => {
  it('in a node, its file and a filter', async () => {
    expect(await inNode('a'.repeat(64_000))).toBe(3);
    expect(await slowReadings(inNode, { repeated: REPEATED, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('in lines that another program has written', async () => {
    await expect(inLines('a'.repeat(64_000))).rejects.toMatchObject({ code: 'validation' });
    expect(await slowReadings(inLines, { repeated: REPEATED, tails: ['a'] })).toEqual([]);
  }, 300_000);

  it('through every class that the package exports', () => {
    expect(Object.keys(usearch)).toEqual(['UsearchVectorStore']);
  });
});
