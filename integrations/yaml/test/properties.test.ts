import { isParserError } from '@mortise/core/parser';
import { YamlParser } from '@mortise/yaml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';

/** Any code point. `unit: 'binary'` draws the same, and keeps a map of all 1.1 million: 1.5 s to make in each process. */
const codePoint = fc.nat(0x10f7ff).map((n) => String.fromCodePoint(n < 0xd800 ? n : n + 0x800));

/** Cases of each property: `pnpm test:thorough` sets 10,000. */
const numRuns = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 500);
const TIMEOUT = 30_000 + numRuns * 12;

const UNITS = [
  'a',
  ':',
  ' ',
  '\n',
  '-',
  '&x',
  '*x',
  '{',
  '}',
  '[',
  '"',
  '!!',
  '```',
  'yaml\n',
  '|',
  '---',
  '#',
].concat(['<think>', '</think>', '\t', "'", ',', '>']);

const parser = new YamlParser();

async function last(texts: readonly string[]): Promise<unknown> {
  async function* chunks(): AsyncGenerator<string> {
    yield* texts;
  }
  const kept: { value: unknown; was: string }[] = [];
  for await (const value of parser.stream(chunks())) kept.push({ value, was: JSON.stringify(value) });
  for (const { value, was } of kept) expect(JSON.stringify(value)).toBe(was);
  return kept.at(-1)?.value;
}

const halves = (text: string, at: number): string[] => {
  const place = at % (text.length + 1);
  return [text.slice(0, place), text.slice(place)];
};

describe('YamlParser', () => {
  it(
    'P-01, P-02: any value in any chunks: the last one is what parse gives, and what was written',
    async () => {
      const values = fc.dictionary(fc.string({ maxLength: 8 }), fc.jsonValue({ maxDepth: 2 }), {
        maxKeys: 5,
      });
      const property = fc.asyncProperty(values, fc.nat(), async (value, at) => {
        const json = JSON.stringify(value);
        const text = `\`\`\`\`\`\`yaml\n${stringify(JSON.parse(json))}\n\`\`\`\`\`\``;
        expect(JSON.stringify(await parser.parse(text))).toBe(json);
        expect(JSON.stringify(await last(halves(text, at)))).toBe(json);
      });
      await fc.assert(property, { numRuns });
    },
    TIMEOUT,
  );

  it(
    'P-01, P-03: any text in any chunks gives the same value, or the same error with its place',
    async () => {
      const text = fc.oneof(
        { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 30 }) },
        fc.string({ unit: codePoint, maxLength: 40 }),
        fc.json({ maxDepth: 2 }),
      );
      const property = fc.asyncProperty(text, fc.nat(), async (input, at) => {
        const whole: unknown = await parser.parse(input).catch((error: unknown) => error);
        const streamed: unknown = await last(halves(input, at)).catch((error: unknown) => error);
        if (!(whole instanceof Error)) {
          expect(streamed).toStrictEqual(whole);
          return;
        }
        if (!isParserError(whole)) expect.fail(String(whole));
        expect((streamed as Error).message).toBe(whole.message);
        expect(whole).toMatchObject({ text: input, path: [], expected: expect.stringMatching(/./) });
        expect(whole.position).toBeGreaterThanOrEqual(0);
        expect(whole.position).toBeLessThanOrEqual(input.length);
      });
      await fc.assert(property, { numRuns });
    },
    TIMEOUT,
  );
});
