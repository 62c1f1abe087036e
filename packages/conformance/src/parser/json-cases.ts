import type { OutputParser } from '@mortise/core/parser';
import { lastOf, outcomeOf, shownOf, units, type Outcome, type ParserCase } from './lab.ts';

/** P-04: JSON as models give it. */
export const jsonCases: readonly ParserCase[] = [
  values('json.prose', 'finds the value among prose', [
    ['Sure! {"a":1}', { a: 1 }],
    ['{"a":1} I hope this helps.', { a: 1 }],
    ['The answer, as asked:\n\n{"a":{"b":[true]}}\n\nAnything else?', { a: { b: [true] } }],
    ['It is {not} this but {"a":1}.', { a: 1 }],
  ]),
  values('json.fences', 'finds the value in fences, also in fences inside one another and inside strings', [
    ['```json\n{"a":1}\n```', { a: 1 }],
    ['Here:\n```\n[1]\n```\nDone.', [1]],
    ['~~~json\n{"a":1}\n~~~', { a: 1 }],
    ['````markdown\n```json\n{"a":1}\n```\n````', { a: 1 }],
    ['{"code":"```js\\n1\\n```"}', { code: '```js\n1\n```' }],
    ['```json\n{"code":"```"}\n```', { code: '```' }],
  ]),
  values('json.array', 'takes a list at the top for what it is', [
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['Here they are: [{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['[]', []],
  ]),
  values('json.first', 'takes the first value that is complete', [
    ['{"a":1}\n{"a":2}', { a: 1 }],
    ['{"a":1} or rather [2]', { a: 1 }],
    ['```json\n{"a":1}\n```\n```json\n{"a":2}\n```', { a: 1 }],
  ]),
  values('json.duplicates', 'takes the last of members of one name', [
    ['{"a":1,"b":2,"a":3}', { a: 3, b: 2 }],
    ['{"a":{"x":1},"a":{"y":2}}', { a: { y: 2 } }],
  ]),
  values('json.names', 'takes names that every object has for data', [
    ['{"__proto__":{"x":1},"a":2}', JSON.parse('{"__proto__":{"x":1},"a":2}')],
    ['{"constructor":1,"toString":2,"":3}', { constructor: 1, toString: 2, '': 3 }],
  ]),
  values('json.exact', 'reads numbers, escapes and characters as JSON has them', [
    ['[0,-0.5,1e3,1E-2,9007199254740993]', [0, -0.5, 1000, 0.01, 9007199254740992]],
    ['["\\u0041\\n\\"\\\\\\/","😀","\\ud83d\\ude00","é"]', ['A\n"\\/', '😀', '😀', 'é']],
    ['{"a":[[],{},[{}],null,true,false]}', { a: [[], {}, [{}], null, true, false] }],
    [`{"deep":${'['.repeat(100)}1${']'.repeat(100)}}`, { deep: nested(100) }],
  ]),
  {
    id: 'json.held',
    rule: 'P-04',
    title: 'holds numbers and literals back until they are whole',
    requires: ['json', 'stream', 'snapshots'],
    async run({ subject, check }) {
      const text = '{"n":1234,"t":true,"f":[-5e2,null]}';
      const shown = await shownOf(subject.json!(), units(text));
      const seen = new Set(shown.flatMap(scalars));
      check.equal(
        [...seen].map(String).toSorted(),
        ['-500', '1234', 'null', 'true'],
        'what was shown of them',
      );
    },
  },
  {
    id: 'json.deep',
    rule: 'P-04',
    title: 'bounds the depth, and overflows nothing',
    requires: ['json'],
    async run({ subject, check }) {
      const parser = subject.json!();
      for (const text of [
        '['.repeat(200_000),
        '{"a":'.repeat(100_000),
        `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
      ]) {
        const outcome = await outcomeOf(() => parser.parse(text));
        check.equal('code' in outcome && outcome.code, 'parse', `the failure of ${text.slice(0, 8)}...`);
      }
    },
  },
];

function values(
  id: string,
  title: string,
  texts: readonly (readonly [text: string, value: unknown])[],
): ParserCase {
  return {
    id,
    rule: 'P-04',
    title,
    requires: ['json'],
    async run({ subject, check }) {
      const parser = subject.json!();
      for (const [text, value] of texts)
        for (const outcome of await outcomes(parser, text))
          check.equal(
            outcome,
            { value },
            `the value of ${text.length > 80 ? `${text.slice(0, 80)}...` : text}`,
          );
    },
  };
}

/** Whole, and where there is a stream unit by unit. */
async function outcomes(parser: OutputParser<unknown, unknown>, text: string): Promise<Outcome[]> {
  const whole = await outcomeOf(() => parser.parse(text));
  if (parser.stream === undefined) return [whole];
  return [whole, await outcomeOf(() => lastOf(parser, units(text)))];
}

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

function scalars(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [value];
  return Object.values(value).flatMap(scalars);
}
