import { isMortiseError } from '@mortise/core';
import { isParserError } from '@mortise/core/parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut, last, outcome, places } from './streams.ts';
import { numRuns, subjects, TIMEOUT, type Subject } from './subjects.ts';

/** Any code point. `unit: 'binary'` draws the same, and keeps a map of all 1.1 million: 1.5 s to make in each process. */
const codePoint = fc.nat(0x10f7ff).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

/** What each failure of a parser must say. */
function checkError(
  error: unknown,
  text: string,
  { said = ['position', 'expected'], repairs }: Subject,
): void {
  expect(isMortiseError(error), String(error)).toBe(true);
  if (!isParserError(error)) expect.fail(`It is neither parse nor validation: ${String(error)}`);
  // A stream may fail before it has all.
  expect(text.startsWith(error.text)).toBe(true);
  if (repairs === true && error.code === 'parse') expect(error.repair).toMatch(/./);
  expect(error.message).toMatch(/./);
  if (said.includes('expected')) expect(error.expected).toMatch(/./);
  if (!said.includes('position')) return;
  expect(Number.isInteger(error.position), error.message).toBe(true);
  expect(error.position).toBeGreaterThanOrEqual(0);
  expect(error.position).toBeLessThanOrEqual(text.length);
  expect(Array.isArray(error.path), error.message).toBe(true);
}

describe('every parser', () => {
  it.each(subjects)(
    'P-01, P-02, P-03: any text in any chunks gives the same value, or the same parse or validation error with its place: $name',
    async (subject) => {
      const { parser, units } = subject;
      const text = fc.oneof(
        { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...units), maxLength: 30 }) },
        fc.string({ unit: codePoint, maxLength: 40 }),
        fc.json({ maxDepth: 2 }),
      );
      const property = fc.asyncProperty(text, places, async (input, at) => {
        const whole = await outcome(parser.parse(input));
        const inPieces = await outcome(last(parser, cut(input, at)));
        if (whole.error === undefined) {
          expect(inPieces).toStrictEqual(whole);
          return;
        }
        checkError(whole.error, input, subject);
        expect(whole.error).toMatchObject({ text: input });
        checkError(inPieces.error, input, subject);
        expect(inPieces.error?.message).toBe(whole.error.message);
      });
      await fc.assert(property, { numRuns });
    },
    TIMEOUT,
  );
});
