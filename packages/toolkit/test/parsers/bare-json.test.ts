import { JsonParser, type JsonParserOptions } from '@mortise/toolkit/parsers';
import { expect, it } from 'vitest';

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** A text that comes in pieces is read character by character; a whole one that is JSON and nothing else is not. */
async function readBothWays(text: string, options: JsonParserOptions): Promise<[unknown, unknown]> {
  const parser = new JsonParser(options);
  const failed = ({ code, position }: { code?: string; position?: number }): unknown => ({ code, position });
  const streamed = async (): Promise<unknown> => {
    let last: unknown;
    for await (const value of parser.stream(once(text))) last = value;
    return last;
  };
  return [await parser.parse(text).catch(failed), await streamed().catch(failed)];
}

it.each<[text: string, options?: JsonParserOptions]>([
  [' \n\t{"a": [1, -0, 1e999, 0.1], "b": {"c": null}}\r\n '],
  ['{"a": 1, "b": 2, "a": 3}'],
  ['{"__proto__": {"x": 1}, "constructor": 2}'],
  ['{"a": "\\ud800 \\u0000 \\"}"}'],
  ['{"a": "\u2028\ud800"}'],
  ['\u00a0{"a": 1}'],
  ['{"a": 1}{"b": 2}'],
  ['{{"a": 1}}'],
  ['[1]</think>{"a": 1}'],
  ['{"a": "</think>"}'],
  ['{"a": "<reasoning>"}'],
  ['[{"a": 1}]', { kinds: ['object'] }],
  ['{"a": [1]}', { kinds: ['array'] }],
  ['"a"', { kinds: ['array'] }],
  ['null'],
  ['[[[]]]', { maxDepth: 3 }],
  ['[[[]]]', { maxDepth: 2 }],
  ['["[[[["]', { maxDepth: 2 }],
  ['[{"a": 1}, {"b": 2}]', { prefers: (value) => !Array.isArray(value) }],
  ['{"a": 1,}'],
  ['{"a": 1,}', { tolerant: true }],
  [`[${'{"a": [1]}, '.repeat(20_000)}{}]`],
])('P-01: a whole text gives what the same text in pieces gives: %j', async (text, options = {}) => {
  const [whole, streamed] = await readBothWays(text, options);
  expect(whole).toEqual(streamed);
  expect(JSON.stringify(whole)).toBe(JSON.stringify(streamed));
});
