import { structured } from '@mortise/toolkit/structured';
import { IncrementalJson, type IncrementalJsonOptions } from '@mortise/toolkit/json';
import { isParserError } from '@mortise/core/parser';
import { JsonParser, SchemaParser, withRepair } from '@mortise/toolkit/parsers';
import { ScriptedLLM } from '@mortise/core/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

const rejection = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    (value) => expect.fail(`it did not reject but gave ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

function read(text: string, options: IncrementalJsonOptions = {}): IncrementalJson {
  const json = new IncrementalJson(options);
  json.push(text);
  json.end();
  return json;
}

/** Whole, and by the character: no chunk may make a difference. */
function valueOf(text: string, options: IncrementalJsonOptions = {}): unknown {
  const whole = read(text, options);
  const pieces = new IncrementalJson(options);
  for (const unit of text.split('')) pieces.push(unit);
  pieces.end();
  expect(pieces.value).toStrictEqual(whole.value);
  expect(pieces.repairs).toEqual(whole.repairs);
  expect(pieces.failure).toEqual(whole.failure);
  return whole.value;
}

const FRAMES = [
  ['', ''],
  ['Sure: ', ''],
  ['```json\n', '\n```'],
  ['Here you go:\n', '\n\nI used [1] and {x}.'],
] as const;

describe('P-04: no part of a broken value passes for it, read strictly', () => {
  it.each([
    ['single quotes around a key', "{'scores': [1, 2, 3]}"],
    ['a bare key', '{colors: ["red","blue"], size: 5}'],
    ['a bare key before a member that is like the whole', '{amount: 100, fee: {"amount": 2}}'],
    ['a comment before the first key', '{ // note\n "a": [1]}'],
    ['a colon that is lost', '{"a" [1]}'],
    ['an opening quote that is lost', '{a": [1], "b": {"c": 2}}'],
    ['an opening quote that is lost, a bracket in a string', '{a": "}", "b": [3]}'],
    ['an opening quote that is lost, a list in a string', '{note": "use } then [1] ok", "z": 1}'],
    ['a closing quote that is lost', '{"a: {"x": 1}, "b": [2]}'],
    ['a closing quote that is lost, a bracket in a string', '{"a: "}", "b": [1]}'],
    ['a quote that is doubled', '{"a"": "}", "b": [1]}'],
    ['an opening quote of a value that is lost', '{"a": oops}", "b": {"c": 1}}'],
    ['an opening quote of a value that is lost, and a list', '{"a": oops} yes [1] no", "b": 2}'],
    ['an element that is no value', '[[1., 2], [3]]'],
    ['elements in single quotes', "['a', [1]]"],
  ])('%s', (_, text) => {
    for (const [before, behind] of FRAMES) {
      const json = read(before + text + behind);
      expect(valueOf(before + text + behind), before + text + behind).toBeUndefined();
      expect(json.failure?.reason).toBe('broken');
    }
  });
});

describe('P-04: no part of a broken value passes for it, strictly or with tolerance', () => {
  const texts: [string, string][] = [
    ['a closing bracket that is doubled', '{"items":[{"a":1}]],"b":{"c":2}}'],
    ['a closing brace that is doubled', '{"a":{"b":1}},"c":{"d":2}}'],
    ['a brace that closes a list', '[{"a":1}},{"a":2}]'],
    ['brackets that close in the wrong order', '{"a":[1,{"b":2]}, "c":{"d":1}}'],
    ['an opening bracket that is lost', '{"a":1,2],"b":{"c":2}}'],
    ['an opening brace that is lost', '{"a":"c":{"d":1}},"e":[2]}'],
    ['the first brace lost', '"a":1,"b":[1],"c":{"d":2}}'],
    ['the first bracket lost', '{"b":1},{"b":2}]'],
    ['the first bracket of lists lost', '[1],[2]]'],
    ['a closing bracket of the other kind', '{"a":["x"}, "b":["y"]}'],
    ['a colon that is lost', '{"a" [1]}'],
    ['two values in one place', '["a" 2]'],
    ['nothing between two commas of a list', '["a",,"b"]'],
    ['a colon between elements', '["a":"b"]'],
    ['a quote that is doubled', '{"a":"x"","b":[1]}'],
    ['a quote that opens twice', '{"a":""x","b":[1]}'],
    ['a closing quote that is lost in a list', '["a, "b", "c"]'],
    ['an opening quote that is lost in a list', '["a", b", "c"]'],
    ['a closing quote lost behind a brace', '{"a":{"b":"x},"c":1}'],
    ['inches, or a quote doubled', '{"size":"6\'2"","b":1}'],
    ['a key that is no key', '{"t":"x", and "y":1}'],
    ['members left out', '{"a":1, ...}'],
  ];
  it.each(texts)('%s', (_, text) => {
    for (const tolerant of [false, true])
      for (const [before, behind] of FRAMES.slice(0, 3)) {
        expect(valueOf(before + text + behind, { tolerant }), before + text + behind).toBeUndefined();
        expect(read(before + text + behind, { tolerant }).failure).toBeDefined();
      }
  });
});

describe('P-04: what can be read in one way only is read', () => {
  it.each([
    ['an object behind a broken one', '{"a": oops} {"b":1}', { b: 1 }],
    [
      'a fence behind a broken one',
      '```json\n{"a": x", "b": [1]}\n```\nSorry:\n```json\n{"c":1}\n```',
      { c: 1 },
    ],
    ['a brace too many', '{"a":1}}', { a: 1 }],
    ['two braces around it', 'So: {{"a":1}}', { a: 1 }],
    ['brackets that are prose', 'See [the notes], {x} and [1]: {"a":1}, as asked.', undefined, { a: 1 }],
    ['a bracket in ticks', 'Open it with `{` or `[`: {"a":1}', { a: 1 }],
    ['a fence of four ticks on one line', '````json {"a":1}````', { a: 1 }],
    ['citations before it', 'By [1], [2] and [3, 4]: {"a":1}', undefined, { a: 1 }],
  ])('%s', (_, text, value, ofObjects = value) => {
    if (value !== undefined) expect(valueOf(text)).toEqual(value);
    expect(valueOf(text, { kinds: ['object'] })).toEqual(ofObjects);
  });

  it.each([
    [
      'JSON in a string of JSON',
      '{"arguments": "{"city": "Paris"}", "id": 1}',
      { arguments: '{"city": "Paris"}', id: 1 },
    ],
    ['a list in a string', '{"code": "f(["a", "b"])", "id": 1}', { code: 'f(["a", "b"])', id: 1 }],
    [
      'a closing quote that is lost',
      '{"name": "John", "city": "New York, "gender": "male"}',
      { name: 'John', city: 'New York', gender: 'male' },
    ],
    ['a comma that is lost between quotes', '{"a": "x""b": "y"}', { a: 'x', b: 'y' }],
    ['a comma too many', '{"a": "x",, "b": 1,, "c": 2}', { a: 'x', b: 1, c: 2 }],
    ['semicolons', '{"a": "x"; "b": [1; 2]}', { a: 'x', b: [1, 2] }],
    ['signs for a colon', '{"a" = 1, "b" => 2, "c":: 3}', { a: 1, b: 2, c: 3 }],
    ['inches', '{"size": "a 65" screen", "b": 1}', { size: 'a 65" screen', b: 1 }],
    [
      'white space of other kinds',
      '{\u00a0"a"\u3000:\u2003"x"\u00a0,\u202f"b"\ufeff: 2\u00a0}',
      { a: 'x', b: 2 },
    ],
    ['keys that are numbers', "{1: 'a', 20: 'b', \"x\": 'c', 3: 4}", { 1: 'a', 20: 'b', x: 'c', 3: 4 }],
  ])('with tolerance: %s', (_, text, value) => {
    expect(valueOf(text, { tolerant: true })).toEqual(value);
    expect(read(text, { tolerant: true }).repairs).not.toEqual([]);
    expect(valueOf(text)).toBeUndefined();
  });

  it('notes what was mended, not what was taken back', () => {
    const text = '{"city": "New York, "x": "y""z": 1}';
    expect(read(text, { tolerant: true }).repairs).toEqual([
      { kind: 'missing-quote', position: 18 },
      { kind: 'missing-comma', position: 28 },
    ]);
  });

  it('says where the value stands', () => {
    expect(read('So: {"a":1} or [2]').range).toEqual({ start: 4, end: 11 });
    expect(read('So: none').range).toBeUndefined();
  });
});

describe('everything that reads JSON', () => {
  const fee = z.object({ amount: z.number().optional(), currency: z.string().optional() });
  const schema = fee.extend({ fee: fee.optional() });
  const reply = '{amount: 100, currency: "EUR", fee: {"amount": 2, "currency": "EUR"}}';
  const right = '{"amount": 100, "currency": "EUR", "fee": {"amount": 2, "currency": "EUR"}}';

  it('P-04: refuses a broken record whose part fits the schema', async () => {
    for (const parser of [new SchemaParser(schema), new JsonParser()])
      expect(isParserError(await rejection(parser.parse(reply)))).toBe(true);
    const once = new ScriptedLLM({ replies: [reply] });
    await rejection(structured(once, schema, 'How much?', { mode: 'prompt', maxRepairs: 0 }));
  });

  it('P-04: has it repaired', async () => {
    const llm = new ScriptedLLM({ replies: [reply, right] });
    expect(await structured(llm, schema, 'How much?', { mode: 'prompt' })).toMatchObject({
      value: { amount: 100, fee: { amount: 2 } },
      repairs: 1,
    });
    const parser = withRepair(new SchemaParser(schema), new ScriptedLLM({ replies: [right] }));
    expect(await parser.parse(reply)).toMatchObject({ amount: 100, fee: { amount: 2 } });
  });
});
