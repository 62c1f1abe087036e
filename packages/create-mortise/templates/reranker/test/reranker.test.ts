import { rerankerConformance, type RerankDialect, type WireRequest } from '@mortise/conformance';
import type { JsonObject } from '@mortise/core';
import { describe, expect, it } from 'vitest';
import { AcmeReranker } from '@mortise/acme';

/**
 * REPLACE: Acme's wire, as its documentation has it, and independent of `src`: the suite asks through it and answers
 * through it. Change it first; the cases that turn red say what is left to do.
 */
const acmeRerank: RerankDialect = {
  name: 'acme-rerank',
  // What the wire has no way to say, and why.
  without: {},
  model: (request) => sent(request)['model'],
  query: (request) => sent(request)['query'] as string,
  documents: (request) => sent(request)['documents'] as string[],
  topN: (request) => sent(request)['top'] as number | undefined,
  body: (results) => ({ ranking: results.map(({ index, score }) => ({ index, score })) }),
  requestId: 'x-request-id',
  failure: ({ kind, message }) => ({ body: { error: { message, code: kind ?? 'refused' } }, headers: {} }),
};

const sent = ({ body }: Pick<WireRequest, 'body'>): JsonObject => body as JsonObject;

const model = { model: 'acme-rerank-1', apiKey: 'key-of-a-test' };

rerankerConformance(
  { describe, it },
  {
    create: ({ url, settings }) => new AcmeReranker({ ...model, ...settings, baseURL: url }),
    dialect: acmeRerank,
    declares: new AcmeReranker(model).metadata,
  },
);

it('K-01: sends exactly this', async () => {
  const bodies: unknown[] = [];
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    bodies.push(JSON.parse(init?.body as string));
    return Response.json({ ranking: [{ index: 1, score: 0.5 }] });
  };
  const reranker = new AcmeReranker({ ...model, fetch });
  await reranker.rerank('q', ['a', 'b'], { topN: 1, providerOptions: { acme: { priority: 1 } } });
  expect(bodies).toEqual([
    { model: 'acme-rerank-1', query: 'q', documents: ['a', 'b'], top: 1, priority: 1 },
  ]);
});

it('declares what the documentation says', () => {
  // REPLACE: what it says.
  expect(new AcmeReranker(model).metadata).toEqual({ maxDocuments: 100, comparableScores: true });
});
