import { describe, expect, it } from 'vitest';
import { similarity } from '@mortise/core/embedding';
import { createTextNode } from '@mortise/core/retriever';
import type { MetadataFilter, VectorEntry } from '@mortise/core/store';
import { UsearchVectorStore } from '@mortise/usearch';

const DIMENSIONS = 16;

/** Numbers of a fixed sequence, between -1 and 1. */
function vectors(count: number, seed = 1): Float32Array[] {
  let state = seed;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
  return Array.from({ length: count }, () => Float32Array.from({ length: DIMENSIONS }, next));
}

function entries(count: number): VectorEntry[] {
  return vectors(count).map((embedding, at) => ({
    node: createTextNode({ id: `n${at}`, text: '', metadata: { at, rare: at % 500 === 3 } }),
    embedding,
  }));
}

function nearest(all: readonly VectorEntry[], query: Float32Array, topK: number): string[] {
  return all
    .map(({ node, embedding }) => ({ id: node.id, score: similarity(embedding, query) }))
    .toSorted((a, b) => b.score - a.score)
    .slice(0, topK)
    .map(({ id }) => id);
}

describe('the graph', () => {
  it('S-04: finds 95 of 100 of the nearest of 4,000, and scores them by their cosine', async () => {
    const all = entries(4_000);
    const store = new UsearchVectorStore();
    await store.upsert(all);
    const byId = new Map(all.map(({ node, embedding }) => [node.id, embedding]));
    let found = 0;
    const queries = vectors(50, 7);
    for (const embedding of queries) {
      const expected = new Set(nearest(all, embedding, 10));
      for (const { node, score, evidence } of await store.query({ topK: 10, embedding })) {
        if (expected.has(node.id)) found++;
        expect(score).toBeCloseTo(similarity(byId.get(node.id)!, embedding), 4);
        expect(evidence).toEqual({ similarity: score });
      }
    }
    expect(found).toBeGreaterThanOrEqual(475);
  });

  it('S-04: gives all that pass a filter, however few and far they are, and they are the nearest of them', async () => {
    const all = entries(4_000);
    const store = new UsearchVectorStore();
    await store.upsert(all);
    const filter: MetadataFilter = { key: 'rare', op: '==', value: true };
    const rare = all.filter(({ node }) => node.metadata['rare'] === true);
    expect(rare).toHaveLength(8);
    for (const embedding of vectors(10, 9)) {
      const ids = (await store.query({ topK: 20, embedding, filter })).map(({ node }) => node.id);
      expect(ids).toEqual(nearest(rare, embedding, 20));
    }
    const most: MetadataFilter = { key: 'at', op: '<', value: 3_000 };
    for (const embedding of vectors(10, 9)) {
      const found = await store.query({ topK: 20, embedding, filter: most });
      expect(found).toHaveLength(20);
      expect(found.every(({ node }) => Number(node.metadata['at']) < 3_000)).toBe(true);
    }
  });

  it('S-04: finds everything again after most of it was replaced or deleted, many times over', async () => {
    const store = new UsearchVectorStore();
    const all = entries(600);
    for (let round = 0; round < 5; round++) {
      await store.upsert(all);
      await store.delete({ filter: { key: 'at', op: '>=', value: 100 } });
    }
    await store.upsert(all.slice(0, 400));
    for (const { node, embedding } of all.slice(0, 400)) {
      const [first] = await store.query({ topK: 1, embedding });
      expect(first?.node.id).toBe(node.id);
    }
    expect(await store.query({ topK: 600, embedding: all[0]!.embedding })).toHaveLength(400);
  });
});

it('compares with vectors whose squares are no 32-bit floats', async () => {
  for (const search of ['hnsw', 'exact'] as const) {
    const store = new UsearchVectorStore({ search });
    const at = (...numbers: number[]) => Float32Array.from(numbers);
    const node = (id: string) => createTextNode({ id, text: '' });
    await store.upsert([
      { node: node('large'), embedding: at(3e38, 0) },
      { node: node('small'), embedding: at(0, 1e-38) },
    ]);
    const found = await store.query({ topK: 2, embedding: at(1e30, 1e29) });
    expect(found.map(({ node: { id } }) => id)).toEqual(['large', 'small']);
    expect(found[0]?.score).toBeCloseTo(1 / Math.hypot(1, 0.1), 5);
  }
});

it.each([
  [{ search: 'fast' as never }, 'search'],
  [{ dimensions: 0 }, 'dimensions'],
  [{ connectivity: 1.5 }, 'connectivity'],
  [{ expansionAdd: -1 }, 'expansionAdd'],
  [{ expansionSearch: NaN }, 'expansionSearch'],
  [{ threads: -1 }, 'threads'],
])('refuses the option %j', (options, name) => {
  expect(() => new UsearchVectorStore(options)).toThrow(
    expect.objectContaining({ code: 'configuration', message: expect.stringContaining(name) }),
  );
});
