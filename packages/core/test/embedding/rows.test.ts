import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMortiseError } from '@mortise/core';
import { placeRows, type EmbeddingRows } from '@mortise/core/embedding';
import { numbers } from './fake.ts';

function malformed(rows: unknown, count = 2, dimensions?: number): string {
  try {
    placeRows(rows as EmbeddingRows, count, dimensions);
  } catch (error) {
    if (isMortiseError(error, 'malformed-response')) return error.message;
    throw error;
  }
  throw new Error('The rows were accepted.');
}

describe('placeRows', () => {
  it("M-02 places rows by the provider's index, in whatever order they come", () => {
    const rows = fc.uniqueArray(fc.float({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 1,
      maxLength: 30,
    });
    const shuffled = rows.chain((values) =>
      fc.tuple(
        fc.constant(values),
        fc.shuffledSubarray(
          values.map((value, index) => ({ index, embedding: [value, index] })),
          { minLength: values.length },
        ),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([values, indexed]) => {
        const placed = placeRows(indexed, values.length, 2);
        expect(numbers(placed)).toEqual(values.map((value, index) => [value, index]));
      }),
    );
  });

  it('M-01 takes a Float32Array as it is, without a copy', () => {
    const row = Float32Array.of(1, 2);
    expect(placeRows([row], 1, undefined)[0]).toBe(row);
    expect(placeRows([{ index: 0, embedding: row }], 1, undefined)[0]).toBe(row);
  });

  it.each([
    ['too few rows', [[1]], undefined],
    ['too many rows', [[1], [2], [3]], undefined],
    ['no list', { data: [] }, undefined],
    [
      'an index twice',
      [
        { index: 1, embedding: [1] },
        { index: 1, embedding: [2] },
      ],
      undefined,
    ],
    [
      'an index out of range',
      [
        { index: 0, embedding: [1] },
        { index: 2, embedding: [2] },
      ],
      undefined,
    ],
    [
      'a negative index',
      [
        { index: -1, embedding: [1] },
        { index: 0, embedding: [2] },
      ],
      undefined,
    ],
    [
      'a broken index',
      [
        { index: '0', embedding: [1] },
        { index: 1, embedding: [2] },
      ],
      undefined,
    ],
    ['an index on some rows only', [[1], { index: 1, embedding: [2] }], undefined],
    ['rows of different lengths', [[1, 2], [1]], undefined],
    [
      'rows of the wrong length',
      [
        [1, 2],
        [1, 2],
      ],
      3,
    ],
    ['an empty row', [[1], []], undefined],
    ['all rows empty', [[], []], undefined],
    [
      'NaN',
      [
        [1, 2],
        [1, NaN],
      ],
      undefined,
    ],
    ['NaN in a Float32Array', [Float32Array.of(1, 2), Float32Array.of(NaN, 1)], undefined],
    ['Infinity in a Float32Array', [Float32Array.of(1, 2), Float32Array.of(-Infinity, 1)], undefined],
    [
      'a double beyond Float32',
      [
        [1, 2],
        [1, 1e300],
      ],
      undefined,
    ],
    [
      'null for a number',
      [
        [1, 2],
        [null, 2],
      ],
      undefined,
    ],
    [
      'a string for a number',
      [
        [1, 2],
        ['1', 2],
      ],
      undefined,
    ],
    ['a missing row', [[1, 2], null], undefined],
    ['base64 left undecoded', ['AAAA', 'AAAA'], undefined],
  ])('M-03 refuses %s', (_what, rows, dimensions) => {
    expect(malformed(rows, 2, dimensions)).toMatch(/^The reply /);
  });
});
