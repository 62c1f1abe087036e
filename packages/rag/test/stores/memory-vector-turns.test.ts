import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createTextNode } from '@mortise/core/retriever';
import { MemoryVectorStore } from '@mortise/rag';
import { temporaryFolder } from '../temporary.ts';
import { expectToBeLeft, turnsDuring } from '../turns.ts';

const ROWS = 20_000;
const DIMENSIONS = 256;

const vector = (seed: number) =>
  Float32Array.from({ length: DIMENSIONS }, (_, at) => Math.sin(seed * 31 + at * (seed % 7)));
const entries = Array.from({ length: ROWS }, (_, row) => ({
  node: createTextNode({ id: `${row}`, text: `The text of ${row}`, metadata: { even: row % 2 === 0, row } }),
  embedding: vector(row),
}));
const query = { embedding: vector(3), topK: 5 };
const even = { key: 'even', op: '==', value: true } as const;

describe('MemoryVectorStore over many rows', () => {
  const filled = new MemoryVectorStore();
  beforeAll(() => filled.upsert(entries));

  it('gives the event loop its turns while it takes in, deletes, saves and loads', async () => {
    const store = new MemoryVectorStore();
    const path = `${await temporaryFolder()}/store`;
    expect(await turnsDuring(() => store.upsert(entries))).toBeGreaterThan(3);
    expect(await turnsDuring(() => store.save(path))).toBeGreaterThan(3);
    expect(await turnsDuring(() => MemoryVectorStore.load(path))).toBeGreaterThan(3);
    expect(await turnsDuring(() => store.delete({ filter: even }))).toBeGreaterThan(1);
    expect(store.size).toBe(ROWS / 2);
  });

  it('gives it its turns while it compares, and while many results are copied', async () => {
    expect(await turnsDuring(() => filled.query({ ...query, topK: ROWS }))).toBeGreaterThan(1);
  });

  it('C-01: leaves a signal its turn, and changes nothing then', async () => {
    const store = new MemoryVectorStore();
    const folder = await temporaryFolder();
    const whole = await turnsDuring(() => store.upsert(entries));
    await expectToBeLeft(
      (signal) =>
        store.upsert(
          entries.map((one) => ({ ...one })),
          { signal },
        ),
      whole,
    );
    const other = new MemoryVectorStore();
    await expectToBeLeft((signal) => other.upsert(entries, { signal }), whole);
    expect(other.size).toBe(0);
    await expectToBeLeft((signal) => store.query({ ...query, topK: ROWS }, { signal }), whole);
    // Without a count of turns: the loop turns as often as it likes while a disk is waited for.
    await expectToBeLeft((signal) => store.save(`${folder}/saved`, { signal }), Number.POSITIVE_INFINITY);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('an upsert is whole for a query that begins meanwhile, and a query for an upsert', async () => {
    const store = new MemoryVectorStore();
    const upserted = store.upsert(entries);
    const found = await store.query({ ...query, topK: ROWS });
    expect(found).toHaveLength(ROWS);
    await upserted;
    const before = store.query({ ...query, topK: ROWS });
    const deleted = store.delete({ filter: even });
    expect(await before).toHaveLength(ROWS);
    await deleted;
    expect(await store.query({ ...query, topK: ROWS })).toHaveLength(ROWS / 2);
  });

  it('what waits for its turn is left with the reason of its signal, and what comes after it goes on', async () => {
    const store = new MemoryVectorStore();
    const first = store.upsert(entries);
    const controller = new AbortController();
    const second = store.delete({ filter: even }, { signal: controller.signal });
    const third = store.query(query);
    controller.abort('left');
    await expect(second).rejects.toBe('left');
    await first;
    expect(await third).toHaveLength(5);
    expect(store.size).toBe(ROWS);
  });

  it('finds the same over several chunks of rows as by comparing with each', async () => {
    const scores = entries
      .map(({ node, embedding }) => ({ id: node.id, score: cosine(embedding, query.embedding) }))
      .sort((a, b) => b.score - a.score);
    const found = await filled.query({ ...query, topK: 20 });
    for (const [at, { score }] of found.entries()) expect(score).toBeCloseTo(scores[at]?.score ?? NaN, 5);
  });
});

function cosine(a: Float32Array, b: Float32Array): number {
  const product = (x: Float32Array, y: Float32Array) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return product(a, b) / (Math.sqrt(product(a, a) * product(b, b)) || 1);
}
