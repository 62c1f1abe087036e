import type { ParserConformanceOptions } from '@mortise/conformance';
import {
  BooleanParser,
  CodeBlocksParser,
  CombinedParser,
  DateParser,
  EnumParser,
  fromLangChainParser,
  JsonParser,
  ListParser,
  MarkdownSectionsParser,
  MarkdownTableParser,
  NumberParser,
  RegexParser,
  SchemaParser,
  SelectionParser,
  toLangChainParser,
  withRepair,
  XmlParser,
} from '@mortise/toolkit/parsers';
import { jsonSchema } from '@mortise/toolkit/schema';
import { ScriptedLLM } from '@mortise/core/testing';

const NO_JSON = 'It reads no JSON.';
const NO_SCHEMA = 'It takes no schema.';
const ONE = 'Its value is one thing, which is whole at the end.';

const text = { json: NO_JSON, schema: NO_SCHEMA };
const scalar = { ...text, snapshots: ONE, long: ONE };
const growing = ['stream', 'snapshots', 'long', 'failure', 'place', 'instructions'] as const;
const whole = ['stream', 'failure', 'place', 'instructions'] as const;

const ids = (items: number): string => JSON.stringify(Array.from({ length: items }, (_, id) => ({ id })));

/** A list whose members have ids, so that there is something to refuse. */
const things = jsonSchema<unknown>({ type: 'array', items: { type: 'object' } }, (value) => {
  const at = Array.isArray(value) ? value.findIndex((item: { id?: unknown }) => !('id' in item)) : 0;
  return at < 0 ? { value } : { issues: [{ message: 'a member id', path: [at] }] };
});

/** Every parser of core, with texts to try it by. */
export const coreParsers: readonly ParserConformanceOptions[] = [
  {
    name: 'JsonParser',
    create: () => new JsonParser(),
    samples: [
      { text: '{"a":[1,{"b":"x😀"}],"c":null}', value: { a: [1, { b: 'x😀' }], c: null } },
      { text: 'Sure:\n```json\n[true, -1.5e3, "\\ud83d\\ude00"]\n```', value: [true, -1500, '😀'] },
      { text: '42', value: 42 },
    ],
    invalid: [
      { text: 'None at all.', code: 'parse' },
      { text: '{"a":[1,x]}', code: 'parse', position: 8, path: ['a', 1] },
      { text: '{"a":[1,{"b":"cut', code: 'parse' },
    ],
    long: ids,
    json: () => new JsonParser(),
    declares: [...growing, 'json'],
    reasons: { schema: NO_SCHEMA },
  },
  {
    name: 'JsonParser, tolerant',
    create: () => new JsonParser({ tolerant: true }),
    samples: [
      { text: "{a: 'x', b: [1, 2,], /* c */ d: None}", value: { a: 'x', b: [1, 2], d: null } },
      { text: '{"a":[1,{"b":"cut', value: { a: [1, { b: 'cut' }] } },
    ],
    invalid: [{ text: 'Nothing at all.', code: 'parse' }],
    long: (items) => `[${"{'a': 1,},".repeat(items)}]`,
    declares: growing,
    reasons: {
      json: 'It goes on where strict JSON fails, so that its depth is not an error.',
      schema: NO_SCHEMA,
    },
  },
  {
    name: 'SchemaParser',
    create: () => new SchemaParser(things),
    samples: [
      { text: '[{"id":"x"},{"id":"😀"}]', value: [{ id: 'x' }, { id: '😀' }] },
      { text: 'Sure: []', value: [] },
    ],
    invalid: [
      { text: '[{"id":1},{"a":2}]', code: 'validation', path: [1] },
      { text: '[{"id":1},', code: 'parse', position: 10 },
    ],
    long: ids,
    json: () => new SchemaParser(jsonSchema({})),
    schema: (schema) => new SchemaParser(schema),
    declares: [...growing, 'json', 'schema'],
  },
  {
    name: 'ListParser, comma',
    create: () => new ListParser(),
    samples: [
      { text: 'a, "b, ""c""", 😀', value: ['a', 'b, "c"', '😀'] },
      { text: '', value: [] },
      { text: 'one\ntwo,', value: ['one', 'two'] },
    ],
    invalid: [{ text: 'a, "b', code: 'parse', position: 5, path: [1] }],
    long: (items) => 'word, '.repeat(items),
    declares: growing,
    reasons: text,
  },
  {
    name: 'ListParser, numbered',
    create: () => new ListParser({ style: 'numbered' }),
    samples: [
      { text: 'Here:\n1. one\n   more\n2) two\n\nDone.', value: ['one\nmore', 'two'] },
      { text: '1. x', value: ['x'] },
    ],
    invalid: [{ text: 'No list.', code: 'parse' }],
    long: (items) => Array.from({ length: items }, (_, at) => `${at + 1}. item\n`).join(''),
    declares: growing,
    reasons: text,
  },
  {
    name: 'ListParser, bulleted',
    create: () => new ListParser({ style: 'bulleted' }),
    samples: [
      { text: '- one\n* two\r\n• three', value: ['one', 'two', 'three'] },
      { text: 'So:\n+ x\n', value: ['x'] },
    ],
    invalid: [{ text: '1. no bullet', code: 'parse' }],
    long: (items) => '- item\n'.repeat(items),
    declares: growing,
    reasons: text,
  },
  {
    name: 'EnumParser',
    create: () => new EnumParser(['good', 'bad', 'not sure']),
    samples: [
      { text: '**Good**', value: 'good' },
      { text: 'Answer: not sure.', value: 'not sure' },
    ],
    invalid: [{ text: 'It is not good.', code: 'parse' }],
    declares: whole,
    reasons: scalar,
  },
  {
    name: 'BooleanParser',
    create: () => new BooleanParser(),
    samples: [
      { text: 'Yes, because it is.', value: true },
      { text: 'Let me think.\nNo', value: false },
    ],
    invalid: [{ text: 'It is not true.', code: 'parse' }],
    declares: whole,
    reasons: scalar,
  },
  {
    name: 'NumberParser',
    create: () => new NumberParser({ min: -10, max: 2_000 }),
    samples: [
      { text: 'About $1,234.5 all in all.', value: 1234.5 },
      { text: '-1e0', value: -1 },
    ],
    invalid: [
      { text: '3 or 4', code: 'parse', position: 5 },
      { text: ' 1,5', code: 'parse', position: 1 },
      { text: 'It is 9999.', code: 'validation', position: 6 },
    ],
    declares: whole,
    reasons: scalar,
  },
  {
    name: 'DateParser',
    create: () => new DateParser(),
    samples: [
      { text: 'On 2026-11-22.', value: new Date('2026-11-22T00:00:00Z') },
      { text: '2026-11-22T14:30:00+01:00', value: new Date('2026-11-22T13:30:00Z') },
    ],
    invalid: [
      { text: 'On 2026-02-30.', code: 'validation', position: 3 },
      { text: 'Tomorrow.', code: 'parse' },
    ],
    declares: whole,
    reasons: scalar,
  },
  {
    name: 'SelectionParser',
    create: () => new SelectionParser(['red', 'green'], { max: 2 }),
    samples: [
      { text: '[{"choice": 2, "reason": "it is"}]', value: [{ index: 1, choice: 'green', reason: 'it is' }] },
      {
        text: 'I take [1, "2"].',
        value: [
          { index: 0, choice: 'red' },
          { index: 1, choice: 'green' },
        ],
      },
    ],
    invalid: [
      { text: '[0]', code: 'validation', path: [0] },
      { text: '[1, 3]', code: 'validation', path: [1] },
      { text: 'Neither.', code: 'parse' },
    ],
    declares: whole,
    reasons: {
      schema: NO_SCHEMA,
      json: 'It takes JSON of one form only.',
      snapshots: 'Whether a selection is allowed is known at its end.',
      long: 'There are no more selections than choices.',
    },
  },
  {
    name: 'CodeBlocksParser',
    create: () => new CodeBlocksParser(),
    samples: [
      {
        text: 'So:\n```js\nconst a = "😀";\n```\nor\n~~~\nb\n~~~',
        value: [
          { language: 'js', code: 'const a = "😀";' },
          { language: '', code: 'b' },
        ],
      },
      { text: '````md\n```js\n1\n```\n````\n', value: [{ language: 'md', code: '```js\n1\n```' }] },
    ],
    invalid: [
      { text: '```js\ncut', code: 'parse', position: 9, path: [0] },
      { text: 'No code.', code: 'parse' },
    ],
    long: (items) => '```js\nx\n```\n'.repeat(items),
    declares: growing,
    reasons: text,
  },
  {
    name: 'MarkdownSectionsParser',
    create: () => new MarkdownSectionsParser(),
    samples: [
      {
        text: '# One\ntext 😀\n## Two\n',
        value: [
          { level: 1, title: 'One', text: 'text 😀' },
          { level: 2, title: 'Two', text: '' },
        ],
      },
      { text: 'Alone.', value: [{ level: 0, title: '', text: 'Alone.' }] },
      {
        text: '# One\n# Two\n.',
        value: [
          { level: 1, title: 'One', text: '' },
          { level: 1, title: 'Two', text: '.' },
        ],
      },
    ],
    long: (items) => '# a\nb\n'.repeat(items),
    declares: ['stream', 'snapshots', 'long', 'instructions'],
    reasons: {
      ...text,
      failure: 'A text without headings is one section.',
      place: 'There is no failure to have one.',
    },
  },
  {
    name: 'MarkdownTableParser',
    create: () => new MarkdownTableParser(),
    samples: [
      {
        text: '| a | b |\n|---|---|\n| 1 | x \\| 😀 |\n| 2 |\n',
        value: [
          { a: '1', b: 'x | 😀' },
          { a: '2', b: '' },
        ],
      },
      { text: 'So:\n\n| a |\n| :-: |\n', value: [] },
    ],
    invalid: [
      { text: 'No table.', code: 'parse' },
      { text: '| a |\n|---|\n| 1 | 2 |\n', code: 'parse', position: 12, path: [0] },
    ],
    long: (items) => `| a | b |\n|---|---|\n${'| 1 | 2 |\n'.repeat(items)}`,
    declares: growing,
    reasons: text,
  },
  {
    name: 'XmlParser',
    create: () => new XmlParser(),
    samples: [
      {
        text: 'So: <a x="1 &lt; 2">b<c/><![CDATA[<😀>]]></a>',
        value: {
          name: 'a',
          attributes: { x: '1 < 2' },
          children: ['b', { name: 'c', attributes: {}, children: [] }, '<😀>'],
        },
      },
      { text: '<a/>', value: { name: 'a', attributes: {}, children: [] } },
    ],
    invalid: [
      { text: '<a><b></a>', code: 'parse', position: 6 },
      { text: 'No element.', code: 'parse' },
    ],
    declares: whole,
    reasons: {
      ...text,
      snapshots: 'An element is whole at its closing tag.',
      long: 'Its value is one element.',
    },
  },
  {
    name: 'RegexParser',
    create: () => new RegexParser(/Score: (?<score>\d+)(?: Why: (?<why>.*))?/),
    samples: [
      { text: 'Score: 7 Why: 😀', value: { score: '7', why: '😀' } },
      { text: 'My Score: 12', value: { score: '12' } },
    ],
    invalid: [{ text: 'Seven.', code: 'parse' }],
    declares: ['stream', 'failure', 'place'],
    reasons: { ...scalar, instructions: 'The pattern is all it knows; what to tell the model is an option.' },
  },
  {
    name: 'CombinedParser',
    create: () => new CombinedParser({ sure: new BooleanParser(), things: new SchemaParser(things) }),
    samples: [
      {
        text: '<sure>yes</sure>\n<things>[{"id":"😀"}]</things>',
        value: { sure: true, things: [{ id: '😀' }] },
      },
      { text: '<things> [] </things> and <sure>no</sure>', value: { sure: false, things: [] } },
    ],
    invalid: [
      { text: '<sure>yes</sure>', code: 'parse', path: ['things'] },
      { text: '<sure>yes</sure><things>[{"a":1}]</things>', code: 'validation', path: ['things', 0] },
      { text: '<sure>yes</sure><things>[1,}</things>', code: 'parse', position: 27, path: ['things', 1] },
    ],
    declares: [...whole, 'snapshots'],
    reasons: { ...text, long: 'It has as many parts as were declared.' },
  },
  {
    name: 'withRepair',
    create: () =>
      withRepair(new SchemaParser(things), new ScriptedLLM({ replies: () => 'Sorry, I cannot.' })),
    samples: [
      { text: '[{"id":"x"},{"id":"😀"}]', value: [{ id: 'x' }, { id: '😀' }] },
      { text: 'Sure: []', value: [] },
    ],
    long: ids,
    schema: (schema) =>
      withRepair(new SchemaParser(schema), new ScriptedLLM({ replies: () => 'no' }), { maxAttempts: 0 }),
    declares: ['stream', 'snapshots', 'long', 'instructions', 'schema'],
    reasons: {
      json: 'It reads what its parser does.',
      failure: "Its errors are of the model's last reply, not of the text that was given.",
      place: "Its errors are of the model's last reply.",
    },
  },
  {
    name: 'fromLangChainParser',
    create: () =>
      fromLangChainParser({
        parse: async (reply) => JSON.parse(reply) as unknown,
        getFormatInstructions: () => 'Answer in JSON.',
      }),
    samples: [
      { text: '{"a":"😀"}', value: { a: '😀' } },
      { text: '[1]', value: [1] },
    ],
    invalid: [{ text: 'x' }],
    declares: ['stream', 'failure', 'instructions'],
    reasons: { ...scalar, place: 'Errors of LangChain say no place.' },
  },
  {
    name: 'fromLangChainParser of toLangChainParser',
    create: () => fromLangChainParser(toLangChainParser(new ListParser())),
    samples: [
      { text: 'a, b', value: ['a', 'b'] },
      { text: '"a, b"', value: ['a, b'] },
    ],
    invalid: [{ text: 'a, "b', code: 'parse', position: 5, path: [1] }],
    declares: whole,
    reasons: { ...text, snapshots: 'LangChain parses whole texts.', long: 'LangChain parses whole texts.' },
  },
];
