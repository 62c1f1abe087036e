import { createTextNode } from '@mortise/core';
import { similarity } from '@mortise/core/embedding';
import type { NodeWithScore } from '@mortise/core/retriever';
import {
  inverseDocumentFrequency,
  matchesFilter,
  termSaturation,
  type MetadataFilter,
  type VectorEntry,
} from '@mortise/core/store';
import { PostgresVectorStore } from '@mortise/postgres';
import { fuse, MemoryVectorStore } from '@mortise/rag';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptySchema, pglite } from './pglite.ts';

const WORDS = ['dovetail', 'joint', 'saw', 'plane', 'glue', 'pins', 'board', 'wood', 'chisel', 'mortise'];

/** The same numbers at every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

function entries(
  count: number,
  dimensions: number,
  metadata: (at: number) => Record<string, unknown> = () => ({}),
) {
  const random = sequence(7);
  return Array.from({ length: count }, (_, at): VectorEntry => {
    const text = Array.from({ length: 6 }, () => WORDS[Math.floor(random() ** 2 * WORDS.length)]).join(' ');
    const embedding = Float32Array.from({ length: dimensions }, () => random() - 0.5);
    return { node: createTextNode({ id: `n${at}`, text, metadata: metadata(at) as never }), embedding };
  });
}

const scores = (found: readonly NodeWithScore[]) =>
  new Map(found.map(({ node, score }) => [node.id, Math.round(score * 1e5) / 1e5]));

it('S-04: a hybrid query in one statement has the scores of fuse over the two lists, at any alpha and filter', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 4 });
  await store.upsert(entries(150, 4, (at) => ({ part: at % 3 })));
  const filters: (MetadataFilter | undefined)[] = [undefined, { key: 'part', op: '!=', value: 1 }];
  for (const alpha of [0, 0.15, 0.5, 0.9, 1])
    for (const filter of filters) {
      const query = { embedding: Float32Array.of(1, 0.5, 0, -1), text: 'chisel and mortise', filter };
      const lists = [
        await store.query({ ...query, mode: 'dense', topK: 1000 }),
        await store.query({ ...query, mode: 'text', topK: 1000 }),
      ];
      const fused = fuse(lists, [alpha, 1 - alpha]);
      const found = await store.query({ ...query, mode: 'hybrid', alpha, topK: 1000 });
      expect(scores(found)).toEqual(scores(fused));
      for (const { node, evidence } of found)
        expect(evidence?.similarity).toBeCloseTo(lists[0]!.find((one) => one.node.id === node.id)!.score, 6);
    }
});

it('S-04: a text score is BM25 over the words that Postgres makes, each word of the question once', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 2, language: 'simple' });
  const random = sequence(3);
  const texts = Array.from({ length: 60 }, (_, at) => {
    const some = WORDS.filter(() => random() < 0.4).map((word) =>
      `${word} `.repeat(1 + Math.floor(random() * 6)),
    );
    return `${some.join('')}${at === 7 ? 'saw '.repeat(200) : ''}x${at}`;
  });
  const embedding = Float32Array.of(1, 0);
  await store.upsert(
    texts.map((text, at) => {
      return { node: createTextNode({ id: `n${at}`, text, metadata: { even: at % 2 === 0 } }), embedding };
    }),
  );
  const asked = ['saw', 'glue', 'nowhere', 'dovetail'];
  const lists = texts.map((text) => text.split(' '));
  for (const filter of [undefined, { key: 'even', op: '==', value: true } as const]) {
    const found = lists
      .filter((_, at) => filter === undefined || at % 2 === 0)
      .filter((words) => asked.some((word) => words.includes(word)));
    const mean = found.reduce((sum, words) => sum + new Set(words).size, 0) / found.length;
    const scoreOf = (words: readonly string[]): number =>
      asked.reduce((sum, word) => {
        const holding = lists.filter((each) => each.includes(word)).length;
        const count = words.filter((each) => each === word).length;
        const weight = inverseDocumentFrequency(texts.length, holding);
        return sum + weight * termSaturation(count, new Set(words).size / mean, 1.2, 0.75);
      }, 0);
    const text = `${asked.join(' ')} saw saw`;
    const result = await store.query({ mode: 'text', text, topK: 100, filter });
    expect(result).toHaveLength(found.length);
    for (const { node, score } of result)
      expect(score, node.text).toBeCloseTo(scoreOf(node.text.split(' ')), 9);
  }
});

it('S-04: the exact top 10 are those in memory, in their order, with a filter and without', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 48 });
  const memory = new MemoryVectorStore();
  const all = entries(400, 48, (at) => ({ part: at % 3 }));
  await store.upsert(all);
  await memory.upsert(all);
  for (const { embedding } of entries(20, 48))
    for (const filter of [undefined, { key: 'part', op: '==', value: 1 } as const]) {
      const query = { embedding, topK: 10, filter };
      const [found, expected] = [await store.query(query), await memory.query(query)];
      expect(found.map(({ node }) => node.id)).toEqual(expected.map(({ node }) => node.id));
      for (const [at, { score }] of found.entries()) expect(score).toBeCloseTo(expected[at]!.score, 5);
    }
});

it('S-04: along a graph a filter leaves all that it lets pass, in every mode', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 8, index: 'hnsw' });
  await store.upsert(entries(1500, 8, (at) => ({ rare: at % 250 === 0, few: at % 50 === 0 })));
  const filter: MetadataFilter = { key: 'rare', op: '==', value: true };
  const embedding = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  for (const mode of ['dense', 'mmr', 'hybrid'] as const) {
    const found = await store.query({ mode, embedding, text: 'saw', filter, topK: 6 });
    expect(
      found.map(({ node }) => node.metadata['rare']),
      mode,
    ).toEqual(Array(6).fill(true));
  }
  // More pass than are asked for, so that the graph alone answers.
  const exact = new PostgresVectorStore({ ...place, dimensions: 8 });
  const query = { embedding, topK: 10, filter: { key: 'few', op: '==', value: true } as const };
  const nearest = new Set((await exact.query(query)).map(({ node }) => node.id));
  const found = (await store.query(query)).filter(({ node }) => nearest.has(node.id));
  expect(found.length / 10).toBeGreaterThanOrEqual(0.95);
});

it('S-04: a search goes along the graph where there is one, and by the index of a key that has one', async () => {
  const place = await emptySchema();
  const client = await pglite();
  const store = new PostgresVectorStore({ ...place, dimensions: 8, index: 'hnsw', indexedKeys: ['year'] });
  await store.upsert(entries(1500, 8, (at) => ({ year: at })));
  await client.query(`ANALYZE "${place.schema}"."vectors"`);
  const explained: string[] = [];
  const explaining = new PostgresVectorStore({
    client: {
      async query(text, values) {
        if (/^(?:SELECT|DO)/.test(text)) return client.query(text, values);
        const plan = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
        explained.push(plan.rows.map((row) => row['QUERY PLAN']).join('\n'));
        return client.query(text, values);
      },
    },
    schema: place.schema,
    dimensions: 8,
    index: 'hnsw',
    indexedKeys: ['year'],
  });
  const embedding = Float32Array.of(1, 0, 0, 0, 0, 0, 0, 0);
  await explaining.query({ embedding, topK: 5 });
  expect(explained[0]).toContain('vectors_graph');
  await explaining.query({ embedding, topK: 5, filter: { key: 'year', op: '==', value: 1841 } });
  expect(explained.slice(1).join('\n')).toContain('vectors_of_');
});

it('S-04: vectors in halves, of zeros and of any size are searched by their cosine', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 3, half: true });
  const vectors = [
    [1, 2, 3],
    [0, 0, 0],
    [3e38, 3e38, -3e38],
    [1e-45, 0, 0],
    [-1, -2, -3],
  ];
  await store.upsert(
    vectors.map((vector, at) => {
      return { node: createTextNode({ id: `v${at}`, text: '' }), embedding: Float32Array.from(vector) };
    }),
  );
  const embedding = Float32Array.of(1e30, 2e30, 2.5e30);
  const found = await store.query({ embedding, topK: 10 });
  expect(found.map(({ node }) => node.id)).toEqual(
    ['v0', 'v3', 'v1', 'v2', 'v4'].toSorted((a, b) => rank(b) - rank(a)),
  );
  function rank(id: string): number {
    const vector = Float32Array.from(vectors[Number(id.slice(1))]!);
    return similarity(
      vector.map((x) => x / Math.max(1e-45, ...vector.map(Math.abs))),
      Float32Array.of(1, 2, 2.5),
    );
  }
  for (const { node, score } of found) expect(score).toBeCloseTo(rank(node.id), 2);
  expect((await store.query({ embedding: new Float32Array(3), topK: 10 })).map(({ score }) => score)).toEqual(
    Array(5).fill(0),
  );
});

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.string({
    unit: fc.constantFrom(
      'a',
      'A',
      'é',
      'É',
      '\0',
      '\u0001',
      '\u0002',
      '\ud83d',
      '\ude00',
      '\uff5e',
      "'",
      '%',
      'İ',
    ),
  }),
);
const member = fc.oneof(
  value,
  fc.array(fc.oneof(value, fc.constant(null)), { maxLength: 3 }),
  fc.constant(null),
  fc.constant({}),
);
const key = fc.constantFrom('k', 'K', 'a.b', '\0', '', '__proto__', '\ud83d');

it('S-04: filters on numbers, texts and lists of every kind are those of matchesFilter', async () => {
  const place = await emptySchema();
  const store = new PostgresVectorStore({ ...place, dimensions: 2 });
  const embedding = Float32Array.of(1, 0);
  const metadata = fc.array(fc.tuple(key, member), { maxLength: 4 }).map((all) => Object.fromEntries(all));
  const nodes = fc.sample(metadata, { numRuns: 150, seed: 5 }).map((one, at) => {
    return createTextNode({ id: `n${at}`, text: 'x', metadata: one });
  });
  await store.upsert(nodes.map((node) => ({ node, embedding })));
  const single = fc.record({
    key,
    op: fc.constantFrom('==', '!=', '>', '>=', '<', '<=', 'contains' as const),
    value,
  });
  const list = fc.record({
    key,
    op: fc.constantFrom('in', 'nin', 'any', 'all' as const),
    value: fc.array(value, { maxLength: 24 }),
  });
  const text = fc.record({ key, op: fc.constant('text-match' as const), value: value.map(String) });
  const condition = fc.oneof(single, list, text, fc.record({ key, op: fc.constant('is-empty' as const) }));
  const some = fc.array(condition, { maxLength: 3 });
  const filter = fc.oneof(
    condition,
    some.map((or) => ({ or })),
    some.map((and) => ({ not: { and } })),
  ) as fc.Arbitrary<MetadataFilter>;
  for (const one of fc.sample(filter, { numRuns: 400, seed: 9 })) {
    const found = await store.query({ embedding, topK: 1000, filter: one });
    const expected = nodes.filter((node) => matchesFilter(node.metadata, one)).map(({ id }) => id);
    expect(found.map(({ node }) => node.id).toSorted(), JSON.stringify(one)).toEqual(expected.toSorted());
  }
});
