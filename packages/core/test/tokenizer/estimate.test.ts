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

  it('says by its name that it is an estimate', () => {
    expect(estimateTokenizer.name).toBe('estimate-4');
    expect(estimateTokenizer).not.toHaveProperty('encode');
  });
});
