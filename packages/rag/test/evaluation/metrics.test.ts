import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTextNode, type Retriever } from '@mortise/core/retriever';
import { evaluateRetriever, type EvaluateOptions, type MetricName, type RetrievalMetric } from '@mortise/rag';

const judgements = new Map([
  ['a', 3],
  ['b', 2],
  ['c', 1],
  ['x', 0],
  ['y', -1],
]);
/** A measure of one ranking. */
async function measured(
  ranking: readonly string[],
  grades: ReadonlyMap<string, number>,
  metric: RetrievalMetric,
  gain: EvaluateOptions['gain'] = 'linear',
): Promise<number> {
  const results = ranking.map((id) => ({ node: createTextNode({ id, text: id }), score: 1 }));
  const retriever: Retriever = { retrieve: () => Promise.resolve(results) };
  const collection = { queries: [{ id: 'q', query: 'q' }], judgements: new Map([['q', grades]]) };
  const { metrics } = await evaluateRetriever(retriever, collection, { metrics: [metric], gain });
  return metrics[metric]!;
}

const measure = (ranking: string[], metric: RetrievalMetric, gain?: 'linear' | 'exponential') =>
  measured(ranking, judgements, metric, gain);

describe('measures of a ranking', () => {
  const ranking = ['x', 'b', '?', 'a', 'y', 'c'];

  it.each<[RetrievalMetric, number]>([
    ['ndcg@10', (2 / Math.log2(3) + 3 / Math.log2(5) + 1 / Math.log2(7)) / (3 + 2 / Math.log2(3) + 1 / 2)],
    // The best ranking of two places has the two best documents.
    ['ndcg@2', 2 / Math.log2(3) / (3 + 2 / Math.log2(3))],
    ['recall@4', 2 / 3],
    ['precision@4', 2 / 4],
    // Places that were not filled count.
    ['precision@10', 3 / 10],
    ['mrr@10', 1 / 2],
    ['mrr@1', 0],
    ['map@10', (1 / 2 + 2 / 4 + 3 / 6) / 3],
    ['map@4', (1 / 2 + 2 / 4) / 3],
    ['hit-rate@2', 1],
    ['hit-rate@1', 0],
  ])('%s as trec_eval has it', async (metric, expected) => {
    expect(await measure(ranking, metric)).toBeCloseTo(expected, 12);
  });

  it('takes a grade for its gain, or 2 to its power less 1', async () => {
    expect(await measure(['b', 'a'], 'ndcg@2')).toBeCloseTo(
      (2 + 3 / Math.log2(3)) / (3 + 2 / Math.log2(3)),
      12,
    );
    expect(await measure(['b', 'a'], 'ndcg@2', 'exponential')).toBeCloseTo(
      (3 + 7 / Math.log2(3)) / (7 + 3 / Math.log2(3)),
      12,
    );
  });

  it.each<MetricName>(['ndcg', 'recall', 'precision', 'mrr', 'map', 'hit-rate'])(
    '%s of nothing found is 0, also of what is not relevant',
    async (name) => {
      expect(await measure([], `${name}@10`)).toBe(0);
      expect(await measure(['x', 'y', '?'], `${name}@10`)).toBe(0);
    },
  );

  it('counts an id that comes again once', async () => {
    expect(await measure(['a', 'a', 'a', 'b'], 'precision@4')).toBe(2 / 4);
    expect(await measure(['a', 'a', 'b', 'c'], 'ndcg@3')).toBe(1);
  });

  it('is from 0 to 1, 1 for the best ranking, and never less for a better one', async () => {
    const grades = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 4 }));
    const orders = fc.shuffledSubarray(['a', 'b', 'c', 'd', 'e', 'f']);
    const name = fc.constantFrom<MetricName>('ndcg', 'recall', 'precision', 'mrr', 'map', 'hit-rate');
    await fc.assert(
      fc.asyncProperty(
        grades,
        orders,
        name,
        fc.integer({ min: 1, max: 7 }),
        async (given, order, metricName, k) => {
          const own = new Map(Object.entries(given));
          if (![...own.values()].some((grade) => grade > 0)) return;
          const value = (ids: readonly string[]) => measured(ids, own, `${metricName}@${k}`);
          const found = await value(order);
          expect(found).toBeGreaterThanOrEqual(0);
          expect(found).toBeLessThanOrEqual(1 + 1e-12);
          const best = [...own.keys(), 'f'].sort((a, b) => (own.get(b) ?? 0) - (own.get(a) ?? 0));
          const most = await value(best);
          expect(found).toBeLessThanOrEqual(most + 1e-12);
          if (metricName === 'ndcg') expect(most).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it('refuses a query without a relevant document, and what is no metric', async () => {
    await expect(measured(['a'], new Map([['a', 0]]), 'ndcg@10')).rejects.toMatchObject({
      code: 'invalid-request',
    });
    for (const metric of ['ndcg', 'ndcg@0', 'ndcg@-1', 'ndcg@1.5', 'bleu@10', 'ndcg@ 10'])
      await expect(measure(['a'], metric as RetrievalMetric)).rejects.toMatchObject({
        code: 'configuration',
      });
  });
});
