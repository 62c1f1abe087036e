import { json, rerankerConformance, startWire, type RerankDialect } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { LlamaReranker } from '../llama-reranker.ts';

it('K-01: ranks over a local server, by the scores that it gives', async () => {
  await using wire = await startWire((_request, reply) =>
    json(reply, {
      model: 'bge-reranker',
      object: 'list',
      usage: { prompt_tokens: 31, total_tokens: 31 },
      results: [
        { index: 1, relevance_score: 5.7 },
        { index: 2, relevance_score: -9.2 },
      ],
    }),
  );
  const { results, usage } = await new LlamaReranker(wire.url).rerank('Who flies?', ['Moss', 'Bees', 'Oak'], {
    topN: 2,
  });
  expect(results).toEqual([
    { index: 1, score: 5.7 },
    { index: 2, score: -9.2 },
  ]);
  expect(usage).toEqual({ inputTokens: 31 });
  expect(wire.requests[0]).toMatchObject({
    path: '/v1/rerank',
    body: { query: 'Who flies?', documents: ['Moss', 'Bees', 'Oak'], top_n: 2 },
  });
});

it('E-04: takes a document that is too long for what it is, though the status says that the server failed', async () => {
  const message = 'input (518 tokens) is too large to process. increase the physical batch size';
  await using wire = await startWire((_request, reply) =>
    json(reply, { error: { code: 500, message, type: 'server_error' } }, { status: 500 }),
  );
  await expect(new LlamaReranker(wire.url).rerank('q', ['long'])).rejects.toMatchObject({
    code: 'context-length',
  });
  expect(wire.requests).toHaveLength(1);
});

interface Body {
  readonly query: string;
  readonly documents: readonly string[];
  readonly top_n: number;
}

const TYPES: Readonly<Record<string, string>> = {
  quota: 'insufficient_quota',
  'context-length': 'exceed_context_size_error',
};

/** What llama-server takes and gives, for the suite's own server. */
const llamaRerank: RerankDialect = {
  name: 'llama-rerank',
  without: { model: 'llama-server has one model, and is asked for none.' },
  query: ({ body }) => (body as Body).query,
  documents: ({ body }) => (body as Body).documents,
  topN: ({ body }) => (body as Body).top_n,
  body: (results) => ({
    results: results.map(({ index, score }) => ({ index, relevance_score: score })),
  }),
  failure: ({ status, kind = '', message }) => ({
    body: { error: { code: status, message, type: TYPES[kind] ?? 'server_error' } },
    headers: {},
  }),
};

// #region suite
rerankerConformance(
  { describe, it },
  {
    name: 'the reranker of the guide',
    create: ({ url, settings }) => new LlamaReranker(url, settings),
    dialect: llamaRerank,
    declares: new LlamaReranker().metadata,
    reasons: { maxDocuments: 'llama-server takes any number of documents.' },
  },
);
// #endregion
