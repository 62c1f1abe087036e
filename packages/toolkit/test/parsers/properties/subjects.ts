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
  withRepair,
  XmlParser,
} from '@mortise/toolkit/parsers';
import type { OutputParser } from '@mortise/core/parser';
import { ScriptedLLM } from '@mortise/core/testing';
import fc from 'fast-check';
import { z } from 'zod';

/** Cases of each property: `pnpm test:thorough` sets 10,000. */
export const numRuns = Number(process.env['MORTISE_PROPERTY_RUNS'] ?? 500);
/** 10,000 cases take longer than a test usually may. */
export const TIMEOUT = 30_000 + numRuns * 12;

interface Written {
  text: string;
  value: unknown;
}

export interface Subject {
  name: string;
  parser: OutputParser<any, any>;
  /** Any value, as a model should write it. */
  values: fc.Arbitrary<Written>;
  /** What the parser gives meaning to, in any order. */
  units: readonly string[];
  /** What its errors say, when it is not all: those of another library's parser are its own. */
  said?: readonly ('position' | 'expected')[];
  /** Its errors tell what repair was tried. */
  repairs?: boolean;
}

const line = fc
  .string({ maxLength: 12 })
  .filter((text) => text.trim() === text && text !== '' && !/[\r\n`~|\\#<>&"',[\]]/.test(text));
const lines = fc.array(line, { maxLength: 4 });
const written = <T>(values: fc.Arbitrary<T>, write: (value: T) => string): fc.Arbitrary<Written> =>
  values.map((value) => ({ text: write(value), value }));
const around = (values: fc.Arbitrary<Written>, ...frames: [string, string][]): fc.Arbitrary<Written> =>
  fc
    .tuple(values, fc.constantFrom(['', ''] as [string, string], ...frames))
    .map(([{ text, value }, [before, after]]) => ({ text: before + text + after, value }));

/** As `JSON.parse` gives it: -0 is 0 in JSON. */
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);
const container = fc.oneof(
  fc.array(json, { maxLength: 4 }),
  fc.dictionary(fc.oneof(fc.string({ maxLength: 6 }), fc.constant('__proto__')), json, { maxKeys: 5 }),
);
const FRAMES: [string, string][] = [
  ['```json\n', '\n```'],
  ['Sure: ', ' Is {that} all?'],
  ['<think>{"a": [</think>\n', '\n'],
  ['~~~~md\n```json\n', '\n```\n~~~~'],
];

interface Element {
  name: string;
  attributes: { [name: string]: string };
  children: (Element | string)[];
}
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const tagged = ({ name, attributes, children }: Element): string =>
  `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(value)}"`)
    .join('')}>` +
  `${children.map((child) => (typeof child === 'string' ? escaped(child) : tagged(child))).join('')}</${name}>`;
const tag = fc.constantFrom('a', 'b', 'c-d', 'e.f');
const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc.record({
    name: tag,
    attributes: fc.dictionary(fc.oneof(tag, fc.constant('__proto__')), fc.string({ maxLength: 8 }), {
      maxKeys: 3,
    }),
    children: fc.oneof(
      { maxDepth: 3 },
      fc.array(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 1 }),
      fc.array(tie('element'), { maxLength: 3 }) as fc.Arbitrary<(Element | string)[]>,
    ),
  }) as fc.Arbitrary<Element>,
}));

const CHOICES = ['a', 'b', 'c'];
const JSON_UNITS = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  '\\',
  '\\u12',
  '\ud83d',
  '\n',
  ' ',
  '```json\n',
  '```sh\n',
]
  .concat([
    '```\n',
    '~~~',
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
    'text ',
  ])
  .concat(['"__proto__":', '<think>', '</think>', 'n']);
const LOOSE_UNITS = [
  ...JSON_UNITS,
  "'",
  '“',
  '”',
  '/',
  '*',
  '#',
  '//',
  '/*',
  '*/',
  'a:',
  "'b':",
  'True',
  'None',
  'nul',
].concat(['.5', '+', '01', '"""', '-Infinity', '{{', '}}', '"said "hi", to"', '”, "']);
const comma = (text: string): string =>
  text === '' || /[,\n'[\]`~<]/.test(text) || text.startsWith('"') ? `"${text.replaceAll('"', '""')}"` : text;

export const subjects: Subject[] = [
  {
    name: 'JsonParser',
    parser: new JsonParser(),
    values: around(
      fc
        .tuple(container, fc.nat(3))
        .map(([value, indent]) => ({ text: JSON.stringify(value, undefined, indent), value })),
      ...FRAMES,
    ),
    units: JSON_UNITS,
  },
  {
    name: 'JsonParser, tolerant',
    repairs: true,
    parser: new JsonParser({ tolerant: true }),
    values: around(
      fc
        .tuple(container, fc.nat(3))
        .map(([value, indent]) => ({ text: JSON.stringify(value, undefined, indent), value })),
      ...FRAMES,
    ),
    units: LOOSE_UNITS,
  },
  {
    name: 'SchemaParser',
    parser: new SchemaParser(
      z.object({ name: z.string(), n: z.array(z.number()), on: z.boolean().optional() }),
    ),
    values: around(
      written(
        fc.record(
          { name: fc.string(), n: fc.array(fc.integer(), { maxLength: 4 }), on: fc.boolean() },
          { requiredKeys: ['name', 'n'] },
        ),
        (value) => JSON.stringify(value),
      ),
      ...FRAMES,
    ),
    units: [...JSON_UNITS, '"name":', '"n":', '"on":'],
  },
  {
    name: 'ListParser, comma',
    parser: new ListParser(),
    values: written(
      fc.array(
        fc.string({ maxLength: 12 }).filter((text) => text.trim() === text && !/[\r\n]/.test(text)),
        { maxLength: 6 },
      ),
      (items) => items.map(comma).join(', '),
    ),
    units: ['a', ',', '"', '""', ' ', '\n', '\r', "'", '[', ']', '```', '<think>', '</think>', '1'],
  },
  {
    name: 'ListParser, numbered',
    parser: new ListParser({ style: 'numbered' }),
    values: written(fc.array(line, { minLength: 1, maxLength: 6 }), (items) =>
      items.map((item, at) => `${at + 1}${[') ', '. ', ': ', ' - '][at % 4]}${item}`).join('\n'),
    ),
    units: ['1.', '2) ', '3:', '4 - ', 'a', ' ', '\n', '\r\n', '  ', '<think>', '</think>'],
  },
  {
    name: 'ListParser, bulleted',
    parser: new ListParser({ style: 'bulleted' }),
    values: written(fc.array(line, { minLength: 1, maxLength: 6 }), (items) =>
      items.map((item, at) => `${'-*+•'[at % 4]} ${item}`).join('\n'),
    ),
    units: ['- ', '* ', '+', '• ', 'a', ' ', '\n', '\r\n', '  ', '<think>', '</think>'],
  },
  {
    name: 'EnumParser',
    parser: new EnumParser(['yes', 'no', 'not_sure', 'C#']),
    values: around(
      written(fc.constantFrom('yes', 'no', 'not_sure', 'C#'), (value) => value),
      ['Answer: **', '**'],
      ['<think>no, yes</think>', ''],
      ['The answer is (', ').'],
      ['It depends on much.\n\nANSWER: ', ''],
    ),
    units: [
      'yes',
      'no',
      'not_sure',
      'C#',
      '\n',
      ' ',
      ': ',
      '.',
      ',',
      '(',
      ')',
      '*',
      'answer is ',
      '<think>',
      '</think>',
      '$',
    ],
  },
  {
    name: 'BooleanParser',
    parser: new BooleanParser(),
    values: around(
      written(fc.boolean(), (value) => (value ? 'Yes' : 'no')),
      ['', ', because it is so.'],
      ['Answer: `', '`'],
      ['<answer>', '</answer>'],
      ['Most likely (', ')'],
    ),
    units: [
      'yes',
      'No',
      'true',
      'false',
      '\n',
      ' ',
      'Answer: ',
      '.',
      '*',
      '(',
      ')',
      '<a>',
      '</a>',
      '\\boxed{',
      '}',
    ],
  },
  {
    name: 'NumberParser',
    parser: new NumberParser({ min: -1e9 }),
    values: around(
      written(
        fc
          .oneof(fc.integer({ min: -1e9 }), fc.double({ min: -1e9, max: 1e300, noNaN: true }))
          .map((value) => value || 0),
        (value) => String(value),
      ),
      ['Score: ', ''],
      ['[[', ']]'],
      ['<think>1 or 2</think>', ' %'],
      ['$', '.'],
    ),
    units: ['1', '23', ',456', '.', '-', '−', '+', ' ', 'e5', 'x', '\n', '$', '%', '<think>', '</think>'],
  },
  {
    name: 'DateParser',
    parser: new DateParser(),
    values: around(
      fc
        .date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59Z'),
          noInvalidDate: true,
        })
        .map((value) => ({ text: value.toISOString(), value })),
      ['On ', '.'],
      ['<think>2020-01-01</think> "', '"'],
    ),
    units: [
      '2024-02-30',
      '2026-11-22',
      '1900-1-1',
      '20260210',
      'T14:30',
      'T0900',
      'Z',
      '+01:00',
      ' ',
      '\n',
      '.5',
      '-',
    ],
  },
  {
    name: 'SelectionParser',
    parser: new SelectionParser(CHOICES, { max: 3 }),
    values: around(
      fc.tuple(fc.shuffledSubarray([0, 1, 2]), fc.string()).map(([indexes, reason]) => ({
        text: JSON.stringify(indexes.map((index) => ({ choice: index + 1, reason }))),
        value: indexes.map((index) => ({ index, choice: CHOICES[index], reason })),
      })),
      ...FRAMES,
    ),
    units: [
      '[',
      ']',
      '1',
      '2',
      '3',
      '4',
      ',',
      '{"choice":1}',
      '{"choice":',
      '"',
      '}',
      ' ',
      'a',
      '<think>',
      '</think>',
    ],
  },
  {
    name: 'CodeBlocksParser',
    parser: new CodeBlocksParser(),
    values: written(
      fc.array(
        fc.record({ language: fc.constantFrom('', 'js', 'md'), code: lines.map((all) => all.join('\n')) }),
        { minLength: 1, maxLength: 3 },
      ),
      (blocks) =>
        blocks.map(({ language, code }) => `text\n\`\`\`${language}\n${code}\n\`\`\``).join('\nmore\n'),
    ),
    units: ['```', '````', '~~~', 'md', '\n', '\r\n', ' ', 'js', 'x', '   '],
  },
  {
    name: 'MarkdownSectionsParser',
    parser: new MarkdownSectionsParser(),
    values: around(
      written(
        fc.array(
          fc.record({
            level: fc.integer({ min: 1, max: 6 }),
            title: line,
            text: lines.map((all) => all.join('\n')),
          }),
          { minLength: 1, maxLength: 4 },
        ),
        (sections) =>
          sections.map(({ level, title, text }) => `${'#'.repeat(level)} ${title}\n${text}`).join('\n'),
      ),
      ['```markdown\n', '\n```'],
    ),
    units: ['#', '# ', '\n', '```\n', '```md\n', 'x', ' ', '\r\n', '~~~\n', '######'],
  },
  {
    name: 'MarkdownTableParser',
    parser: new MarkdownTableParser(),
    values: around(
      written(
        fc.uniqueArray(line, { minLength: 1, maxLength: 4 }).chain((columns) =>
          fc
            .array(
              fc.tuple(
                ...columns.map((column) =>
                  fc.oneof(line, fc.constant('a|b')).map((cell) => [column, cell] as const),
                ),
              ),
              { maxLength: 4 },
            )
            .map((rows) => ({
              columns,
              rows: rows.map((row) => Object.fromEntries<string>(row)),
            })),
        ),
        ({ columns, rows }) => {
          const row = (cells: readonly string[]): string =>
            `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
          return (
            row(columns) +
            row(columns.map(() => ':-:')) +
            rows.map((cells) => row(columns.map((name) => cells[name] as string))).join('')
          );
        },
      ).map(({ text, value }) => ({ text, value: (value as { rows: unknown }).rows })),
      ['The table:\n\n', '\nDone.'],
      ['```markdown\n', '```\n'],
    ),
    units: ['|', '| a | b |\n', '|---|---|\n', '\\|', 'x', '\n', ' ', '```\n', '```md\n', '\r\n'],
  },
  {
    name: 'XmlParser',
    parser: new XmlParser(),
    values: around(written(element, tagged), ['So: ', ' Done </x>'], ['<think><a>no</a></think>\n', '']),
    units: [
      '<a>',
      '</a>',
      '<b x="1">',
      '</b>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<',
      '&lt;',
      '<c/>',
      'x',
      '<think>',
      '</think>',
    ],
  },
  {
    name: 'RegexParser',
    parser: new RegexParser(/(?<letter>[a-z])(?<digit>\d)?/),
    values: fc
      .tuple(fc.constantFrom('a', 'z'), fc.option(fc.integer({ min: 0, max: 9 })))
      .map(([letter, digit]) => ({
        text: `So: ${letter.toUpperCase()} ${letter}${digit ?? ''}`.replace('So', 'SO'),
        value: digit === null ? { letter } : { letter, digit: String(digit) },
      })),
    units: ['a', '1', ' ', 'b', 'A', '\n'],
  },
  {
    name: 'CombinedParser',
    parser: new CombinedParser({
      sure: new BooleanParser(),
      items: new ListParser(),
      data: new JsonParser(),
    }),
    values: written(
      fc.record({
        sure: fc.boolean(),
        items: fc.array(line, { maxLength: 3 }),
        data: container.filter((value) => !/<\/?\w/.test(JSON.stringify(value))),
      }),
      ({ sure, items, data }) =>
        `<items>\n${items.map(comma).join(', ')}\n</items> text <sure>${sure ? 'yes' : 'no'}</sure><data>${JSON.stringify(data)}</data>`,
    ),
    units: [
      '<sure>',
      '</sure>',
      'yes',
      '<items>',
      '</items>',
      'x,y',
      '"',
      '\n',
      '<data>',
      '</data>',
      '[1]',
      '{',
    ],
  },
  {
    name: 'withRepair',
    repairs: true,
    parser: withRepair(new NumberParser(), new ScriptedLLM({ replies: () => '7' })),
    values: written(fc.nat(), (value) => String(value)),
    units: ['1', 'x', ' ', '2'],
  },
  {
    name: 'fromLangChainParser',
    parser: fromLangChainParser({
      parse: async (text) => JSON.parse(text) as unknown,
      getFormatInstructions: () => '',
    }),
    values: written(json, (value) => JSON.stringify(value)),
    units: ['{', '}', '"', '1'],
    said: [],
  },
];
