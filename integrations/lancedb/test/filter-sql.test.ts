import fc from 'fast-check';
import type { JsonObject, JsonValue } from '@mortise/core';
import { FILTER_OPERATORS, matchesFilter, type FilterValue, type MetadataFilter } from '@mortise/core/store';
import type { LanceDbVectorStore } from '@mortise/lancedb';
import { expect, it } from 'vitest';
import { entry, folderOfTests, near } from './folder.ts';
import { HOSTILE_TEXTS } from './hostile-texts.ts';

const { open } = folderOfTests();

async function all(store: LanceDbVectorStore, filter: MetadataFilter): Promise<number[]> {
  const found = await store.query({ ...near(1, 2), filter });
  return found.map(({ node }) => Number(node.id)).toSorted((a, b) => a - b);
}

// Any UTF-16 units, lone surrogates and NULs among them, mixed with what only looks alike.
const text = fc.oneof(
  fc.constantFrom('', '1', 'true', 'a', 'A', 'aB', 'İ', 'ΑΣ', 'ß', '\u{1f600}', ...HOSTILE_TEXTS),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 4 }),
);
const value: fc.Arbitrary<FilterValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.constantFrom(0, -0, 1, 1.5, -1, 2 ** 53, 1e300, -1e300, 5e-324),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const key = fc.oneof(fc.constantFrom('k', 'a.b', '"', '', '__proto__'), text);
const member: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 4, arbitrary: value },
  { weight: 2, arbitrary: fc.array(fc.oneof(value, fc.constant(null)), { maxLength: 3 }) },
  fc.constantFrom<JsonValue>(null, {}, { a: 1 }, [[1]], [{}]),
);
const metadata = fc
  .array(fc.tuple(key, member), { maxLength: 5 })
  .map((members): JsonObject => Object.fromEntries(members));
const list = fc.oneof(fc.array(value, { maxLength: 3 }), fc.array(value, { minLength: 9, maxLength: 12 }));
const condition: fc.Arbitrary<MetadataFilter> = fc.oneof(
  ...FILTER_OPERATORS.map((op): fc.Arbitrary<MetadataFilter> => {
    if (op === 'is-empty') return key.map((name) => ({ key: name, op }));
    const given = op === 'text-match' ? text : ['in', 'nin', 'any', 'all'].includes(op) ? list : value;
    return fc.tuple(key, given).map(([name, one]) => ({ key: name, op, value: one }));
  }),
);
const { tree } = fc.letrec<{ tree: MetadataFilter }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    { weight: 3, arbitrary: condition },
    fc.array(tie('tree'), { maxLength: 3 }).map((and) => ({ and })),
    fc.array(tie('tree'), { maxLength: 3 }).map((or) => ({ or })),
    tie('tree').map((not) => ({ not })),
  ),
}));

it('S-04: filters as matchesFilter does, whatever the metadata and the tree', async () => {
  const store = open();
  await fc.assert(
    fc.asyncProperty(
      fc.array(metadata, { minLength: 1, maxLength: 12 }),
      fc.array(tree, { maxLength: 6 }),
      async (rows, filters) => {
        await store.delete({ filter: { and: [] } });
        await store.upsert(rows.map((row, at) => entry(`${at}`, [1, 2], { metadata: row })));
        // Filters that are about the members that are there as well.
        const own = Object.entries(rows[0]!).flatMap(([name, one]): MetadataFilter[] =>
          typeof one === 'object'
            ? [{ key: name, op: 'is-empty' }]
            : [
                { key: name, op: '<=', value: one },
                { key: name, op: '==', value: one },
              ],
        );
        for (const filter of [...filters, ...own]) {
          const expected = [...rows.keys()].filter((at) => matchesFilter(rows[at]!, filter));
          expect(await all(store, filter), JSON.stringify(filter)).toEqual(expected);
        }
      },
    ),
    { numRuns: 40 },
  );
});

it('S-04: a hostile text is an id, a source, a key and a value, and nothing else', async () => {
  const store = open();
  const nodes = HOSTILE_TEXTS.map((hostile) =>
    entry(hostile, [1, 0], {
      text: hostile,
      metadata: { [hostile]: hostile, list: [hostile] },
      relationships: { source: { id: `of ${hostile}` } },
    }),
  );
  await store.upsert([...nodes, entry('canary', [1, 0])]);
  await store.upsert(nodes);
  const ids = async (filter?: MetadataFilter) =>
    (await store.query({ ...near(1, 0), filter })).map(({ node }) => node.id).toSorted();
  expect(await ids()).toEqual([...HOSTILE_TEXTS, 'canary'].toSorted());
  for (const [at, hostile] of HOSTILE_TEXTS.entries()) {
    expect(await ids({ key: hostile, op: '==', value: hostile })).toEqual([hostile]);
    expect(await ids({ key: 'list', op: 'any', value: [hostile] })).toEqual([hostile]);
    await store.query({ mode: 'text', text: hostile, topK: 1 });
    await store.delete(at % 2 === 0 ? { ids: [hostile] } : { sourceIds: [`of ${hostile}`] });
    expect(await ids()).toEqual([...HOSTILE_TEXTS.slice(at + 1), 'canary'].toSorted());
  }
});

it('S-04: takes thousands of parts and values and 80 levels, and refuses what LanceDB cannot read', async () => {
  const store = open();
  await store.upsert([entry('1', [1, 2], { metadata: { k: 1 } })]);
  const one: MetadataFilter = { key: 'k', op: '==', value: 1 };
  expect(await all(store, { and: Array.from({ length: 1_000 }, () => one) })).toEqual([1]);
  const many = Array.from({ length: 30_000 }, (_, at) => at);
  expect(await all(store, { key: 'k', op: 'in', value: many })).toEqual([1]);
  expect(await all(store, { not: { key: 'k', op: 'any', value: many } })).toEqual([1]);
  const nested = (levels: number): MetadataFilter => {
    let deep: MetadataFilter = one;
    for (let at = 0; at < levels; at++) deep = at % 2 === 0 ? { or: [deep, one] } : { and: [deep, one] };
    return deep;
  };
  expect(await all(store, nested(80))).toEqual([1]);
  let negated: MetadataFilter = one;
  for (let at = 0; at < 100; at++) negated = { not: negated };
  expect(await all(store, negated)).toEqual([1]);
  for (const call of [() => all(store, nested(100)), () => store.delete({ filter: nested(100) })])
    await expect(call()).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining('flatter'),
    });
  expect(await all(store, { and: [] })).toEqual([1]);
});
