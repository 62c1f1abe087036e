import { IncrementalJson, type IncrementalJsonOptions } from '@mortise/toolkit/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

function whole(text: string, options?: IncrementalJsonOptions): IncrementalJson {
  const json = new IncrementalJson(options);
  json.push(text);
  json.end();
  return json;
}

/** `text` cut at random places, inside surrogate pairs and escapes too. */
function cut(text: string, places: readonly number[]): string[] {
  const at = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...at, text.length].map((end, index) => text.slice(at[index - 1] ?? 0, end));
}

const places = fc.array(fc.nat(), { maxLength: 30 });
/** Text that is nearly JSON: the characters that matter, in any order. */
const nearlyJson = fc
  .array(
    fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        '\\u12',
        'd83d',
        '\n',
        ' ',
        '`',
        '```json\n',
        '~~~',
        'a',
        'n',
      ],
      ...[
        '"a"',
        '"a":',
        'true',
        'null',
        '1',
        '-',
        '1.5e3',
        '{"a":1}',
        '[1,2]',
        '😀',
        '\ud83d',
        'text ',
        '{}',
        '"__proto__":',
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));

describe('what is found', () => {
  it('P-04: reads every JSON value as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(4), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(whole(text).value).toStrictEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['a fence', '```json\n{"a":1}\n```', { a: 1 }],
    ['a fence without a line end', '```json{"a":1}```', { a: 1 }],
    ['a fence in a fence', 'Here:\n~~~~md\n```json\n[{"a":1}]\n```\n~~~~\nDone.', [{ a: 1 }]],
    ['a scalar in a fence', '```json\n42\n```', 42],
    ['prose before and after', 'Sure! Here it is: {"a": [1, 2]} I hope {this} helps.', { a: [1, 2] }],
    ['an array in prose', 'The primes are [2, 3, 5].', [2, 3, 5]],
    ['brackets that are prose', 'Use {curly} or [square] ones: {"a":1}', { a: 1 }],
    ['brackets and braces in strings', '{"a":"}]{[\\"","b":"```"}', { a: '}]{["', b: '```' }],
    ['two values: the first', '{"a":1}{"a":2}', { a: 1 }],
    ['duplicate keys: the last', '{"a":{"x":1},"b":0,"a":2}', { a: 2, b: 0 }],
    ['a broken value before a good one', '{"a": oops} {"b":1}', { b: 1 }],
    ['a quote that never closes', '{"note: see below} {"ok": true}', { ok: true }],
    ['a quote of prose', '"I would say {"a":1}"', { a: 1 }],
    ['a number that begins prose', '42 is the answer: {"a":1}', { a: 1 }],
    ['a byte order mark', '\ufeff[1]', [1]],
    ['a bare string', ' "a\\u00e9\\ud83d\\ude00" ', 'aé😀'],
    ['a bare number', '-1.5e3', -1500],
    ['a bare literal', 'null', null],
    ['half a surrogate pair', '"\\ud83d"', '\ud83d'],
  ])('P-04: %s', (_, text, expected) => {
    expect(whole(text).value).toStrictEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['prose', 'I cannot help with that.'],
    ['a scalar in prose', 'The answer is 42.'],
    ['a number that begins prose', '42 apples'],
    ['an array that breaks, with a whole object in it', '[{"a":1}, oops]'],
    ['an object that breaks, with a whole array in it', '{"a":[1,2], b: 3}'],
    ['an array that is cut, with a whole object in it', '[{"a":1}, {"b":2}'],
    ['a bad escape before brackets in the same string', '{"code":"if \\d { return [1,2]; }"}'],
    ['a bad escape before a closing brace in the same string', '{"code":"\\d } [1]"}'],
    ['leading zeros', '[01]'],
    ['a trailing comma', '[1,]'],
    ['a raw line end in a string', '{"a":"x\ny"}'],
  ])('P-04: no part of a broken text passes for its value: %s', (_, text) => {
    const json = whole(text);
    expect(json.value).toBeUndefined();
    expect(json.failure).toBeDefined();
  });

  it('P-04: takes __proto__ for a name, whole and on the way', () => {
    const json = new IncrementalJson();
    const text = '{"__proto__":{"polluted":true},"a":{"__proto__":1}}';
    const seen = Array.from(text, (character) => {
      json.push(character);
      return json.snapshot();
    });
    json.end();
    for (const value of [...seen, json.value]) {
      if (value === undefined) continue;
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
      expect((value as { polluted?: unknown }).polluted).toBeUndefined();
    }
    expect(Object.keys(json.value as object)).toEqual(['__proto__', 'a']);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('P-04: passes over kinds that are not looked for', () => {
    const kinds = ['object'] as const;
    expect(whole('According to [1] and "2": {"a":1}', { kinds }).value).toEqual({ a: 1 });
    expect(whole('[{"a":1}]', { kinds }).value).toEqual([{ a: 1 }]);
  });

  it('P-04: refuses what is nested deeper than maxDepth, and takes what is not', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(whole(nested(512)).value).toBeDefined();
    expect(whole(nested(513)).failure).toMatchObject({
      reason: 'broken',
      expected: 'at most 512 levels of nesting',
    });
    expect(whole(`${nested(3)} {"a":1}`, { maxDepth: 2 }).value).toEqual({ a: 1 });
    expect(whole('['.repeat(200_000)).failure).toMatchObject({ reason: 'broken' });
  });

  it('says where, at which member and what was expected', () => {
    expect(whole('{"a":[1,{"b":oops}]}').failure).toEqual({
      position: 13,
      path: ['a', 1, 'b'],
      expected: 'a JSON value',
      reason: 'broken',
    });
    expect(whole('{"a":[true').failure).toMatchObject({ position: 10, path: ['a', 1], reason: 'cut' });
    expect(whole('none').failure).toMatchObject({ position: 0, reason: 'none' });
  });
});

describe('on the way', () => {
  const steps = (chunks: readonly string[]): unknown[] => {
    const json = new IncrementalJson();
    return chunks.map((chunk) => {
      json.push(chunk);
      return json.snapshot();
    });
  };

  it('P-04: holds numbers and literals back until they are complete', () => {
    expect(steps(['{"a":1', '23', '.5', ',"b":tr', 'ue', '}'])).toEqual([
      {},
      {},
      {},
      { a: 123.5 },
      { a: 123.5, b: true },
      { a: 123.5, b: true },
    ]);
  });

  it('shows strings as they grow, keys and escapes when they are whole', () => {
    expect(steps(['{"ke', 'y"', ':"', 'a\\', 'n\\u00', 'e9'])).toEqual([
      {},
      {},
      { key: '' },
      { key: 'a' },
      { key: 'a\n' },
      { key: 'a\né' },
    ]);
  });

  it('never shows half a surrogate pair', () => {
    expect(steps(['["x\ud83d', '\ude00', '\\ud83d', '\\ude00"'])).toEqual([
      ['x'],
      ['x😀'],
      ['x😀'],
      ['x😀😀'],
    ]);
  });

  it('P-01: any text cut anywhere comes to the same value, and to the same failure', () => {
    const text = fc.oneof(
      nearlyJson,
      fc.jsonValue().map((value) => `text {x} ${JSON.stringify(value)} more`),
    );
    fc.assert(
      fc.property(text, places, (input, at) => {
        const pieces = new IncrementalJson();
        for (const chunk of cut(input, at)) pieces.push(chunk);
        pieces.end();
        const expected = whole(input);
        expect(pieces.value).toStrictEqual(expected.value);
        expect(pieces.failure).toEqual(expected.failure);
      }),
      { numRuns: 2000 },
    );
  });

  it('P-02: a snapshot never changes afterwards', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.json({ maxDepth: 5 })), places, (input, at) => {
        const json = new IncrementalJson();
        const kept: { value: unknown; was: string | undefined }[] = [];
        for (const chunk of cut(input, at)) {
          json.push(chunk);
          const value = json.snapshot();
          kept.push({ value, was: JSON.stringify(value) });
        }
        json.end();
        for (const { value, was } of kept) expect(JSON.stringify(value)).toBe(was);
      }),
      { numRuns: 500 },
    );
  });

  it('P-02: what is complete is shared, and nothing new is the same object', () => {
    const json = new IncrementalJson();
    json.push('{"done":{"x":[1]},"open":[{"y":1},"');
    const first = json.snapshot() as { done: object; open: object[] };
    json.push('more');
    const second = json.snapshot() as typeof first;
    expect(second).not.toBe(first);
    expect(second.done).toBe(first.done);
    expect(second.open[0]).toBe(first.open[0]);
    json.push('\\');
    expect(json.snapshot()).toBe(second);
  });

  it.each([
    [
      'a long array of objects',
      (n: number) => JSON.stringify(Array.from({ length: n }, (_, id) => ({ id, name: 'x' }))),
    ],
    [
      'a wide object',
      (n: number) =>
        JSON.stringify(Object.fromEntries(Array.from({ length: n }, (_, id) => [`key${id}`, id]))),
    ],
    ['one long string', (n: number) => JSON.stringify('word '.repeat(n * 4))],
    ['deep nesting', (n: number) => '['.repeat(500) + '1,'.repeat(n * 8)],
    ['brackets of prose', (n: number) => '{"{[['.repeat(n * 3)],
    ['openings without an end', (n: number) => '['.repeat(n * 10)],
  ])('P-02: work is linear with a snapshot wherever the text pays for it: %s', (_, make) => {
    const work = (text: string): number => {
      const json = new IncrementalJson();
      for (let at = 0; at < text.length; at += 7) {
        json.push(text.slice(at, at + 7));
        if (json.affordable) json.snapshot();
      }
      json.end();
      return json.work;
    };
    const [once, twice] = [make(4000), make(8000)];
    const bound = (text: string): number => 70 * text.length + 80_000;
    expect(work(once)).toBeLessThan(bound(once));
    expect(work(twice)).toBeLessThan(bound(twice));
  });

  it.each([
    [
      'one array of 2,000 objects',
      JSON.stringify(Array.from({ length: 2000 }, (_, id) => ({ id, name: 'x'.repeat(80) }))),
    ],
    [
      'an object of 100 members',
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`key${at}`, 'x'.repeat(1990)])),
      ),
    ],
  ])('P-02: the text pays for a snapshot at each of 10,000 deltas: %s', (_, text) => {
    const json = new IncrementalJson();
    const length = Math.ceil(text.length / 10_000);
    for (let at = 0; at < text.length; at += length) {
      json.push(text.slice(at, at + length));
      expect(json.affordable).toBe(true);
      json.snapshot();
    }
    expect(json.value).toEqual(JSON.parse(text));
  });

  it('P-02: objects of every width are copied whole, with the keys in their order', () => {
    const name = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'a', '1', '0', 'toString'));
    const members = fc.array(fc.tuple(name, fc.oneof(fc.nat(), fc.string(), fc.constant([]))), {
      maxLength: 130,
    });
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 30 }), (pairs, length) => {
        const text = `{${pairs.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
        const json = new IncrementalJson();
        for (let at = 0; at < text.length; at += length) {
          json.push(text.slice(at, at + length));
          const shown = json.snapshot();
          const closed = read(text.slice(0, at + length));
          expect(JSON.stringify(shown)).toBe(JSON.stringify(closed));
        }
        expect(JSON.stringify(json.value)).toBe(JSON.stringify(JSON.parse(text)));
      }),
      { numRuns: 200 },
    );
    /** A first snapshot of the same text, from a fresh reader: copied without anything kept from before. */
    function read(text: string): unknown {
      const json = new IncrementalJson();
      json.push(text);
      return json.snapshot();
    }
  });
});
