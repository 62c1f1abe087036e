import { join } from 'node:path';
import { HashEmbedding } from '@mortise/core/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCollection, type Collection } from '../collection.ts';
import { precisionCurve, queryDifferences, recallCurve, relevantTo } from '../curves.ts';
import { evaluate, type Evaluation } from '../evaluate.ts';
import { pageReport } from '../page.ts';

let collection: Collection;
let evaluation: Evaluation;

beforeAll(async () => {
  collection = await readCollection(join(import.meta.dirname, 'fixtures/garden'));
  evaluation = await evaluate(collection, new HashEmbedding(), () => () => undefined);
});

describe('curves', () => {
  test('of recall rise, and end at the recall of the report', () => {
    for (const report of evaluation.reports) {
      const values = recallCurve(report, collection.judgements, 100).points.map(([, y]) => y);
      expect(values).toEqual(values.toSorted((a, b) => a - b));
      expect(values).toHaveLength(100);
      expect(values.at(-1)).toBeCloseTo(report.metrics['recall@100']!, 12);
    }
  });

  test('of precision fall, from the best that is reached', () => {
    for (const report of evaluation.reports) {
      const values = precisionCurve(report, collection.judgements).points.map(([, y]) => y);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
      expect(values).toHaveLength(11);
      expect(values[0]).toBeGreaterThanOrEqual(report.metrics['precision@10']!);
    }
  });

  test('of one question are those of the textbook', () => {
    // Relevant in places 1, 3 and 6 of three: precision 1, 2/3, 1/2 at recall 1/3, 2/3, 1.
    const report = {
      ...evaluation.reports[0]!,
      queries: [{ id: 'q', metrics: {}, found: ['a', 'x', 'b', 'y', 'z', 'c'] }],
    };
    const judgements = new Map([
      [
        'q',
        new Map([
          ['a', 1],
          ['b', 2],
          ['c', 1],
          ['x', 0],
        ]),
      ],
    ]);
    const values = precisionCurve(report, judgements).points.map(([, y]) => y);
    expect(values).toEqual([1, 1, 1, 1, 2 / 3, 2 / 3, 2 / 3, 0.5, 0.5, 0.5, 0.5]);
    expect(recallCurve(report, judgements, 4).points).toEqual([
      [0, 1 / 3],
      [0.5, 1 / 3],
      [Math.log(3) / Math.log(4), 2 / 3],
      [1, 2 / 3],
    ]);
  });
});

test('every question is there once, the greatest gain first, with what no run has found', () => {
  const [words, , both] = evaluation.reports;
  const differences = queryDifferences([words!, both!], collection, 'ndcg@10');
  expect(differences).toHaveLength(words!.queries.length);
  const gains = differences.map(({ before, after }) => after - before);
  expect(gains).toEqual(gains.toSorted((a, b) => b - a));
  for (const { id, found, missed, before, after } of differences) {
    const relevant = relevantTo(id, collection.judgements);
    expect(before).toBe(words!.queries.find((query) => query.id === id)!.metrics['ndcg@10']);
    expect(after).toBe(both!.queries.find((query) => query.id === id)!.metrics['ndcg@10']);
    for (const document of relevant) expect(missed.includes(document)).toBe(!found.flat().includes(document));
  }
});

test('the page holds the figures of the report, no script, and texts as text', async () => {
  const evil = '</title><script>alert(1)</script>"onload="alert(2)';
  const page = await pageReport(
    { ...collection, name: evil, queries: collection.queries.map((each) => ({ ...each, query: evil })) },
    evaluation,
  );
  for (const { metrics } of evaluation.reports) expect(page).toContain(metrics['ndcg@10']!.toFixed(3));
  expect(page).not.toContain('<script');
  expect(page).not.toContain('"onload=');
  expect(page).toContain('&lt;script&gt;');
  expect(page.match(/<polyline/g)).toHaveLength(6);
});
