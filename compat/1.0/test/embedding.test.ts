import { startWire, json, type WireHandler } from '@mortise/conformance';
import { expect, it, onTestFinished } from 'vitest';
import { FrozenEmbedding } from '../src/index.ts';

interface Sent {
  texts: string[];
  purpose: string;
  [member: string]: unknown;
}
const rows = (texts: readonly string[]) =>
  texts.map((text, index) => ({ index, vector: [text.length, index, 1] })).reverse();

async function connect(answer: (sent: Sent) => object, status = 200) {
  const handler: WireHandler = ({ body }, reply) => json(reply, answer(body as Sent), { status });
  const wire = await startWire(handler);
  onTestFinished(() => wire.close());
  const embedding = new FrozenEmbedding({
    model: 'frozen-embed-1',
    apiKey: 'key-of-a-test',
    baseURL: wire.url,
    retry: { baseDelayMs: 1 },
  });
  return { embedding, sent: () => wire.requests.map(({ body }) => body as Sent), wire };
}

it('M-01: sends the model and the texts, and tells a query from a document', async () => {
  const { embedding, sent } = await connect(({ texts }) => ({ vectors: rows(texts) }));
  await embedding.embedQuery('a query');
  await embedding.embedTexts(['one', 'three'], { providerOptions: { frozen: { priority: 1 } } });
  expect(sent()).toEqual([
    { model: 'frozen-embed-1', texts: ['a query'], purpose: 'query' },
    { model: 'frozen-embed-1', texts: ['one', 'three'], purpose: 'document', priority: 1 },
  ]);
});

it('M-02: puts each vector in the place of its text, whatever their order', async () => {
  const { embedding } = await connect(({ texts }) => ({ vectors: rows(texts), usage: { input: 7 } }));
  const { embeddings, usage } = await embedding.embedTexts(['a', 'bb', 'ccc']);
  expect(embeddings.map((vector) => vector[0])).toEqual([1, 2, 3]);
  expect(usage).toEqual({ inputTokens: 7 });
});

it.each([
  ['too few rows', (texts: string[]) => rows(texts).slice(1)],
  [
    'a row without numbers',
    (texts: string[]) => rows(texts).map((row) => ({ ...row, vector: ['x', null, {}] })),
  ],
  ['two rows of one index', (texts: string[]) => rows(texts).map((row) => ({ ...row, index: 0 }))],
  ['no rows', () => undefined],
])('M-03: refuses a reply with %s', async (_, broken) => {
  const { embedding } = await connect(({ texts }) => ({ vectors: broken(texts) }));
  await expect(embedding.embedTexts(['a', 'b'])).rejects.toMatchObject({ code: 'malformed-response' });
});

it('E-04: maps what the API says when it refuses, without the key', async () => {
  const { embedding } = await connect(
    () => ({ error: { message: 'key-of-a-test is unknown', code: 'refused' } }),
    401,
  );
  const failed = embedding.embedText('a');
  await expect(failed).rejects.toMatchObject({ code: 'authentication', provider: 'frozen', status: 401 });
  await expect(failed).rejects.not.toThrow('key-of-a-test');
});

it('declares what the documentation says', () => {
  const { metadata } = new FrozenEmbedding({ model: 'frozen-embed-1' });
  expect(metadata).toEqual({ maxBatchSize: 96, asymmetric: true, acceptsDimensions: false });
});

it('sends no more texts at once than it declares', async () => {
  const { embedding, sent } = await connect(({ texts }) => ({ vectors: rows(texts) }));
  const texts = Array.from({ length: embedding.metadata.maxBatchSize + 1 }, (_, n) => `text ${n}`);
  expect((await embedding.embedTexts(texts)).embeddings).toHaveLength(texts.length);
  expect(sent()).toHaveLength(2);
});

it('C-09: sends the key to the provider, and says where to put it when there is none', async () => {
  const sent: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([url, new Headers(init?.headers).get('authorization')]);
    return Response.json({}, { status: 400 });
  };
  await expect(new FrozenEmbedding({ model: 'm', apiKey: 'key-of-a-test', fetch }).embedText('a')).rejects.toMatchObject({ code: 'invalid-request' });
  expect(sent).toEqual([['https://api.frozen.example/v1/embed', 'Bearer key-of-a-test']]);
  await expect(new FrozenEmbedding({ model: 'm', apiKey: ' ', fetch }).embedText('a')).rejects.toThrow('FROZEN_API_KEY');
});

it('E-04: tells a quota that is used up from a limit that passes', async () => {
  const error = { message: 'All of it is used.', code: 'quota' };
  const fetch: typeof globalThis.fetch = async () => Response.json({ error }, { status: 429 });
  const failed = new FrozenEmbedding({ model: 'm', apiKey: 'key-of-a-test', fetch }).embedText('a');
  await expect(failed).rejects.toMatchObject({ code: 'quota' });
  await expect(failed).rejects.toThrow('All of it is used');
});
