import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, last, places } from './streams.ts';
import { numRuns, subjects, TIMEOUT } from './subjects.ts';

/** Without the objects without a prototype that fast-check likes to draw. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

describe('every parser', () => {
  it.each(subjects)(
    'P-01, P-02: any value in any chunks: the last one is what parse gives, and what was written: $name',
    async ({ parser, values }) => {
      const property = fc.asyncProperty(values, places, async ({ text, value }, at) => {
        const whole: unknown = await parser.parse(text);
        expect(whole).toStrictEqual(plain(value));
        expect(await last(parser, cut(text, at))).toStrictEqual(whole);
      });
      await fc.assert(property, { numRuns });
    },
    TIMEOUT,
  );
});
