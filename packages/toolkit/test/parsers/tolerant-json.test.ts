import { JsonParser } from '@mortise/toolkit/parsers';
import { IncrementalJson, type JsonRepair } from '@mortise/toolkit/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function read(text: string, places: readonly number[] = [], tolerant = true): IncrementalJson {
  const json = new IncrementalJson({ tolerant });
  for (const chunk of cut(text, places)) {
    json.push(chunk);
    if (json.affordable) json.snapshot();
  }
  json.end();
  return json;
}

function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
}

const kinds = (json: IncrementalJson): string[] => json.repairs.map(({ kind }) => kind);
const places = fc.array(fc.nat(), { maxLength: 30 });

/** Everything that means something to the tolerant reader, in any order. */
const nearlyJson = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', '"', "'", '“', '”', ':', ',', '\\', '\\u12', '\\d', '\n', ' ', '/', '*', '#'],
      ...[
        '//',
        '/*',
        '*/',
        'a',
        'a:',
        '"a":',
        "'b':",
        'True',
        'None',
        'nul',
        'true',
        '1',
        '.5',
        '-',
        '+',
        '01',
      ],
      ...['"x"', '```json\n', '```', '😀', '\ud83d', '{"a":1}', '[1,2,]', 'text ', '"said "hi" to"'],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('tolerant JSON', () => {
  it.each([
    ['trailing commas', '{"a":[1,2,],}', { a: [1, 2] }, ['trailing-comma', 'trailing-comma']],
    [
      'commas left out',
      '{"a":["x" "y"]\n"b":[{} {}]}',
      { a: ['x', 'y'], b: [{}, {}] },
      Array(3).fill('missing-comma'),
    ],
    ['single quotes', "{'a':'it\\'s'}", { a: "it's" }, ['quotes', 'quotes', 'escape']],
    ['an apostrophe in single quotes', "{'a':'it's'}", { a: "it's" }, ['quotes', 'quotes', 'inner-quote']],
    ['curly quotes', '{“a”: “b”}', { a: 'b' }, ['quotes', 'quotes']],
    [
      'unquoted keys',
      '{a:1, b_2 : 2, $c-d: 3, é:4}',
      { a: 1, b_2: 2, '$c-d': 3, é: 4 },
      Array(4).fill('unquoted-key'),
    ],
    ['comments', '{ // one\n"a": 1, # two\n"b": /* , } **/ 2 }', { a: 1, b: 2 }, Array(3).fill('comment')],
    ['Python', '{"a": True, "b": [False, None]}', { a: true, b: [false, null] }, Array(3).fill('literal')],
    [
      'what is no number',
      '{"a":[NaN,Infinity,undefined]}',
      { a: [null, null, null] },
      Array(3).fill('literal'),
    ],
    ['numbers of other notations', '[.5, +1, 1., 01]', [0.5, 1, 1, 1], Array(4).fill('number')],
    ['raw line ends', '{"a":"x\n\ty"}', { a: 'x\n\ty' }, ['control-character']],
    [
      'quotes inside',
      '{"a":"say "hi" or ""ho"""}',
      { a: 'say "hi" or ""ho""' },
      Array(6).fill('inner-quote'),
    ],
    ['escapes that are none', '{"re":"\\d\\u12"}', { re: '\\d\\u12' }, ['escape', 'escape']],
    ['a string that is cut', 'Sure: {"a":[1,{"b":"tex', { a: [1, { b: 'tex' }] }, ['truncated']],
    ['a number that is cut, of which nobody knows the rest', '{"a":1,"b":12', { a: 1 }, ['truncated']],
    ['a key that is cut', '{"a":1,"bc', { a: 1 }, ['truncated']],
    ['a literal that is cut', '[true, fal', [true], ['truncated']],
    ['a comment that is cut', '[1, // and', [1], ['comment', 'truncated']],
    ['a fence around it', "```json\n{'a': None,}\n```", { a: null }, ['quotes', 'literal', 'trailing-comma']],
  ])('P-04: reads %s', (_, text, value, repairs) => {
    const json = read(text);
    expect(json.value).toStrictEqual(value);
    expect(kinds(json)).toEqual(repairs);
    expect(read(text, [], false).value).not.toStrictEqual(value);
  });

  it('says where each repair was', () => {
    expect(read('{a: 1, "b": \'x\',}').repairs).toEqual([
      { kind: 'unquoted-key', position: 1 },
      { kind: 'quotes', position: 12 },
      { kind: 'trailing-comma', position: 16 },
    ]);
  });

  it('P-04: reads what is JSON as the strict reader does, and mends nothing', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.nat(4),
        fc.constantFrom('', 'Sure: '),
        places,
        (value, indent, before, at) => {
          // A text or a number within prose is prose, whatever brackets it has.
          fc.pre(before === '' || (typeof value === 'object' && value !== null));
          const text = before + JSON.stringify(value, undefined, indent);
          const json = read(text, at);
          expect(json.value).toStrictEqual(read(text, [], false).value);
          if (before === '') expect(json.repairs).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('P-01: any text cut anywhere comes to the same value, the same repairs and the same failure', () => {
    fc.assert(
      fc.property(nearlyJson, places, (text, at) => {
        const [whole, pieces] = [read(text), read(text, at)];
        expect(pieces.value).toStrictEqual(whole.value);
        expect(pieces.repairs).toEqual(whole.repairs);
        expect(pieces.failure).toEqual(whole.failure);
      }),
      { numRuns: 3000 },
    );
  });

  it('P-04: JSON that is cut anywhere gives a part of the whole, or nothing', () => {
    const value = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.nat(), (whole, at) => {
        const text = JSON.stringify(whole);
        const part = read(text.slice(0, 1 + (at % (text.length - 1)))).value;
        expect(part === undefined || isPart(part, JSON.parse(text))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['prose in brackets', 'Use {curly} or [square] ones: {"a":1}'],
    ['a sentence that begins with a bracket', '[Note] The value: {"a":1}'],
    ['a path in brackets', 'see [/usr/bin] {"a":1}'],
  ])('P-04: is not fooled by %s', (_, text) => {
    expect(read(text).value).toEqual({ a: 1 });
  });

  it.each([
    ['words as values', '{"a": hello}'],
    ['a bracket that was never JSON', 'I mean [this'],
    ['an apostrophe in braces', "{'tis the season}"],
    ['what is cut before there is anything', '{"a": 12'],
    ['containers closed the wrong way', '{"a":[1}'],
    ['nesting that is too deep', '['.repeat(600)],
  ])('P-03: does not make a value of %s', (_, text) => {
    const json = read(text);
    expect(json.value).toBeUndefined();
    expect(json.failure).toBeDefined();
    expect(json.repairs).toEqual([]);
  });

  it('P-02: a snapshot never changes afterwards, and none throws', () => {
    fc.assert(
      fc.property(nearlyJson, places, (text, at) => {
        const json = new IncrementalJson({ tolerant: true });
        const kept = cut(text, at).map((chunk) => {
          json.push(chunk);
          const value = json.snapshot();
          return [value, JSON.stringify(value)] as const;
        });
        json.end();
        for (const [value, was] of kept) expect(JSON.stringify(value)).toBe(was);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['quotes that may close', '["a", "' + '" '.repeat(30_000)],
    ['white space behind quotes', `["a", "b"${' '.repeat(60_000)}c"]`],
    ['comments', '[1,' + '/**/ '.repeat(12_000)],
    ['trailing commas', '[[1,],'.repeat(10_000)],
    ['bare keys in braces', '{a {b {c '.repeat(7_000)],
    ['openings of quotes', `{'{"{“`.repeat(10_000)],
  ])('P-02: work is linear: %s', (_, text) => {
    const json = new IncrementalJson({ tolerant: true });
    for (let at = 0; at < text.length; at += 7) {
      json.push(text.slice(at, at + 7));
      if (json.affordable) json.snapshot();
    }
    json.end();
    expect(json.work).toBeLessThan(70 * text.length + 80_000);
  });

  it('JsonParser tells what was mended, once, and what was tried when it was in vain', async () => {
    const told: (readonly JsonRepair[])[] = [];
    const parser = new JsonParser({ tolerant: true, onRepair: (repairs) => void told.push(repairs) });
    expect(await parser.parse("{'a':1,}")).toEqual({ a: 1 });
    expect(await parser.parse('{"a":1}')).toEqual({ a: 1 });
    const seen: unknown[] = [];
    for await (const value of parser.stream(chunks(['{a', ':"x', '",', '}']))) seen.push(value);
    expect(seen.at(-1)).toEqual({ a: 'x' });
    expect(told.map((repairs) => repairs.map(({ kind }) => kind))).toEqual([
      ['quotes', 'trailing-comma'],
      ['unquoted-key', 'trailing-comma'],
    ]);
    await expect(parser.parse('{"a": hello}')).rejects.toMatchObject({ code: 'parse', repair: /tolerance/ });
    await expect(new JsonParser().parse('{a:1}')).rejects.toMatchObject({ code: 'parse' });
  });
});

async function* chunks(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts;
}

/** `part` is `whole` with members left out, lists ended early, and one string not yet whole. */
function isPart(part: unknown, whole: unknown): boolean {
  if (typeof part === 'string' && typeof whole === 'string') return whole.startsWith(part);
  if (typeof part !== 'object' || part === null) return Object.is(part, whole);
  if (typeof whole !== 'object' || whole === null || Array.isArray(part) !== Array.isArray(whole))
    return false;
  return Object.entries(part).every(
    ([key, value]) => Object.hasOwn(whole, key) && isPart(value, (whole as Record<string, unknown>)[key]),
  );
}
