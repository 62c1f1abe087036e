import { createTextNode } from '@mortise/core';
import type { MetadataFilter } from '@mortise/core/store';
import { PostgresDocumentStore, PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import { expect, it } from 'vitest';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { emptySchema, pglite } from './pglite.ts';

it('S-03: texts that are syntax to somebody are texts, wherever they stand', async () => {
  const place = await emptySchema();
  const client = await pglite();
  await client.exec('CREATE TABLE canary (alive boolean); INSERT INTO canary VALUES (true)');
  const values = new PostgresKeyValueStore(place);
  const documents = new PostgresDocumentStore(place);
  const vectors = new PostgresVectorStore({ ...place, dimensions: 2 });
  const embedding = Float32Array.of(1, 0);
  const node = (text: string) =>
    createTextNode({
      id: text,
      text,
      metadata: { [text]: text, list: [text] },
      relationships: { source: { id: text } },
    });
  for (const text of HOSTILE_TEXTS) {
    await values.set(text, text, { namespace: text });
    await documents.setSource({ sourceId: text, hash: text, nodeIds: [text] });
  }
  await documents.upsert(HOSTILE_TEXTS.map(node));
  await vectors.upsert(HOSTILE_TEXTS.map((text) => ({ node: node(text), embedding })));
  for (const text of HOSTILE_TEXTS) {
    expect(await values.get(text, { namespace: text })).toBe(text);
    expect(await documents.get(text)).toEqual(node(text));
    const filters: MetadataFilter[] = [
      { key: text, op: '==', value: text },
      { key: text, op: 'text-match', value: text },
      { key: 'list', op: 'any', value: [text] },
    ];
    for (const filter of filters) {
      const found = await vectors.query({ embedding, topK: 100, filter });
      expect(found.map((one) => one.node.id)).toContain(text);
    }
    const modes = ['text', 'hybrid'] as const;
    for (const mode of modes) await vectors.query({ mode, text, embedding, topK: 100 });
  }
  for (const text of HOSTILE_TEXTS) {
    await documents.deleteSource(text);
    await vectors.delete({ sourceIds: [text] });
    expect(await documents.get(text)).toBeUndefined();
  }
  expect(await vectors.query({ embedding, topK: 100 })).toEqual([]);
  expect((await client.query('SELECT alive FROM canary')).rows).toEqual([{ alive: true }]);
  expect((await client.query(`SELECT FROM "${place.schema}"."entries"`)).rows).toHaveLength(
    HOSTILE_TEXTS.length,
  );
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
