import { GrowingText } from '@mortise/core/shared';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { codePoint } from './code-point.ts';

const pieces = fc.array(
  fc.oneof(
    fc.string({ unit: codePoint, maxLength: 3 }),
    fc.constantFrom('\ud83d', '\udc00', 'a'.repeat(1023), '😀'.repeat(700)),
  ),
  { maxLength: 12 },
);

it('gives the same as a string of its pieces, at any place, within blocks and across them', () => {
  fc.assert(
    fc.property(pieces, fc.nat(5000), fc.nat(5000), (all, one, other) => {
      const growing = new GrowingText();
      let text = '';
      for (const piece of all) {
        growing.push(piece);
        text += piece;
        const [start, end] = [Math.min(one, other), Math.max(one, other)];
        expect([growing.length, growing.at(one), growing.slice(start, end)]).toEqual([
          text.length,
          text[one],
          text.slice(start, end),
        ]);
        expect(growing.unitsOf(one)).toBe(Array.from(text).slice(0, one).join('').length);
      }
      expect(growing.toString()).toBe(text);
    }),
    { seed: 20_261_128 },
  );
});
