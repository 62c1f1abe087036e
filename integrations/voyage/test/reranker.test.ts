import { describe, expect, it } from 'vitest';
import { json, startWire, type WireHandler } from '@mortise/conformance';
import { VoyageReranker, type VoyageRerankerOptions } from '@mortise/voyage';

/** What Voyage answers: a document's score is the number in it. */
const answer: WireHandler = (request, reply) => {
  const { documents, top_k: topK } = request.body as { documents: string[]; top_k: number };
  const data = documents
    .map((text, index) => ({ relevance_score: Number(text), index }))
    .sort((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, topK);
  json(reply, { object: 'list', data, model: 'rerank-test', usage: { total_tokens: documents.length * 3 } });
};

async function withWire<T>(
  use: (reranker: VoyageReranker, bodies: () => any[]) => Promise<T>,
  options: Partial<VoyageRerankerOptions> = {},
  handler: WireHandler = answer,
): Promise<T> {
  await using wire = await startWire(handler);
  const baseURL = `${wire.url}/v1`;
  const reranker = new VoyageReranker({ model: 'rerank-test', baseURL, retry: false, ...options });
  return await use(reranker, () => {
    expect(wire.requests.every(({ method, path }) => method === 'POST' && path === '/v1/rerank')).toBe(true);
    return wire.requests.map(({ body }) => body);
  });
}

const BODY = { model: 'rerank-test', query: 'q', documents: ['0.1', '0.9'], top_k: 2, truncation: false };

describe('VoyageReranker', () => {
  it('ranks, best first', async () => {
    await withWire(async (reranker, bodies) => {
      expect(await reranker.rerank('q', ['0.1', '0.9'])).toEqual({
        results: [
          { index: 1, score: 0.9 },
          { index: 0, score: 0.1 },
        ],
        usage: { inputTokens: 6 },
        warnings: [],
        provider: 'voyage',
        model: 'rerank-test',
      });
      expect(bodies()).toEqual([BODY]);
    });
  });

  it('takes topN, truncation and providerOptions, the last of them last', async () => {
    await withWire(
      async (reranker, bodies) => {
        const { results } = await reranker.rerank('q', ['0.1', '0.9'], { topN: 1 });
        expect(results).toEqual([{ index: 1, score: 0.9 }]);
        const providerOptions = { voyage: { truncation: undefined } };
        await reranker.rerank('q', ['0.1', '0.9'], { providerOptions });
        const { truncation: _, ...body } = BODY;
        expect(bodies()).toEqual([{ ...BODY, top_k: 1, truncation: true }, body]);
      },
      { truncation: true },
    );
  });

  it('K-03: splits more than 1,000 documents and merges them by score', async () => {
    await withWire(async (reranker, bodies) => {
      const documents = Array.from({ length: 2300 }, (_, at) => String(((at * 7919) % 2300) / 2300));
      const { results, usage } = await reranker.rerank('q', documents, { topN: 3 });
      expect(results.map(({ index }) => Math.round(Number(documents[index]) * 2300))).toEqual([
        2299, 2298, 2297,
      ]);
      expect(usage).toEqual({ inputTokens: 6900 });
      const sizes = bodies().map(({ documents: { length } }) => length);
      expect(sizes.toSorted((a, b) => a - b)).toEqual([300, 1000, 1000]);
    });
  });

  it.each<[string, unknown]>([
    ['an index out of range', { data: [{ index: 2, relevance_score: 1 }] }],
    ['a score that is none', { data: [{ index: 0, relevance_score: '1' }, { index: 1 }] }],
    ['results that are none', { data: [null] }],
    ['no results', { object: 'list' }],
  ])('K-01: refuses %s as malformed', async (_name, body) => {
    await withWire(
      async (reranker) => {
        await expect(reranker.rerank('q', ['a', 'b'])).rejects.toMatchObject({ code: 'malformed-response' });
      },
      {},
      (_request, reply) => json(reply, body),
    );
  });
});
