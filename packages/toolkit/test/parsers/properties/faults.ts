/*
 * JSON documents with one fault each: a quote, a comma, a colon or a bracket that is lost, doubled or of another kind;
 * comments, other quotes, other literals, ellipses. Every fault at every place, in three layouts of each document.
 */

export interface Faulty {
  kind: string;
  text: string;
  /** What the document says. */
  value: unknown;
}

const DOCUMENTS: readonly unknown[] = [
  { name: 'Ada Lovelace', born: 1815, city: 'London', alive: false, title: null },
  {
    name: 'search',
    arguments: { query: 'opening hours', limit: 10, filters: { country: 'FR', open: true } },
    id: 'call_1',
  },
  [
    { choice: 1, reason: 'It names the author.' },
    { choice: 3, reason: 'It is the newest, by far.' },
  ],
  { scores: [1, 2.5, -3, 4e2], mean: 1.25, valid: true, rows: [] },
  { colors: ['red', 'blue', 'light green'], size: 5, tags: ['new'] },
  [
    [1, 2],
    [3, [4, 5]],
    ['six', true],
  ],
  { note: 'Use [1] or {x}, not both.', code: 'if (a) { b(); }', list: ['a, b', 'c: d'] },
  { quote: 'She said "yes", and left.', path: 'C:\\temp', line: 'one\ntwo' },
  { who: "it's Bob's", what: "don't", when: ['now', "o'clock"] },
  {
    items: [
      { id: 1, parts: [{ n: 'x' }, { n: 'y' }] },
      { id: 2, parts: [] },
    ],
    next: null,
  },
  { 'first name': 'Zoë', città: 'Napoli', emoji: '😀 ok', n: 0 },
  {
    verdict: 'approve',
    findings: [{ file: 'a.ts', line: 3, text: 'Unused import' }],
    summary: { open: 0, closed: 2 },
  },
  { amount: 100, currency: 'EUR', fee: { amount: 2, currency: 'EUR' } },
  { empty: {}, none: [], blank: '', deep: { a: { b: { c: [{ d: 'end' }] } } } },
];

type Token = { at: number; text: string; kind: 'bracket' | 'comma' | 'colon' | 'key' | 'string' | 'literal' };

function tokensOf(json: string): Token[] {
  const tokens: Token[] = [];
  for (const { 0: text, index: at } of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const isKey = text.startsWith('"') && /^\s*:/.test(json.slice(at + text.length));
    const kind = '[]{}'.includes(text)
      ? 'bracket'
      : text === ','
        ? 'comma'
        : text === ':'
          ? 'colon'
          : text.startsWith('"')
            ? isKey
              ? 'key'
              : 'string'
            : 'literal';
    tokens.push({ at, text, kind });
  }
  return tokens;
}

const OTHER: { [bracket: string]: string } = { '[': '{', '{': '[', ']': '}', '}': ']' };
const PYTHON: { [literal: string]: string } = { true: 'True', false: 'False', null: 'None' };

/** What can go wrong at a token: the kind of fault, and what stands there instead. */
function faultsAt({ text, kind }: Token, next: string | undefined): [kind: string, instead: string][] {
  const inner = text.slice(1, -1);
  switch (kind) {
    case 'bracket': {
      const opens = text === '[' || text === '{';
      const what = opens ? 'opening bracket' : 'closing bracket';
      return [
        [`${what} lost`, ''],
        [`${what} doubled`, text + text],
        [`${what} of the other kind`, OTHER[text] as string],
        ...(opens ? [['comment', `${text} /* so */`] as [string, string]] : []),
        ...(text === ']' ? [['ellipsis', `${next === undefined ? '' : ', '}...]`] as [string, string]] : []),
        ...(text === '}' ? [['ellipsis', ', ...}'] as [string, string]] : []),
        ...(opens ? [] : ([['trailing comma', `,${text}`]] as [string, string][])),
      ];
    }
    case 'comma':
      return [
        ['comma lost', ''],
        ['comma lost', ' '],
        ['comma doubled', ',,'],
        ['comma of another kind', ';'],
        ['comma of another kind', ':'],
        ['comment', ', // so\n'],
        ['comment', ', # so\n'],
        ['ellipsis', ', ...,'],
      ];
    case 'colon':
      return [
        ['colon lost', ''],
        ['colon lost', ' '],
        ['colon doubled', '::'],
        ['colon of another kind', '='],
        ['colon of another kind', ','],
      ];
    case 'key':
    case 'string': {
      const single = `'${inner.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
      return [
        ['opening quote lost', text.slice(1)],
        ['closing quote lost', text.slice(0, -1)],
        ['quote doubled', `"${text}`],
        ['quote doubled', `${text}"`],
        [`single quotes around a ${kind}`, single],
        ...(kind === 'key' && /^\w+$/.test(inner) ? [['bare key', inner] as [string, string]] : []),
        ...(kind === 'string' && inner.includes('\\"')
          ? [['quotes inside', text.replaceAll('\\"', '"')] as [string, string]]
          : []),
        ...(kind === 'string' && inner.includes('\\n')
          ? [['raw line end', text.replaceAll('\\n', '\n')] as [string, string]]
          : []),
      ];
    }
    case 'literal':
      return [
        ...(text in PYTHON ? [['literal of Python', PYTHON[text] as string] as [string, string]] : []),
        ...(text === 'null' ? [['literal of JavaScript', 'undefined'] as [string, string]] : []),
        ...(text === 'null' ? [['literal of JavaScript', 'NaN'] as [string, string]] : []),
        ...(/^\d+$/.test(text) ? [['number of JavaScript', `${text}.`] as [string, string]] : []),
      ];
  }
}

/** Every fault at every place of every document, but where JSON came of it. The same list at every run. */
export function faultyTexts(): Faulty[] {
  const layouts: ((value: unknown) => string)[] = [
    (value) => JSON.stringify(value),
    (value) => JSON.stringify(value, undefined, 2),
    (value) => JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, ' '),
  ];
  return DOCUMENTS.flatMap((value) =>
    layouts.flatMap((layout) => {
      const json = layout(value);
      const tokens = tokensOf(json);
      return tokens.flatMap((token, index) =>
        faultsAt(token, tokens[index - 1]?.text === '[' ? undefined : tokens[index - 1]?.text)
          .map(([kind, instead]) => ({
            kind,
            text: json.slice(0, token.at) + instead + json.slice(token.at + token.text.length),
            value,
          }))
          .filter(({ text }) => !isJson(text)),
      );
    }),
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
