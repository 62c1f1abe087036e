import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Batcher, utf8Length, type BatchCost, type BatchLimits } from '@mortise/core/embedding';

const items = fc.array(fc.record({ tokens: fc.nat(20), bytes: fc.nat(50) }), { maxLength: 60 });
const limits = fc.record({
  maxSize: fc.integer({ min: 1, max: 7 }),
  maxTokens: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
  maxBytes: fc.option(fc.integer({ min: 1, max: 120 }), { nil: undefined }),
});

const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** All batches of a list. */
function toBatches<T extends BatchCost>(list: readonly T[], bounds: BatchLimits): T[][] {
  const batcher = new Batcher<T>(bounds);
  const batches: T[][] = [];
  for (const item of list) {
    if (!batcher.fits(item)) batches.push(batcher.take().items);
    batcher.add(item);
  }
  return batcher.size > 0 ? [...batches, batcher.take().items] : batches;
}

describe('Batcher', () => {
  it('M-01: keeps the order and stays within every limit, but for an item that is above one by itself', () => {
    fc.assert(
      fc.property(items, limits, (list, { maxSize, maxTokens = Infinity, maxBytes = Infinity }) => {
        const batches = toBatches(list, { maxSize, maxTokens, maxBytes });
        expect(batches.flat()).toEqual(list);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(maxSize);
          if (batch.length === 1) continue;
          expect(sum(batch.map((item) => item.tokens))).toBeLessThanOrEqual(maxTokens);
          expect(sum(batch.map((item) => item.bytes))).toBeLessThanOrEqual(maxBytes);
        }
      }),
    );
  });

  it('M-01: makes every batch full: the next item would not have fitted', () => {
    fc.assert(
      fc.property(items, limits, (list, { maxSize, maxTokens = Infinity, maxBytes = Infinity }) => {
        const batches = toBatches(list, { maxSize, maxTokens, maxBytes });
        for (const [at, batch] of batches.slice(0, -1).entries()) {
          const joined = [...batch, batches[at + 1]![0]!];
          const fits =
            joined.length <= maxSize &&
            sum(joined.map((item) => item.tokens)) <= maxTokens &&
            sum(joined.map((item) => item.bytes)) <= maxBytes;
          expect(fits).toBe(false);
        }
      }),
    );
  });
});

describe('utf8Length', () => {
  it('is the length of the encoded text, lone surrogates included', () => {
    fc.assert(
      fc.property(
        fc.oneof(units, fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', 'é', 'a', '字') })),
        (text) => {
          expect(utf8Length(text)).toBe(new TextEncoder().encode(text).length);
        },
      ),
    );
  });
});
