import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binarySimilarity,
  dequantizeInt8,
  hammingDistance,
  int8Similarity,
  quantizeBinary,
  quantizeInt8,
  shorten,
} from '@mortise/toolkit/vectors';
import { similarity } from '@mortise/core/embedding';

const numbers = fc.float({ min: -1e6, max: 1e6, noNaN: true, noDefaultInfinity: true });
const vector = fc.array(numbers, { minLength: 1, maxLength: 40 }).map((list) => Float32Array.from(list));
const norm = (v: ArrayLike<number>) => Math.sqrt(Array.from(v).reduce((sum, x) => sum + x * x, 0));

/** Reproducible normal numbers (Box and Muller 1958). */
function normal(seed: number, length: number): Float32Array {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 2 ** 32;
  };
  return Float32Array.from(
    { length },
    () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

describe('quantizeInt8', () => {
  it('keeps every number within half a step', () => {
    fc.assert(
      fc.property(vector, (v) => {
        const { values, scale } = quantizeInt8(v);
        const largest = v.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
        if (largest > 0) expect(scale).toBe(largest / 127);
        for (const [i, x] of v.entries())
          expect(Math.abs(values[i]! * scale - x)).toBeLessThanOrEqual(scale * 0.5000001);
        expect(dequantizeInt8({ values, scale })).toEqual(Float32Array.from(values, (q) => q * scale));
      }),
    );
  });

  it('moves a cosine by at most twice the sum of the relative errors', () => {
    const pair = fc.integer({ min: 1, max: 40 }).chain((length) => {
      const one = fc
        .array(numbers, { minLength: length, maxLength: length })
        .map((list) => Float32Array.from(list));
      return fc.tuple(one, one);
    });
    fc.assert(
      fc.property(pair, ([a, b]) => {
        // Below that, a 32-bit float has no precision left to lose.
        fc.pre(norm(a) > 1e-30 && norm(b) > 1e-30);
        const [qa, qb] = [quantizeInt8(a), quantizeInt8(b)];
        const relative = (v: Float32Array, q: typeof qa) =>
          norm(v.map((x, i) => x - q.values[i]! * q.scale)) / norm(v);
        const bound = 2 * (relative(a, qa) + relative(b, qb)) + 1e-6;
        expect(Math.abs(int8Similarity(qa, qb) - similarity(a, b))).toBeLessThanOrEqual(bound);
      }),
    );
  });

  it('has the error that its documentation says, on 1,536 numbers', () => {
    let squares = 0;
    for (let n = 0; n < 50; n++) {
      const [a, b] = [normal(2 * n + 1, 1536), normal(2 * n + 2, 1536)];
      const q = quantizeInt8(a);
      expect(norm(a.map((x, i) => x - q.values[i]! * q.scale)) / norm(a)).toBeLessThan(0.012);
      squares += (int8Similarity(q, quantizeInt8(b)) - similarity(a, b)) ** 2;
    }
    expect(Math.sqrt(squares / 50)).toBeLessThan(0.0006);
  });

  it('compares in every mode, and keeps zeros', () => {
    const [a, b] = [quantizeInt8([127, -64, 0]), quantizeInt8([0, 127, 127])];
    expect(int8Similarity(a, b, 'dot')).toBe(-64 * 127);
    expect(int8Similarity(a, b, 'euclidean')).toBeCloseTo(
      similarity([127, -64, 0], [0, 127, 127], 'euclidean'),
    );
    expect(quantizeInt8([0, -0])).toEqual({ values: Int8Array.of(0, 0), scale: 1 });
    expect(int8Similarity(quantizeInt8([0]), quantizeInt8([5]))).toBe(0);
    expect(quantizeInt8([5e-324]).values).toHaveLength(1);
    expect(() => quantizeInt8([1, NaN])).toThrow(expect.objectContaining({ code: 'invalid-request' }));
    expect(() => int8Similarity(a, quantizeInt8([1]))).toThrow(
      expect.objectContaining({ code: 'invalid-request' }),
    );
  });
});

describe('quantizeBinary', () => {
  it('sets the bit of every number above 0, highest bit first', () => {
    expect([...quantizeBinary([1, -1, 0, 0.5, -0, 2, 3, -4, 5])]).toEqual([0b10010110, 0b10000000]);
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const length = Math.min(a.length, b.length);
        const [x, y] = [a.subarray(0, length), b.subarray(0, length)];
        const differing = x.reduce((sum, value, i) => sum + Number(value > 0 !== y[i]! > 0), 0);
        expect(hammingDistance(quantizeBinary(x), quantizeBinary(y))).toBe(differing);
      }),
    );
  });

  it('estimates cosines with the error that its documentation says', () => {
    let squares = 0;
    for (let n = 0; n < 60; n++) {
      const a = normal(3 * n + 1, 1536);
      const other = normal(3 * n + 2, 1536);
      const b = a.map((x, i) => x * (n / 60) + other[i]! * (1 - n / 60));
      squares += (binarySimilarity(quantizeBinary(a), quantizeBinary(b), 1536) - similarity(a, b)) ** 2;
    }
    const deviation = Math.sqrt(squares / 60);
    expect(deviation).toBeLessThan(Math.PI / (2 * Math.sqrt(1536)));
    expect(deviation).toBeGreaterThan(0.005);
  });

  it('knows equal and opposite vectors, and refuses what does not fit', () => {
    const a = normal(7, 20);
    const opposite = a.map((x) => -x);
    expect(binarySimilarity(quantizeBinary(a), quantizeBinary(a), 20)).toBe(1);
    expect(binarySimilarity(quantizeBinary(a), quantizeBinary(opposite), 20)).toBe(-1);
    for (const wrong of [
      () => hammingDistance(new Uint8Array(2), new Uint8Array(3)),
      () => binarySimilarity(new Uint8Array(2), new Uint8Array(2), 17),
      () => quantizeBinary([Infinity]),
    ])
      expect(wrong).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});

describe('shorten', () => {
  it('gives the first numbers at length 1, in the same direction', () => {
    fc.assert(
      fc.property(vector, fc.nat(), (v, at) => {
        const dimensions = 1 + (at % v.length);
        const short = shorten(v, dimensions);
        expect(short).toHaveLength(dimensions);
        const kept = v.subarray(0, dimensions);
        if (norm(kept) < 1e-30) return;
        expect(norm(short)).toBeCloseTo(1, 5);
        expect(similarity(short, kept)).toBeCloseTo(1, 5);
      }),
    );
  });

  it('takes thousands of numbers, keeps zeros, changes nothing given and refuses what does not fit', () => {
    const long = normal(1, 10_000);
    const before = long.slice();
    expect(norm(shorten(long, 9_999))).toBeCloseTo(1, 5);
    expect(long).toEqual(before);
    expect([...shorten([0, 0, 5], 2)]).toEqual([0, 0]);
    expect([...shorten([1e300, 1e300], 2)]).toEqual([Math.fround(Math.SQRT1_2), Math.fround(Math.SQRT1_2)]);
    for (const dimensions of [0, -1, 1.5, 4, NaN])
      expect(() => shorten([1, 2, 3], dimensions)).toThrow(
        expect.objectContaining({ code: 'invalid-request' }),
      );
    expect(() => shorten([NaN, 1], 2)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });
});
