import { readFileSync } from 'node:fs';
import { isParserError } from '@mortise/core/parser';
import { YamlParser } from '@mortise/yaml';
import { describe, expect, it } from 'vitest';

/** As in core's corpus, whose README says what the members are and how they came to be. */
interface Reply {
  id: string;
  source: string;
  form: string;
  text: string;
  expect?: unknown;
  error?: object;
}

const replies = readFileSync(new URL('corpus/yaml.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Reply);

async function* chunks(text: string, length: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

describe('the corpus', () => {
  it.each(replies)('P-01, P-03: $id: $form', async ({ text, expect: expected, error, source }) => {
    expect(source).toMatch(/^[\w.-]+\/[\w.-]+#\d+$/);
    const parser = new YamlParser();
    const whole: unknown = await parser.parse(text).catch((thrown: unknown) => thrown);
    if (error === undefined) expect(whole).toStrictEqual(expected);
    else {
      expect(isParserError(whole)).toBe(true);
      expect(whole).toMatchObject({
        ...error,
        text,
        position: expect.any(Number),
        path: [],
        expected: expect.any(String),
      });
    }
    for (const length of [1, 7, text.length]) {
      let last: unknown;
      try {
        for await (const value of parser.stream(chunks(text, length))) last = value;
      } catch (thrown) {
        last = thrown;
      }
      if (error === undefined) expect(last).toStrictEqual(whole);
      else expect((last as Error).message).toBe((whole as Error).message);
    }
  });
});
