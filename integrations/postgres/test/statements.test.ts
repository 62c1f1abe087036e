import { createTextNode } from '@mortise/core';
import type { MetadataFilter } from '@mortise/core/store';
import { PostgresDocumentStore, PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import { expect, it } from 'vitest';
import { HOSTILE_TEXTS } from './hostile-texts.ts';
import { recorder, VECTORS, type Sent } from './recorder.ts';

const embedding = Float32Array.of(3, 4);

/** Every place in which a text of somebody else's goes to the server. */
const PLACES: Readonly<Record<string, (text: string) => Promise<Sent[]>>> = {
  'a key and a namespace': async (text) => {
    const { client, sent } = recorder('entries');
    const store = new PostgresKeyValueStore({ client });
    await store.set(text, text, { namespace: text });
    await store.getMany([text], { namespace: text });
    await store.compareAndSet(text, text, text, { namespace: text });
    await store.compareAndSet(text, undefined, text, { namespace: text });
    await store.delete(text, { namespace: text });
    for await (const _ of store.iterate({ namespace: text })) continue;
    return sent;
  },
  'an id of a node and of a source': async (text) => {
    const { client, sent } = recorder('documents');
    const store = new PostgresDocumentStore({ client });
    await store.upsert([createTextNode({ id: text, text, metadata: { [text]: text } })]);
    await store.getMany([text]);
    await store.delete([text]);
    await store.setSource({ sourceId: text, hash: text, nodeIds: [text], strayIds: [text] });
    await store.getSource(text);
    await store.deleteSource(text);
    return sent;
  },
  'an entry': async (text) => {
    const { client, sent } = recorder(VECTORS);
    const store = new PostgresVectorStore({ client, dimensions: 2 });
    const relationships = { source: { id: text } };
    const node = createTextNode({ id: text, text, metadata: { [text]: [text] }, relationships });
    await store.upsert([{ node, embedding }]);
    await store.delete({ ids: [text], sourceIds: [text] });
    return sent;
  },
  'a question and a filter': async (text) => {
    const { client, sent } = recorder(VECTORS);
    const store = new PostgresVectorStore({ client, dimensions: 2 });
    const one = (['==', '!=', '>', '<=', 'contains', 'text-match'] as const).map((op): MetadataFilter => ({
      key: text,
      op,
      value: text,
    }));
    const many = (['in', 'nin', 'any', 'all'] as const).map((op): MetadataFilter => ({
      key: text,
      op,
      value: [text, 'b'],
    }));
    const filter = { and: [...one, { not: { or: many } }] };
    for (const mode of store.support.modes) await store.query({ mode, text, embedding, filter, topK: 3 });
    await store.delete({ filter });
    return sent;
  },
};

// What is in the text of a statement is the same whatever is asked for: the rest goes as values.
it.each(Object.keys(PLACES).flatMap((place) => HOSTILE_TEXTS.map((text) => [place, text] as const)))(
  'S-04: %s that is %j changes no statement',
  async (place, text) => {
    const ask = PLACES[place]!;
    const [plain, hostile] = [await ask('plain'), await ask(text)];
    const texts = (sent: Sent[]): string[] => sent.map((one) => one.text);
    // Where a text and its lower case are two values, one more place is named.
    const places = (all: string[]): string[] => all.map((one) => one.replaceAll(/\$\d+/g, '$'));
    expect(places(texts(hostile))).toEqual(places(texts(plain)));
    for (const { text: statement, values } of hostile)
      for (const named of statement.match(/\$\d+/g) ?? [])
        expect(values.length).toBeGreaterThanOrEqual(Number(named.slice(1)));
  },
);

it('S-04: what Postgres cannot hold is never sent', async () => {
  for (const ask of Object.values(PLACES))
    for (const text of HOSTILE_TEXTS)
      for (const { values } of await ask(text))
        for (const value of values)
          if (typeof value === 'string')
            expect([value.includes('\0'), value.isWellFormed()]).toEqual([false, true]);
});

it('S-04: a filter is one condition, its keys and values parameters', async () => {
  const { client, sent } = recorder(VECTORS);
  const store = new PostgresVectorStore({ client, dimensions: 2 });
  const filter: MetadataFilter = {
    and: [{ key: 'year', op: '>=', value: 1900 }, { not: { key: 'tags', op: 'contains', value: 'draft' } }],
  };
  await store.query({ embedding, topK: 5, filter });
  expect(sent[0]!.text).toContain(
    `WHERE ((jsonb_typeof(metadata -> $1::text) = 'number' AND (metadata -> $1::text) >= ($2::text)::jsonb) AND (((metadata -> $3::text) @> ($4::text)::jsonb)) IS NOT TRUE)`
      .replace('AND (((', 'AND ((((')
      .replace('::jsonb)) IS NOT TRUE)', '::jsonb)) IS NOT TRUE))'),
  );
  expect(sent[0]!.values).toEqual([
    'year',
    '1900',
    'tags',
    '["draft"]',
    5,
    '[0.6000000238418579,0.800000011920929]',
  ]);
});

it('S-04: a query with more values than the protocol counts is refused before it is sent', async () => {
  const { client, sent } = recorder(VECTORS);
  const store = new PostgresVectorStore({ client, dimensions: 2 });
  const or = Array.from({ length: 40_000 }, (_, at) => ({
    key: `k${at}`,
    op: '==' as const,
    value: `v${at}`,
  }));
  const asked = store.query({ embedding, topK: 5, filter: { or } });
  await expect(asked).rejects.toMatchObject({
    code: 'invalid-request',
    message: expect.stringContaining('65535'),
  });
  expect(sent).toEqual([]);
});
