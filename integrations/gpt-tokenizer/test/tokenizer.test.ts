import { describe, expect, it } from 'vitest';
import { isMortiseError } from '@mortise/core';
import * as gptTokenizer from '@mortise/gpt-tokenizer';
import { createGptTokenizer, type GptEncodingName } from '@mortise/gpt-tokenizer';

const TEXTS = [
  '',
  'Hello, world.',
  '  \n\n x\r\ty  ',
  'naïve café — “quoted”',
  '日本語のテキスト、한국어, العربية',
  '👩‍👩‍👧 and 𓀀 and 😀😀',
  '\ufeffa byte order mark, and\ufeff another',
  'text about <|endoftext|> and <|im_start|>system',
  'const x = { a: [1, 2, 3] }; // 1234567890',
  '\u0000\u0001 control',
];

describe.each<[GptEncodingName, string, number]>([
  // The counts are OpenAI's: tiktoken gives the same for this sentence.
  ['o200k_base', 'The quick brown fox jumps over the lazy dog.', 10],
  ['o200k_harmony', 'The quick brown fox jumps over the lazy dog.', 10],
  ['cl100k_base', 'The quick brown fox jumps over the lazy dog.', 10],
  ['p50k_base', 'The quick brown fox jumps over the lazy dog.', 10],
  ['p50k_edit', 'The quick brown fox jumps over the lazy dog.', 10],
  ['r50k_base', 'The quick brown fox jumps over the lazy dog.', 10],
  ['gpt2', 'The quick brown fox jumps over the lazy dog.', 10],
])('%s', (encoding, sentence, count) => {
  it('counts, encodes and decodes', async () => {
    const tokenizer = await createGptTokenizer({ encoding });
    expect(tokenizer.name).toBe(encoding);
    expect(tokenizer.count(sentence)).toBe(count);
    for (const text of TEXTS) {
      const tokens = tokenizer.encode(text);
      expect(tokenizer.count(text), text).toBe(tokens.length);
      expect(tokenizer.decode(tokens)).toBe(text);
    }
  });
});

describe('GptTokenizer', () => {
  it('is o200k_base by default', async () => {
    const tokenizer = await createGptTokenizer();
    expect(tokenizer.name).toBe('o200k_base');
    // From OpenAI's tiktoken.
    expect(tokenizer.encode('hello world')).toEqual([24912, 2375]);
  });

  it('decodes half a character as U+FFFD, and the next text without it', async () => {
    const tokenizer = await createGptTokenizer();
    const tokens = tokenizer.encode('𓀀');
    expect(tokens.length).toBeGreaterThan(1);
    expect(tokenizer.decode(tokens.slice(0, 1))).toBe('\ufffd');
    expect(tokenizer.decode(tokenizer.encode('é😀'))).toBe('é😀');
    expect(tokenizer.decode([...tokens.slice(0, 1), ...tokenizer.encode('a')])).toBe('\ufffda');
  });

  it('decodes special tokens that a model wrote', async () => {
    const tokenizer = await createGptTokenizer();
    expect(tokenizer.decode([24912, 199999])).toBe('hello<|endoftext|>');
  });

  it('refuses a token that does not exist', async () => {
    const tokenizer = await createGptTokenizer();
    expect(() => tokenizer.decode([999_999])).toThrow(
      expect.toSatisfy((e) => isMortiseError(e, 'invalid-request')),
    );
  });

  it('refuses an encoding that does not exist, naming those that do', async () => {
    const made = createGptTokenizer({ encoding: 'toString' as GptEncodingName });
    await expect(made).rejects.toThrow('There is no encoding toString. Take one of o200k_base,');
  });

  it.each([
    ['letters', 'abcdefghij'.repeat(10_000)],
    ['spaces', ' '.repeat(100_000)],
    ['signs', '=-'.repeat(50_000)],
    ['surrogate pairs', '𝒳'.repeat(30_000)],
    ['prose', 'The quick brown fox jumps. '.repeat(20_000)],
  ])('X-03: takes time linear in a run of %s', async (_name, text) => {
    const tokenizer = await createGptTokenizer();
    const before = process.cpuUsage();
    const tokens = tokenizer.encode(text);
    // Of the processor, as the machine may be busy. Quadratic merging takes 4 to 40 s for these.
    expect(process.cpuUsage(before).user / 1e6).toBeLessThan(3);
    expect(tokenizer.count(text)).toBe(tokens.length);
    expect(tokenizer.decode(tokens)).toBe(text);
  });

  it('X-03: takes time linear in a text through everything that the package exports', () => {
    // The one makes the other, whose every method is called above.
    expect(Object.keys(gptTokenizer).toSorted()).toEqual(['GptTokenizer', 'createGptTokenizer']);
  });
});
