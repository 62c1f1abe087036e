import { describe, expect, it } from 'vitest';
import { CohereReranker, type CohereRerankerOptions } from '@mortise/cohere';
import { json, startWire, type WireHandler } from '@mortise/conformance';

/** What Cohere answers: a document's score is the number in it. */
const answer: WireHandler = (request, reply) => {
  const { documents, top_n: topN } = request.body as { documents: string[]; top_n: number };
  const results = documents
    .map((text, index) => ({ index, relevance_score: Number(text) }))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, topN);
  const meta = {
    api_version: { version: '2' },
    billed_units: { search_units: Math.ceil(documents.length / 100) },
  };
  json(reply, { id: 'r', results, meta });
};

async function withWire<T>(
  use: (reranker: CohereReranker, bodies: () => any[]) => Promise<T>,
  options: Partial<CohereRerankerOptions> = {},
  handler: WireHandler = answer,
): Promise<T> {
  await using wire = await startWire(handler);
  const reranker = new CohereReranker({ model: 'rerank-test', baseURL: wire.url, retry: false, ...options });
  return await use(reranker, () => {
    expect(wire.requests.every(({ method, path }) => method === 'POST' && path === '/v2/rerank')).toBe(true);
    return wire.requests.map(({ body }) => body);
  });
}

describe('CohereReranker', () => {
  it('ranks, best first', async () => {
    await withWire(async (reranker, bodies) => {
      expect(await reranker.rerank('tides', ['0.1', '0.9', '0.5'])).toEqual({
        results: [
          { index: 1, score: 0.9 },
          { index: 2, score: 0.5 },
          { index: 0, score: 0.1 },
        ],
        usage: { searchUnits: 1 },
        warnings: [],
        provider: 'cohere',
        model: 'rerank-test',
      });
      expect(bodies()).toEqual([
        { model: 'rerank-test', query: 'tides', documents: ['0.1', '0.9', '0.5'], top_n: 3 },
      ]);
    });
  });

  it('takes topN, and providerOptions last', async () => {
    await withWire(async (reranker, bodies) => {
      const providerOptions = { cohere: { max_tokens_per_doc: 512 } };
      const { results } = await reranker.rerank('q', ['0.1', '0.9'], { topN: 1, providerOptions });
      expect(results).toEqual([{ index: 1, score: 0.9 }]);
      expect(bodies()).toEqual([
        { model: 'rerank-test', query: 'q', documents: ['0.1', '0.9'], top_n: 1, max_tokens_per_doc: 512 },
      ]);
    });
  });

  it('K-02: sends nothing for no documents', async () => {
    await withWire(async (reranker, bodies) => {
      expect((await reranker.rerank('q', [])).results).toEqual([]);
      expect(bodies()).toEqual([]);
    });
  });

  it('K-03: splits more than 1,000 documents and merges them by score', async () => {
    await withWire(async (reranker, bodies) => {
      const documents = Array.from({ length: 2300 }, (_, at) => String(((at * 7919) % 2300) / 2300));
      const { results, usage } = await reranker.rerank('q', documents, { topN: 5 });
      expect(results.map(({ index }) => Math.round(Number(documents[index]) * 2300))).toEqual([
        2299, 2298, 2297, 2296, 2295,
      ]);
      expect(usage).toEqual({ searchUnits: 23 });
      expect(
        bodies()
          .map(({ documents: { length } }) => length)
          .sort((a, b) => a - b),
      ).toEqual([300, 1000, 1000]);
    });
  });

  it('K-03: refuses to split where the scores were declared not to be comparable', async () => {
    await withWire(
      async (reranker) => {
        await expect(reranker.rerank('q', ['1', '2'])).rejects.toMatchObject({ code: 'unsupported' });
      },
      { metadata: { maxDocuments: 1, comparableScores: false } },
    );
  });

  it.each<[string, unknown]>([
    ['an index out of range', [{ index: 2, relevance_score: 1 }]],
    [
      'an index twice',
      [
        { index: 0, relevance_score: 1 },
        { index: 0, relevance_score: 0 },
      ],
    ],
    [
      'another order',
      [
        { index: 0, relevance_score: 0 },
        { index: 1, relevance_score: 1 },
      ],
    ],
    ['a score that is none', [{ index: 0, relevance_score: '1' }, { index: 1 }]],
    ['no results', undefined],
  ])('K-01: refuses %s as malformed', async (_name, results) => {
    await withWire(
      async (reranker) => {
        await expect(reranker.rerank('q', ['a', 'b'])).rejects.toMatchObject({ code: 'malformed-response' });
      },
      {},
      (_request, reply) => json(reply, { results }),
    );
  });
});
