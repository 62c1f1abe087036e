import { similarExamples, budgetedExamples, fixedExamples } from '@mortise/toolkit/prompts';
import {
  BooleanParser,
  EnumParser,
  JsonParser,
  ListParser,
  NumberParser,
  SchemaParser,
  SelectionParser,
  streamJson,
  withRepair,
  XmlParser,
} from '@mortise/toolkit/parsers';
import { IncrementalJson } from '@mortise/toolkit/json';
import { jsonSchema } from '@mortise/toolkit/schema';
import { HashEmbedding, ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';

describe('ListParser, comma', () => {
  const parser = new ListParser();

  it.each([
    [
      'text beside quotes',
      '"The Matrix" (1999 film), "Heat" by Michael Mann',
      ['"The Matrix" (1999 film)', '"Heat" by Michael Mann'],
    ],
    ['a comma in quotes with text beside them', '"A, B" and "C, D" (x), y', ['"A, B" and "C, D" (x)', 'y']],
    ['quotes in an item', 'a "b" c, d', ['a "b" c', 'd']],
    ['numbers in brackets', '[1] one, [2] two', ['[1] one', '[2] two']],
    ['words in brackets', '[draft] one, two', ['[draft] one', 'two']],
    ['a list without quotes', '[red, light green]', ['red', 'light green']],
    ['a list in a fence', '```json\n["a", "b, c"]\n```', ['a', 'b, c']],
    ['subscripts', 'row["a"], row["b"]', ['row["a"]', 'row["b"]']],
  ])('P-04: reads %s', async (_, text, items) => {
    expect(await parser.parse(text)).toEqual(items);
  });

  it.each([
    ['a list that is cut', '["a", "b"'],
    ['a list of numbers that is cut', '[1, 2'],
    ['a list with null', '["a", null]'],
    ['a list of objects', '[{"name": "x"}, {"name": "y"}]'],
    ['a list of lists', '[["a"], ["b"]]'],
    ['a list with prose behind it', '["a", "b"] are the items'],
    ['a list with prose before it', 'Here they are: ["a", "b"]'],
    ['a list of one with prose before it', 'Here it is: ["a"]'],
    ['a list in an object', '{"items": ["a", "b"]}'],
    ['an object', '{"a": 1}'],
    ['two lists', '["a"]\n["b"]'],
    ['a tuple', '("a", "b")'],
  ])('P-04: does not tear %s into items', async (_, text) => {
    await expect(parser.parse(text)).rejects.toMatchObject({ code: 'parse', text, expected: /list/ });
  });
});

describe('SelectionParser', () => {
  const parser = new SelectionParser(['a', 'b', 'c'], { max: 2 });
  const b = [{ index: 1, choice: 'b' }];

  it.each([
    ['a citation', 'Looking at [1], it is too broad.\n[{"choice": 2}]'],
    ['a citation at the start', '[1] is too broad, [3] too narrow.\n```json\n[{"choice": 2}]\n```'],
    ['a thought', '{"thought": "x"}\n[{"choice": 2}]'],
    ['a label', 'Answer: [2]'],
    ['a bold label', '**Answer:** [2].'],
    ['reasons below it', '[2]\n\nIt is the newest.'],
  ])('P-04: is not fooled by %s', async (_, text) => {
    expect(await parser.parse(text)).toEqual(b);
  });

  it.each([
    ['a citation alone', 'As [1] says, it is too broad.'],
    ['citations alone', 'Sources [1, 2] disagree.'],
    ['a brace that closes a list', '[{"choice": 1, "reason": "x"}},{"choice": 2}]'],
  ])('P-04: refuses %s', async (_, text) => {
    await expect(parser.parse(text)).rejects.toMatchObject({ code: 'parse', text });
  });

  it.each([
    [
      '{"items": [{"choice": 1}]}',
      /inside the member "items".*expected the list itself, as in \[\{"choice": 1/,
    ],
    ['{"selection": {"choice": 1}}', /inside the member "selection"/],
    ['[{"number": 1}]', /no member "choice".*as in \[\{"choice": 1/],
  ])('P-03: tells the model what to write in place of %s', async (text, message) => {
    await expect(parser.parse(text)).rejects.toMatchObject({ code: 'validation', message });
  });
});

describe('options', () => {
  const schema = jsonSchema({ type: 'object' });
  const embedding = new HashEmbedding();
  const examples = (options: object) => () =>
    similarExamples(['x'], { embedding, text: (text) => text, ...options });
  const tokenizer = { name: 'characters', count: (text: string) => text.length };
  const wrong = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3'] as number[];

  it.each(wrong)('C-13: a depth of %s is refused', (depth) => {
    for (const make of [
      () => new JsonParser({ maxDepth: depth }),
      () => new IncrementalJson({ maxDepth: depth }),
      () => new SchemaParser(schema, { maxDepth: depth }),
      () => new XmlParser({ maxDepth: depth }),
      () => new SelectionParser(['a'], { max: depth }),
    ])
      expect(make).toThrow(
        expect.objectContaining({ code: 'configuration', message: expect.stringMatching(/^max/) }),
      );
  });

  it('C-13: a depth of one is taken', async () => {
    const flat = new JsonParser({ maxDepth: 1 });
    expect(await flat.parse('[1]')).toEqual([1]);
    await expect(flat.parse('[[1]]')).rejects.toThrow(/at most 1 levels/);
  });

  it.each<[string, () => unknown]>([
    ['min', () => new NumberParser({ min: Number.NaN })],
    ['max', () => new NumberParser({ max: Number.NaN })],
    ['max', () => new NumberParser({ min: 2, max: 1 })],
    ['style', () => new ListParser({ style: 'foo' as 'comma' })],
    ['kinds', () => new JsonParser({ kinds: ['thing' as 'object'] })],
    [
      'maxAttempts',
      () => withRepair(new JsonParser(), new ScriptedLLM({ replies: [] }), { maxAttempts: 1.5 }),
    ],
    ['count', examples({ count: -1 })],
    ['count', examples({ count: Number.NaN })],
    ['mode', examples({ mode: 'near' })],
    [
      'maxTokens',
      () => budgetedExamples(fixedExamples([]), { maxTokens: Number.NaN, tokenizer, text: String }),
    ],
  ])('refuses a wrong %s, by its name', (name, make) => {
    const message = new RegExp(`^${name} is .*; it takes`);
    expect(make).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(message) }),
    );
  });

  it('refuses words that are none', () => {
    expect(() => new BooleanParser({ yes: [] as never })).toThrow(/at least one word/);
    expect(() => new EnumParser([' '])).toThrow(/at least one value/);
  });

  it('refuses a wrong depth before a stream begins to read', async () => {
    async function* chunks() {
      yield '[1]';
    }
    await expect(streamJson(chunks(), { maxDepth: 0 }).next()).rejects.toMatchObject({
      code: 'configuration',
    });
  });
});
