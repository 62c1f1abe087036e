import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EmbeddingRows } from '@mortise/core/embedding';
import { FakeEmbedding, numbers } from './fake.ts';

/** The vectors of as many texts, from a provider whose reply has these rows. */
async function placed(rows: unknown, count: number, dimensions?: number): Promise<readonly Float32Array[]> {
  const embed = async () => ({ embeddings: rows as EmbeddingRows });
  const model = new FakeEmbedding({ metadata: { maxBatchSize: 100 }, embed });
  const texts = Array.from({ length: count }, (_, at) => `text ${at}`);
  return (await model.embedTexts(texts, { dimensions })).embeddings;
}

describe('rows of a reply', () => {
  it("M-02: places rows by the provider's index, in whatever order they come", async () => {
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
    await fc.assert(
      fc.asyncProperty(shuffled, async ([values, indexed]) => {
        const vectors = await placed(indexed, values.length, 2);
        expect(numbers(vectors)).toEqual(values.map((value, index) => [value, index]));
      }),
    );
  });

  it('M-01: takes a Float32Array as it is, without a copy', async () => {
    const row = Float32Array.of(1, 2);
    expect((await placed([row], 1))[0]).toBe(row);
    expect((await placed([{ index: 0, embedding: row }], 1))[0]).toBe(row);
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
  ])('M-03: refuses %s', async (_what, rows, dimensions) => {
    await expect(placed(rows, 2, dimensions)).rejects.toMatchObject({
      code: 'malformed-response',
      message: expect.stringMatching(/^The reply /),
    });
  });
});
