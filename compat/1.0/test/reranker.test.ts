import { json, startWire, type WireHandler } from '@mortise/conformance';
import { expect, it, onTestFinished } from 'vitest';
import { FrozenReranker } from '../src/index.ts';

interface Sent {
  documents: string[];
  top: number;
  [member: string]: unknown;
}
const byLength = ({ documents, top }: Sent) =>
  documents
    .map((document, index) => ({ index, score: document.length / 10 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, top);

async function connect(answer: (sent: Sent) => object, status = 200) {
  const handler: WireHandler = ({ body }, reply) => json(reply, answer(body as Sent), { status });
  const wire = await startWire(handler);
  onTestFinished(() => wire.close());
  const reranker = new FrozenReranker({
    model: 'frozen-rerank-1',
    apiKey: 'key-of-a-test',
    baseURL: wire.url,
    retry: { baseDelayMs: 1 },
  });
  return { reranker, sent: () => wire.requests.map(({ body }) => body as Sent) };
}

it('K-01: asks with the query and the documents, and gives them best first', async () => {
  const { reranker, sent } = await connect((request) => ({ ranking: byLength(request) }));
  const { results } = await reranker.rerank('q', ['a', 'ccc', 'bb'], {
    topN: 2,
    providerOptions: { frozen: { priority: 1 } },
  });
  expect(results).toEqual([
    { index: 1, score: 0.3 },
    { index: 2, score: 0.2 },
  ]);
  expect(sent()).toEqual([
    { model: 'frozen-rerank-1', query: 'q', documents: ['a', 'ccc', 'bb'], top: 2, priority: 1 },
  ]);
});

it.each([
  [
    'a place out of range',
    [
      { index: 2, score: 1 },
      { index: 0, score: 0 },
    ],
  ],
  [
    'a place twice',
    [
      { index: 0, score: 1 },
      { index: 0, score: 0 },
    ],
  ],
  [
    'a wrong order',
    [
      { index: 0, score: 0 },
      { index: 1, score: 1 },
    ],
  ],
  [
    'no numbers',
    [
      { index: 0, score: 'high' },
      { index: 1, score: null },
    ],
  ],
  ['no ranking', undefined],
])('K-01: refuses a reply with %s', async (_, ranking) => {
  const { reranker } = await connect(() => ({ ranking }));
  await expect(reranker.rerank('q', ['a', 'b'])).rejects.toMatchObject({ code: 'malformed-response' });
});

it('K-02: asks nothing about no documents', async () => {
  const { reranker, sent } = await connect((request) => ({ ranking: byLength(request) }));
  expect((await reranker.rerank('q', [])).results).toEqual([]);
  expect(sent()).toEqual([]);
});

it('declares what the documentation says', () => {
  expect(new FrozenReranker({ model: 'frozen-rerank-1' }).metadata).toEqual({
    maxDocuments: 100,
    comparableScores: true,
  });
});

it('K-03: splits what is more than a request takes', async () => {
  const { reranker, sent } = await connect((request) => ({ ranking: byLength(request) }));
  const { maxDocuments = 0 } = reranker.metadata;
  const documents = Array.from({ length: maxDocuments + 1 }, (_, n) => 'x'.repeat(n + 1));
  const { results } = await reranker.rerank('q', documents, { topN: 1 });
  expect(results).toMatchObject([{ index: maxDocuments }]);
  expect(sent()).toHaveLength(2);
});

it('E-04: maps what the API says when it refuses, without the key', async () => {
  const { reranker } = await connect(() => ({ error: { message: 'key-of-a-test is unknown' } }), 401);
  const failed = reranker.rerank('q', ['a']);
  await expect(failed).rejects.toMatchObject({ code: 'authentication', provider: 'frozen' });
  await expect(failed).rejects.not.toThrow('key-of-a-test');
});

it('C-09: sends the key to the provider, and says where to put it when there is none', async () => {
  const sent: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (url, init) => {
    sent.push([url, new Headers(init?.headers).get('authorization')]);
    return Response.json({}, { status: 400 });
  };
  await expect(new FrozenReranker({ model: 'm', apiKey: 'key-of-a-test', fetch }).rerank('q', ['a'])).rejects.toMatchObject({ code: 'invalid-request' });
  expect(sent).toEqual([['https://api.frozen.example/v1/rerank', 'Bearer key-of-a-test']]);
  await expect(new FrozenReranker({ model: 'm', apiKey: ' ', fetch }).rerank('q', ['a'])).rejects.toThrow('FROZEN_API_KEY');
});

it('E-04: tells a quota that is used up from a limit that passes', async () => {
  const error = { message: 'All of it is used.', code: 'quota' };
  const fetch: typeof globalThis.fetch = async () => Response.json({ error }, { status: 429 });
  const failed = new FrozenReranker({ model: 'm', apiKey: 'key-of-a-test', fetch }).rerank('q', ['a']);
  await expect(failed).rejects.toMatchObject({ code: 'quota' });
  await expect(failed).rejects.toThrow('All of it is used');
});
