import fc from 'fast-check';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import { codePoint } from '../code-point.ts';

export const words: TokenCounter = {
  name: 'words',
  count: (text) => text.split(/\s+/).filter(Boolean).length,
};
export const bytes: TokenCounter = { name: 'bytes', count: (text) => new TextEncoder().encode(text).length };
/** Joined texts may take more tokens than their parts: what no splitter may rely on. */
export const superadditive: TokenCounter = {
  name: 'super',
  count: (text) => words.count(text) + Math.floor(text.length / 40),
};

/** Prose, lists, code, several scripts, repeats, and things without words. */
export const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'The same sentence again. ',
        '# Heading\n',
        '\n\n',
        '\r\n',
        '- item one\n- item two\n',
        '```js\nconst a = 1;\n\nb();\n```\n',
      ),
      fc.constantFrom(
        '東京は日本の首都です。人口は多い。',
        '👩‍👩‍👧‍👦👩‍👩‍👧‍👦',
        'é'.repeat(9),
        'a'.repeat(70),
        '| a | b |\n|---|---|\n| 1 | 2 |\n',
      ),
      fc.lorem({ maxCount: 40 }),
      fc.string({ unit: codePoint, maxLength: 20 }),
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''));

export const anySettings = fc
  .record({
    tokenizer: fc.constantFrom(words, bytes, superadditive, estimateTokenizer),
    maxTokens: fc.integer({ min: 32, max: 90 }),
    share: fc.double({ min: 0, max: 0.9, noNaN: true }),
  })
  .map(({ share, ...settings }) => ({ ...settings, overlap: Math.floor(settings.maxTokens * share) }));
