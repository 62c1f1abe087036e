import { describe, expect, it } from 'vitest';
import { estimateTokenizer } from '@mortise/core/tokenizer';

describe('estimateTokenizer', () => {
  it.each([
    ['', 0],
    ['word', 1],
    ['words', 2],
    ['東京タワー', 5],
    ['東京 is big', 2 + 2],
  ])('estimates %j as %i tokens', (text, tokens) => {
    expect(estimateTokenizer.count(text)).toBe(tokens);
  });

  it('counts each unit as the ranges of scripts say, and a character of two units as a half', () => {
    const wide = /[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]/;
    const units = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));
    const wrong = units.filter(
      (unit) => estimateTokenizer.count(unit.repeat(8)) !== (wide.test(unit) ? 8 : 2),
    );
    expect(wrong).toEqual([]);
    expect(estimateTokenizer.count('😀')).toBe(1);
  });

  it.each([undefined, null, 1, ['a']])('refuses what is no text: %j', (text) => {
    expect(() => estimateTokenizer.count(text as never)).toThrow(
      expect.objectContaining({ code: 'invalid-request' }) as Error,
    );
  });

  it('says by its name that it is an estimate', () => {
    expect(estimateTokenizer.name).toBe('estimate-4');
    expect(estimateTokenizer).not.toHaveProperty('encode');
  });
});
