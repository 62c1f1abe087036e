import { PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { emptySchema, pglite } from './pglite.ts';
import { attacked, WAYS_IN, type Attacked } from './ways-in.ts';

const TRIES = Object.keys(WAYS_IN).flatMap((way) => HOSTILE_TEXTS.map((text) => [way, text] as const));

describe(`a table of ${TRIES.length} injections`, () => {
  let stores: Attacked;
  let before: unknown;

  beforeAll(async () => {
    stores = await attacked();
    before = await stores.state();
  });

  it('S-04: it has at least 60 tries', () => {
    expect(TRIES.length).toBeGreaterThanOrEqual(60);
  });

  it.each(TRIES)('S-04: %s that is %j is no syntax to the server', async (way, text) => {
    await WAYS_IN[way]?.(text, stores);
    expect(await stores.state()).toEqual(before);
  });
});

it('S-03: keys of any length are kept whole', async () => {
  const place = await emptySchema();
  const store = new PostgresKeyValueStore(place);
  const keys = ['x'.repeat(50_000), `${'x'.repeat(49_999)}y`, '\u{1f600}\0'.repeat(3000)];
  await store.setMany(keys.map((key, at) => [key, at]));
  expect(await store.getMany(keys)).toEqual([0, 1, 2]);
  const found: string[] = [];
  for await (const [key] of store.iterate()) found.push(key);
  expect(found.toSorted()).toEqual(keys.toSorted());
});

it('S-01: stores with a prefix share a schema, and see nothing of each other', async () => {
  const place = await emptySchema();
  const [a, b] = ['a_', 'b_'].map((prefix) => new PostgresKeyValueStore({ ...place, prefix }));
  await a?.set('k', 1);
  expect(await b?.get('k')).toBeUndefined();
});

it.each([
  ['other dimensions', { dimensions: 3 }],
  ['halves', { dimensions: 2, half: true }],
  ['another language', { dimensions: 2, language: 'german' }],
])('S-01: tables that were made for something else are refused: %s', async (_, options) => {
  const place = await emptySchema();
  const embedding = Float32Array.of(1, 0);
  await new PostgresVectorStore({ ...place, dimensions: 2 }).query({ embedding, topK: 1 });
  const other = new PostgresVectorStore({ ...place, ...options });
  await expect(other.delete({ ids: ['a'] })).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('2 dimensions, words in english'),
  });
});

it('S-01: tables of a later version are refused', async () => {
  const place = await emptySchema();
  await new PostgresKeyValueStore(place).get('a');
  await (await pglite()).query(`UPDATE "${place.schema}"."versions" SET version = 99`);
  await expect(new PostgresKeyValueStore(place).get('a')).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('later version'),
  });
});

it('S-03: entries whose time is over are removed as others are written', async () => {
  const place = await emptySchema();
  await new PostgresKeyValueStore(place).set('gone', 1, { ttlMs: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await new PostgresKeyValueStore(place).set('other', 1, { ttlMs: 1e300 });
  const { rows } = await (await pglite()).query(`SELECT key FROM "${place.schema}"."entries"`);
  expect(rows).toEqual([{ key: 'other' }]);
});
