import fc from 'fast-check';
import { expect, it } from 'vitest';
import { similarity } from '@mortise/core/embedding';
import { maximalMarginalRelevance } from '@mortise/core/store';

const query = Float32Array.of(1, 0.2);
const candidate = (...numbers: number[]) => {
  const embedding = Float32Array.from(numbers);
  return { embedding, similarity: similarity(query, embedding) };
};
const picked = (candidates: ReturnType<typeof candidate>[], topK: number, lambda?: number) =>
  maximalMarginalRelevance(candidates, topK, lambda).map(({ index }) => index);

it('passes over what says the same again', () => {
  const candidates = [candidate(1, 0.1), candidate(1, 0.11), candidate(0.5, 1)];
  expect(picked(candidates, 2)).toEqual([1, 2]);
  expect(picked(candidates, 3, 1)).toEqual([1, 0, 2]);
});

it('gives what there is, and nothing for nothing', () => {
  expect(picked([candidate(1, 0)], 5)).toEqual([0]);
  expect(picked([], 5)).toEqual([]);
});

it('scores fall from pick to pick, and each pick is the best of what is left', () => {
  const numbers = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(
      fc.array(numbers, { maxLength: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (rows, lambda) => {
        const candidates = rows.map((row) => candidate(...row));
        const picks = maximalMarginalRelevance(candidates, rows.length, lambda);
        expect(new Set(picks.map(({ index }) => index)).size).toBe(rows.length);
        picks.forEach(({ score }, at) => {
          if (at > 0) expect(score).toBeLessThanOrEqual(picks[at - 1]!.score + 1e-9);
          const before = picks.slice(0, at).map(({ index }) => candidates[index]!);
          for (const { index } of picks.slice(at)) {
            const one = candidates[index]!;
            const most = Math.max(-1, ...before.map(({ embedding }) => similarity(embedding, one.embedding)));
            expect(lambda * one.similarity - (1 - lambda) * most).toBeLessThanOrEqual(score + 1e-9);
          }
        });
      },
    ),
  );
});
