import { isMortiseError } from '@mortise/core';
import { finiteNumber, oneOf, wholeNumber } from '@mortise/core/shared';
import { describe, expect, it } from 'vitest';

describe('options', () => {
  it.each([0, -1, 1.5, NaN, Infinity, '3', null, undefined, 2 ** 60])('refuses %s as a count', (value) => {
    expect(() => wholeNumber('topK', value)).toThrow(/^topK is .*; it takes a whole number from 1\.$/);
  });

  it('names its bounds, and takes the values at them', () => {
    expect(wholeNumber('depth', 0, { least: 0, most: 8 })).toBe(0);
    expect(wholeNumber('depth', 8, { least: 0, most: 8 })).toBe(8);
    expect(() => wholeNumber('depth', 9, { least: 0, most: 8 })).toThrow(
      'depth is 9; it takes a whole number from 0 to 8.',
    );
  });

  it('refuses numbers that are not finite', () => {
    expect(finiteNumber('cutoff', 0.5)).toBe(0.5);
    for (const value of [NaN, -Infinity, '1', {}])
      expect(() => finiteNumber('cutoff', value)).toThrow('cutoff');
    expect(() => finiteNumber('cutoff', 2, { most: 1 })).toThrow('cutoff is 2; it takes a number up to 1.');
  });

  it('takes bounds that a value must be above, and no bound where there may be none', () => {
    expect(finiteNumber('ttlMs', 0.5, { above: 0 })).toBe(0.5);
    expect(() => finiteNumber('ttlMs', 0, { above: 0, most: 9 })).toThrow(
      'ttlMs is 0; it takes a number above 0 and up to 9.',
    );
    expect(wholeNumber('maxBytes', Infinity, { orInfinity: true })).toBe(Infinity);
    expect(() => wholeNumber('maxBytes', Infinity, { most: 5 })).toThrow('from 1 to 5.');
    expect(() => wholeNumber('maxBytes', 0, { above: 0, orInfinity: true })).toThrow(
      'maxBytes is 0; it takes a whole number above 0, or Infinity.',
    );
    expect(() => wholeNumber('maxBytes', -Infinity, { orInfinity: true })).toThrow('maxBytes is -Infinity');
  });

  it('lists the words of a choice', () => {
    expect(oneOf('style', 'comma', ['comma', 'lines'])).toBe('comma');
    expect(() => oneOf('style', 'foo', ['comma', 'lines'])).toThrow(
      'style is "foo"; it takes one of: comma, lines.',
    );
  });

  it('throws the code that it is given, whatever the value is', () => {
    const hostile = Object.create(null) as object;
    for (const check of [wholeNumber, finiteNumber]) {
      let thrown: unknown;
      try {
        check('topK', hostile, { code: 'invalid-request' });
      } catch (error) {
        thrown = error;
      }
      expect(isMortiseError(thrown, 'invalid-request')).toBe(true);
    }
  });
});
