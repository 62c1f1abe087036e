import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMortiseError } from '@mortise/core';
import { similarity, type SimilarityMode } from '@mortise/core/embedding';

const vector = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 });
const invalid = (error: unknown): boolean => isMortiseError(error, 'invalid-request');

describe('similarity', () => {
  it('M-08: is the cosine, the inner product, or the distance negated', () => {
    const [a, b] = [Float32Array.of(3, 4), Float32Array.of(4, 3)];
    expect(similarity(a, b)).toBeCloseTo(24 / 25, 12);
    expect(similarity(a, b, 'dot')).toBe(24);
    expect(similarity(a, b, 'euclidean')).toBeCloseTo(-Math.SQRT2, 12);
    expect(similarity(a, a, 'euclidean')).toBe(0);
  });

  it.each(['cosine', 'dot', 'euclidean'] as const)('M-08: gives no NaN and is symmetric: %s', (mode) => {
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        let result: number;
        try {
          result = similarity(a, b, mode);
        } catch (error) {
          // Inner products of doubles may leave the range in both directions at once.
          expect(mode === 'dot' && invalid(error)).toBe(true);
          return;
        }
        expect(result).not.toBeNaN();
        expect(similarity(b, a, mode)).toBe(result);
        if (mode === 'cosine') expect(Math.abs(result)).toBeLessThanOrEqual(1);
        if (mode === 'euclidean') expect(result).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('M-08: gives 0 for zero vectors, and keeps the angle of tiny and huge ones', () => {
    expect(similarity([0, 0], [1, 2])).toBe(0);
    expect(similarity([0, 0], [0, 0])).toBe(0);
    expect(similarity([0, 0], [0, 0], 'dot')).toBe(0);
    expect(similarity([1e-200, 0], [1e-200, 0])).toBe(1);
    expect(similarity([1e200, 1e200], [1e200, -1e200])).toBe(0);
  });

  it('M-08: refuses vectors of different lengths, numbers that are not finite, and unknown modes', () => {
    expect(() => similarity([1], [1, 2])).toThrow(expect.toSatisfy(invalid));
    expect(() => similarity([NaN], [1])).toThrow(expect.toSatisfy(invalid));
    expect(() => similarity([Infinity], [1])).toThrow(expect.toSatisfy(invalid));
    expect(() => similarity([1], [1], 'manhattan' as SimilarityMode)).toThrow(expect.toSatisfy(invalid));
  });
});
