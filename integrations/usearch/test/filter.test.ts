import fc from 'fast-check';
import { expect, it } from 'vitest';
import { similarity } from '@mortise/core/embedding';
import { createTextNode } from '@mortise/core/retriever';
import { FILTER_OPERATORS, matchesFilter, type FilterValue, type MetadataFilter } from '@mortise/core/store';
import { UsearchVectorStore } from '@mortise/usearch';

/** On a quarter of a circle, so that no two are equally near to its begin. */
const ROWS = Array.from({ length: 400 }, (_, at) => ({
  node: createTextNode({
    id: `n${at}`,
    text: '',
    metadata: {
      at,
      third: at % 3 === 0,
      name: at % 2 === 0 ? 'Even' : 'odd',
      tags: [at % 5, `t${at % 7}`],
      ...(at % 50 === 0 ? { rare: '' } : {}),
    },
  }),
  embedding: Float32Array.of(Math.cos((at * Math.PI) / 800), Math.sin((at * Math.PI) / 800)),
}));

const value: fc.Arbitrary<FilterValue> = fc.oneof(
  fc.nat({ max: 400 }),
  fc.constantFrom<FilterValue>(true, false, 'Even', 'odd', 't3', 2, ''),
);
const key = fc.constantFrom('at', 'third', 'name', 'tags', 'rare', 'none');
const condition = fc.oneof(
  ...FILTER_OPERATORS.map((op): fc.Arbitrary<MetadataFilter> => {
    if (op === 'is-empty') return key.map((name) => ({ key: name, op }));
    const part = fc.constantFrom('ev', 'D', 't', '');
    const list = fc.array(value, { maxLength: 3 });
    const given = op === 'text-match' ? part : ['in', 'nin', 'any', 'all'].includes(op) ? list : value;
    return fc.tuple(key, given).map(([name, one]) => ({ key: name, op, value: one }));
  }),
);
const { tree } = fc.letrec<{ tree: MetadataFilter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'tree' },
    { weight: 3, arbitrary: condition },
    fc.array(tie('tree'), { maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('tree'), { maxLength: 3 }).map((or) => ({ or })),
    tie('tree').map((not) => ({ not })),
  ),
}));

it.each(['hnsw', 'exact'] as const)(
  'S-04: gives with %s the nearest of what matchesFilter lets pass, as many as asked for where there are so many',
  async (search) => {
    const store = new UsearchVectorStore({ search, expansionSearch: 400 });
    await store.upsert(ROWS);
    const query = Float32Array.of(1, -0.001);
    await fc.assert(
      fc.asyncProperty(tree, fc.integer({ min: 1, max: 500 }), async (filter, topK) => {
        const expected = ROWS.filter(({ node }) => matchesFilter(node.metadata, filter))
          .toSorted((a, b) => similarity(b.embedding, query) - similarity(a.embedding, query))
          .slice(0, topK);
        const found = await store.query({ embedding: query, topK, filter });
        expect(found.map(({ node }) => node.id)).toEqual(expected.map(({ node }) => node.id));
      }),
      { numRuns: 300 },
    );
  },
);
