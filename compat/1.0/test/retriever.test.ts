import { json, startWire, type WireHandler } from '@mortise/conformance';
import { nodeText } from '@mortise/core';
import { expect, it, onTestFinished } from 'vitest';
import { FrozenRetriever } from '../src/index.ts';
const HITS = [
  { id: 'a', text: 'Tides follow the moon.', score: 0.9, fields: { page: 3 } },
  { id: 'b', text: 'Rain follows the sun.', score: 0 },
];

async function connect(reply: object, status = 200) {
  const handler: WireHandler = (_request, response) => json(response, reply, { status });
  const wire = await startWire(handler);
  onTestFinished(() => wire.close());
  const retriever = new FrozenRetriever({ collection: 'notes', apiKey: 'key-of-a-test', baseURL: wire.url });
  return { retriever, wire };
}

it('R-02: gives nodes with the scores of the API, 0 included', async () => {
  const { retriever, wire } = await connect({ hits: HITS });
  const found = await retriever.retrieve('Why are there tides?');
  expect(found.map(({ node, score }) => [node.id, nodeText(node, 'none'), node.metadata, score])).toEqual([
    ['a', 'Tides follow the moon.', { page: 3 }, 0.9],
    ['b', 'Rain follows the sun.', {}, 0],
  ]);
  expect(wire.requests[0]?.body).toEqual({ collection: 'notes', query: 'Why are there tides?', limit: 10 });
});

it('R-04: hands on how many are asked for, and refuses filters that it cannot pass on', async () => {
  const { retriever, wire } = await connect({ hits: [] });
  await retriever.retrieve('q', { topK: 3 });
  expect(wire.requests[0]?.body).toMatchObject({ limit: 3 });
  const filtered = retriever.retrieve('q', { filters: { key: 'page', op: '==', value: 3 } });
  await expect(filtered).rejects.toMatchObject({ code: 'unsupported' });
});

it('C-01: stops when the caller does', async () => {
  const { retriever, wire } = await connect({ hits: HITS });
  const reason = new Error('left');
  await expect(retriever.retrieve('q', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(wire.requests).toEqual([]);
});

it.each([
  ['no hits', {}],
  ['a hit without a score', { hits: [{ id: 'a', text: 'x' }] }],
])('refuses a reply with %s', async (_, reply) => {
  const { retriever } = await connect(reply);
  await expect(retriever.retrieve('q')).rejects.toMatchObject({ code: 'malformed-response' });
});

it('E-04: maps what the API says when it refuses, without the key', async () => {
  const { retriever } = await connect({ error: { message: 'key-of-a-test is unknown' } }, 401);
  await expect(retriever.retrieve('q')).rejects.toMatchObject({ code: 'authentication', provider: 'frozen' });
  await expect(retriever.retrieve('q')).rejects.not.toThrow('key-of-a-test');
});

it('C-09: sends the key to the provider, and says where to put it when there is none', async () => {
  const sent: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([url, new Headers(init?.headers).get('authorization')]);
    return Response.json({}, { status: 400 });
  };
  await expect(new FrozenRetriever({ collection: 'notes', apiKey: 'key-of-a-test', fetch }).retrieve('q')).rejects.toMatchObject({ code: 'invalid-request' });
  expect(sent).toEqual([['https://api.frozen.example/v1/search', 'Bearer key-of-a-test']]);
  await expect(new FrozenRetriever({ collection: 'notes', apiKey: ' ', fetch }).retrieve('q')).rejects.toThrow('FROZEN_API_KEY');
});

it('E-04: tells a quota that is used up from a limit that passes', async () => {
  const error = { message: 'All of it is used.', code: 'quota' };
  const fetch: typeof globalThis.fetch = async () => Response.json({ error }, { status: 429 });
  const failed = new FrozenRetriever({ collection: 'notes', apiKey: 'key-of-a-test', fetch }).retrieve('q');
  await expect(failed).rejects.toMatchObject({ code: 'quota' });
  await expect(failed).rejects.toThrow('All of it is used');
});
