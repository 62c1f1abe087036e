import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '@mortise/core';
import { createTextNode } from '@mortise/core/retriever';
import { FILTER_OPERATORS, matchesFilter, type FilterValue, type MetadataFilter } from '@mortise/core/store';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';

let folder: string;
let store: SqliteVecVectorStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mortise-sqlite-vec-'));
  store = new SqliteVecVectorStore({ path: join(folder, 'vectors.sqlite') });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const embedding = Float32Array.of(1, 2);
const all = async (filter: MetadataFilter) =>
  (await store.query({ topK: 1_000, embedding, filter }))
    .map(({ node }) => Number(node.id))
    .toSorted((a, b) => a - b);

// Any UTF-16 units, lone surrogates and NULs among them, mixed with what only looks alike.
const text = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    'true',
    'null',
    'a',
    'A',
    'aB',
    'İ',
    'ΑΣ',
    'ß',
    '%',
    '_',
    "'",
    '\u0000',
    '\ud83d',
    '\u{1f600}',
    '\uffff',
  ),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 4 }),
);
const value: fc.Arbitrary<FilterValue> = fc.oneof(
  text,
  fc.boolean(),
  fc.constantFrom(0, -0, 1, 1.5, -1, 2 ** 53, 1e300, 5e-324),
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
const list = fc.array(value, { maxLength: 3 });
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

it('S-04: filters in SQL as matchesFilter does, whatever the metadata and the tree', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(metadata, { maxLength: 12 }),
      fc.array(tree, { maxLength: 6 }),
      async (rows, filters) => {
        await store.delete({ filter: { and: [] } });
        await store.upsert(
          rows.map((row, at) => ({
            node: createTextNode({ id: `${at}`, text: '', metadata: row }),
            embedding,
          })),
        );
        // Filters that are about the members that are there as well.
        const own = rows.flatMap((row) =>
          Object.entries(row).flatMap(([name, one]): MetadataFilter[] =>
            typeof one === 'object'
              ? []
              : [
                  { key: name, op: '<=', value: one },
                  { key: name, op: '==', value: one },
                ],
          ),
        );
        for (const filter of [...filters, ...own]) {
          const expected = [...rows.keys()].filter((at) => matchesFilter(rows[at]!, filter));
          expect(await all(filter), JSON.stringify(filter)).toEqual(expected);
        }
      },
    ),
    { numRuns: 150 },
  );
});

it('S-04: leaves nothing of the members of what was replaced or deleted', async () => {
  const node = (metadata: JsonObject) => ({
    node: createTextNode({ id: '1', text: '', metadata }),
    embedding,
  });
  await fc.assert(
    fc.asyncProperty(metadata, metadata, async (first, second) => {
      await store.upsert([node(first)]);
      await store.upsert([node(second)]);
      for (const name of Object.keys(first))
        expect(await all({ key: name, op: 'is-empty' })).toEqual(
          matchesFilter(second, { key: name, op: 'is-empty' }) ? [1] : [],
        );
      await store.delete({ ids: ['1'] });
    }),
    { numRuns: 50 },
  );
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(folder, 'vectors.sqlite'));
  expect(database.prepare('SELECT count(*) AS rows FROM vector_members').get()).toEqual({ rows: 0 });
  database.close();
});

it('S-04: takes thousands of parts and values, and refuses what is above the limits of SQLite', async () => {
  await store.upsert([{ node: createTextNode({ id: '1', text: '', metadata: { k: 1 } }), embedding }]);
  const one: MetadataFilter = { key: 'k', op: '==', value: 1 };
  expect(await all({ and: Array.from({ length: 2_000 }, () => one) })).toEqual([1]);
  expect(await all({ key: 'k', op: 'in', value: Array.from({ length: 30_000 }, (_, at) => at) })).toEqual([
    1,
  ]);
  const many: MetadataFilter = { key: 'k', op: 'in', value: Array.from({ length: 33_000 }, (_, at) => at) };
  await expect(all(many)).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('several queries'),
  });
  let deep: MetadataFilter = one;
  // As deep as filters may be.
  for (let at = 0; at < 100; at++) deep = at % 2 === 0 ? { not: deep } : { or: [{ not: one }, deep] };
  expect(await all(deep)).toEqual([1]);
});
