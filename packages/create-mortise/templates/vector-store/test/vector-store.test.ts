import { createTextNode } from '@mortise/core';
import { beforeEach, expect, it } from 'vitest';
import { AcmeVectorStore } from '@mortise/acme';

const entry = (id: string, vector: number[], page = 1, source = 'book') => ({
  node: createTextNode({
    id,
    text: `text of ${id}`,
    metadata: { page },
    relationships: { source: { id: source } },
  }),
  embedding: Float32Array.from(vector),
});
const near = (...vector: number[]) => ({ embedding: Float32Array.from(vector), topK: 10 });

let store: AcmeVectorStore;
const found = async (query: Parameters<AcmeVectorStore['query']>[0]) =>
  (await store.query(query)).map(({ node }) => node.id);

beforeEach(async () => {
  // REPLACE: an empty store.
  store = new AcmeVectorStore();
  await store.upsert([entry('a', [1, 0]), entry('b', [1, 1], 2), entry('c', [0, 1], 3, 'letter')]);
});

it('declares what the store can do', () => {
  // REPLACE: what its documentation says.
  expect(new AcmeVectorStore().support).toEqual({
    modes: ['dense'],
    operators: ['==', '!=', 'in', '>', '>=', '<', '<='],
  });
});

it('finds the nearest first, and no more than asked for', async () => {
  expect(await found(near(1, 0))).toEqual(['a', 'b', 'c']);
  expect(await found({ ...near(0, 1), topK: 1 })).toEqual(['c']);
});

it('keeps the nodes whole, and gives copies', async () => {
  const [first] = await store.query(near(1, 0));
  expect(first?.node).toEqual(entry('a', [1, 0]).node);
  if (first !== undefined) first.node.metadata['page'] = 99;
  expect((await store.query(near(1, 0)))[0]?.node.metadata).toEqual({ page: 1 });
});

it('S-04 replaces an entry with an id that is there', async () => {
  await store.upsert([entry('a', [0, 1], 9)]);
  expect(await found({ ...near(0, 1), filter: { key: 'page', op: '==', value: 9 } })).toEqual(['a']);
  expect(await found(near(0, 1))).toHaveLength(3);
});

it('S-04 deletes by id, by source and by filter, and leaves no node of a source', async () => {
  await store.delete({ ids: ['a'] });
  expect(await found(near(1, 0))).toEqual(['b', 'c']);
  await store.delete({ sourceIds: ['letter'] });
  expect(await found(near(1, 0))).toEqual(['b']);
  await store.delete({ filter: { key: 'page', op: '>=', value: 2 } });
  expect(await found(near(1, 0))).toEqual([]);
});

it('filters before it counts', async () => {
  const filter = {
    and: [{ key: 'page', op: '>' as const, value: 1 }, { not: { key: 'page', op: '==' as const, value: 3 } }],
  };
  expect(await found({ ...near(1, 0), topK: 1, filter })).toEqual(['b']);
});

it.each([
  ['a mode that it does not declare', { mode: 'text' as const, text: 'x', topK: 1 }],
  [
    'an operator that it does not declare',
    { ...near(1, 0), filter: { key: 'page', op: 'is-empty' as const } },
  ],
])('S-04 refuses %s', async (_, query) => {
  await expect(store.query(query)).rejects.toMatchObject({ code: 'unsupported' });
});

it('S-04 refuses another length, and numbers that are none', async () => {
  await expect(store.upsert([entry('d', [1, 2, 3])])).rejects.toMatchObject({ code: 'invalid-request' });
  await expect(store.upsert([entry('d', [1, Number.NaN])])).rejects.toMatchObject({
    code: 'invalid-request',
  });
  await expect(store.query(near(1, 2, 3))).rejects.toMatchObject({ code: 'invalid-request' });
});

it('C-02 does nothing for an aborted signal', async () => {
  const reason = new Error('left');
  const options = { signal: AbortSignal.abort(reason) };
  await expect(store.upsert([entry('d', [1, 1])], options)).rejects.toBe(reason);
  await expect(store.query(near(1, 0), options)).rejects.toBe(reason);
  expect(await found(near(1, 0))).toHaveLength(3);
});
