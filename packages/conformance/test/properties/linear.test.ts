import { REPEATED, slowReadings } from '@mortise/conformance';
import { describe, expect, it } from 'vitest';
import { coreReaders } from './text-readers.ts';

/**
 * Characters of the shortest text; four times as many are read too. `pnpm test:thorough` takes 16,000, of each second thing that
 * may come again, others in each place, and `pnpm test:linear` 64,000, of all, which shows what is quadratic with a small
 * constant.
 */
const length = Number(process.env['MORTISE_LINEAR'] ?? 16_000);
const one = process.env['MORTISE_LINEAR'] === undefined ? 2 : 1;
const some = (place: number): readonly string[] => REPEATED.filter((_, at) => (at + place) % one === 0);

describe('every reader of text in core and the toolkit', () => {
  it.each(coreReaders.map((reader, place) => ({ ...reader, place })))(
    'C-13: takes time in proportion to the text, whatever comes again and again: $name',
    async ({ read, heads, place, repeated = some(place) }) => {
      expect(await slowReadings(read, { length, heads, repeated })).toEqual([]);
    },
    600_000,
  );
});

describe('slowReadings', () => {
  it('sees what is quadratic, and lets pass what is linear', async () => {
    const context = { length: 8000, repeated: ['-', 'a'], tails: ['', 'a'] };
    const slow = await slowReadings((text) => /-+$/.test(text), context);
    expect(slow).toMatchObject([{ text: '"", "-"..., "a"' }]);
    expect(slow[0]?.ratio).toBeGreaterThan(5);
    expect(await slowReadings((text) => text.split('').toSorted(), context)).toEqual([]);
  });

  it('sees what is quadratic also where the short text took as long, once', async () => {
    let readings = 0;
    const once = (text: string): boolean =>
      /-+$/.test(++readings === 2 ? text.replaceAll('a', '').repeat(4) + 'a' : text);
    expect(await slowReadings(once, { length: 8000, repeated: ['-'], tails: ['a'] })).toHaveLength(1);
  });

  it('lets pass what memory or a compiler makes slower than the text is long', async () => {
    const slower = (text: string): number => {
      let sum = 0;
      for (let at = 0; at < 60 * text.length ** 1.3; at++) sum = (sum + at) | 0;
      return sum;
    };
    expect(await slowReadings(slower, { length: 8000, repeated: ['a'], tails: [''] })).toEqual([]);
  });

  it('makes pieces that differ', async () => {
    const keys = (text: string): void => {
      const seen: string[] = [];
      for (const key of text.split(',')) if (!seen.includes(key)) seen.push(key);
    };
    const context = { length: 8000, tails: [''] };
    expect(await slowReadings(keys, { ...context, repeated: [(at) => `k${at},`] })).toHaveLength(1);
    expect(await slowReadings(keys, { ...context, repeated: ['k,'] })).toEqual([]);
  });

  it('takes a refusal for work that was done', async () => {
    const refusing = (text: string): void => {
      throw new Error(String(/-+$/.test(text)));
    };
    expect(await slowReadings(refusing, { length: 8000, repeated: ['-'], tails: ['a'] })).toHaveLength(1);
  });
});
