import { describe, expect, it } from 'vitest';
import { compareRetrieval, retrievalMarkdown, type RetrievalReport } from '@mortise/rag';

function report(name: string, values: readonly number[], metric = 'ndcg@10'): RetrievalReport {
  const queries = values.map((value, at) => ({ id: `q${at}`, metrics: { [metric]: value }, found: ['d'] }));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    name,
    metrics: { [metric]: mean },
    gain: 'linear',
    queries,
    unjudged: [],
    empty: 0,
    durationMs: 1,
  };
}

const QUICK = { permutations: 4000, resamples: 1000 };
const zeros = (count: number) => Array.from({ length: count }, () => 0);

describe('compareRetrieval', () => {
  it('tries all exchanges of few queries: the p-value is the share that is as large', () => {
    // Of the 8 sums of ±0.1 ±0.2 ±0.4 two are as far from 0 as 0.7, and four as far as 0.5.
    const exact = compareRetrieval(report('a', zeros(4)), report('b', [0.1, 0.2, 0.4, 0]));
    expect(exact).toMatchObject({ pValue: 2 / 8, exact: true, queries: 4, wins: 3, losses: 0, ties: 1 });
    expect(exact.difference).toBeCloseTo(0.175, 12);
    const mixed = compareRetrieval(report('a', zeros(3)), report('b', [-0.1, 0.2, 0.4]));
    expect(mixed).toMatchObject({ pValue: 4 / 8, wins: 2, losses: 1 });
  });

  it('draws exchanges of many, near what trying all would give', () => {
    const values = Array.from({ length: 14 }, (_, at) => ((at * 7) % 5) / 10 - 0.12);
    const [a, b] = [report('a', zeros(14)), report('b', values)];
    const all = compareRetrieval(a, b, { permutations: 2 ** 14 });
    const drawn = compareRetrieval(a, b, { permutations: 2 ** 14 - 1 });
    expect([all.exact, drawn.exact]).toEqual([true, false]);
    expect(Math.abs(all.pValue - drawn.pValue)).toBeLessThan(0.02);
  });

  it('finds a difference that is there, and none that is not', () => {
    const noise = (at: number) => Math.sin(at * 12.9898) / 10;
    const base = Array.from({ length: 60 }, (_, at) => 0.5 + noise(at));
    const better = compareRetrieval(
      report('a', base),
      report(
        'b',
        base.map((value, at) => value + 0.05 + noise(at * 7)),
      ),
      QUICK,
    );
    expect(better.pValue).toBeLessThan(0.01);
    expect(better.interval.low).toBeGreaterThan(0);
    const same = compareRetrieval(report('a', base), report('b', base.toReversed()), QUICK);
    expect(same.pValue).toBeGreaterThan(0.5);
    expect(same.interval.low < 0 && same.interval.high > 0).toBe(true);
  });

  it('of a run with itself has a p of 1 and no difference', () => {
    const a = report('a', [0.3, 0.4]);
    expect(compareRetrieval(a, a, QUICK)).toMatchObject({
      difference: 0,
      pValue: 1,
      interval: { low: 0, high: 0 },
      ties: 2,
    });
  });

  it('gives the same figures for the same seed, and the mirror image for the other order', () => {
    const values = Array.from({ length: 40 }, (_, at) => ((at * 13) % 17) / 17 - 0.4);
    const [a, b] = [report('a', zeros(40)), report('b', values)];
    const first = compareRetrieval(a, b, QUICK);
    expect(compareRetrieval(a, b, QUICK)).toEqual(first);
    expect(compareRetrieval(a, b, { ...QUICK, seed: 2 }).interval).not.toEqual(first.interval);
    expect(compareRetrieval(b, a, QUICK)).toMatchObject({
      difference: -first.difference,
      pValue: first.pValue,
    });
  });

  it('pairs by the id of the query, whatever the order', () => {
    const a = report('a', [0.1, 0.2, 0.3]);
    expect(compareRetrieval(a, { ...a, queries: a.queries.toReversed() }, QUICK)).toMatchObject({ ties: 3 });
  });

  it('refuses runs on other queries or without the metric, and numbers that are none', () => {
    const a = report('a', [0.1, 0.2]);
    expect(() => compareRetrieval(a, report('b', [0.1]))).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
    expect(() => compareRetrieval(a, a, { metric: 'map@10' })).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
    for (const options of [{ permutations: 0 }, { resamples: 1.5 }, { confidence: 1 }])
      expect(() => compareRetrieval(a, a, options)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
  });

  it('reads as a sentence', () => {
    const [a, b] = [report('BM25', zeros(4)), report('hybrid', [0.1, 0.2, 0.4, 0])];
    const comparison = { ...compareRetrieval(a, b), interval: { confidence: 0.95, low: -0.01, high: 0.3 } };
    const text =
      'hybrid against BM25, ndcg@10: 0.175 against 0.000, +0.175 (95 % interval -0.010 to +0.300; p = 0.2500, ' +
      'exact paired randomization test); better in 3 of 4 queries, worse in 0, the same in 1.';
    expect(retrievalMarkdown([a, b], [comparison])).toContain(`- ${text}\n`);
  });
});
