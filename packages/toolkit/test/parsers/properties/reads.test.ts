import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMeter, type Meter } from './meter.ts';
import { last } from './streams.ts';
import { numRuns, subjects, TIMEOUT } from './subjects.ts';

/** Long enough for a square to be six times the bound. */
const LENGTH = 1000;
/** How often a character may be looked at: once by each of the steps that a reply goes through. */
const READS = 80;
const READS_AT_ALL = 2000;
/** Each of them counts some 100,000 characters, and takes ten times as long as one of the other properties. */
const MOST_RUNS = 2000;

describe('every parser', () => {
  let meter: Meter;
  beforeAll(() => void (meter = startMeter()));
  afterAll(() => meter.stop());

  it.each(subjects)(
    'P-02: looks at each character a bounded number of times, whatever repeats: $name',
    async ({ parser, units }) => {
      const unit = fc.string({ unit: fc.constantFrom(...units), minLength: 1, maxLength: 5 });
      const property = fc.asyncProperty(unit, unit, async (head, repeated) => {
        const text = head + repeated.repeat(Math.ceil(LENGTH / repeated.length));
        const bound = READS * text.length + READS_AT_ALL;
        const pieces = text.match(/[^]{1,20}/g) as string[];
        expect(await meter.charactersRead(() => parser.parse(text))).toBeLessThan(bound);
        expect(await meter.charactersRead(() => last(parser, pieces))).toBeLessThan(bound);
      });
      await fc.assert(property, { numRuns: Math.min(numRuns, MOST_RUNS) });
    },
    TIMEOUT,
  );
});
