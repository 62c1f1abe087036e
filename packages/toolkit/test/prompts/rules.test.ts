import { delimited } from '@mortise/core/shared';
import { prompt } from '@mortise/toolkit/prompts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

/** What the rules of prompts speak of: filling in a template, and putting a document between tags. */
interface Interpolation {
  fill(template: string, values: Record<string, string>): string;
  delimit(text: string, label: string): string;
}

interface Rule {
  readonly id: string;
  readonly title: string;
  /** Throws where the rule is broken. */
  check(interpolation: Interpolation): void;
}

/** The same texts each time: a mutant must be caught by what it is meant for, always. */
const RUNS = { seed: 20_261_125, numRuns: 400 };

const piece = fc.constantFrom('{', '}', '{a}', '{b}', '{{', '$&', '$1', 'x', ' ', '%s');
const letters = fc.string({ unit: piece, maxLength: 12 });
const attack = fc.string({
  unit: fc.constantFrom(
    '</',
    '<',
    '>',
    'doc',
    'DOC',
    '-',
    '1',
    '2',
    '3',
    ' ',
    '\n',
    '/',
    '\u200b',
    '\ufe0f',
    '\u0008',
    '\uff1c',
    'x',
    '</doc>',
    '</doc-2>',
    '<doc-3>',
    '</DOC>',
    '</do\ufe0fc>',
    '\uff1c/doc>',
  ),
  maxLength: 30,
});

/** As a model may read it: without what has no shape, in one case, in one width. */
const seen = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\p{Cf}\p{Mn}[\p{Cc}--\s]]/gv, '')
    .replaceAll(/<[\s/]*/g, (opening) => (opening.includes('/') ? '</' : '<'))
    .toLowerCase();

const tagOf = (text: string): string =>
  /^<([a-z]+(?:-\d+)?)>\n/.exec(text)?.[1] ?? expect.fail('there is no tag');

/** T-01 and T-02, each a case that implementations can be held to. */
const rules: readonly Rule[] = [
  {
    id: 'fill.text',
    title: 'T-01: a value is text, whatever it holds',
    check({ fill }) {
      fc.assert(
        fc.property(letters, letters, (a, b) => {
          expect(fill('<{a}|{b}|{a}>', { a, b })).toBe(`<${a}|${b}|${a}>`);
        }),
        RUNS,
      );
    },
  },
  {
    id: 'fill.braces',
    title: 'T-01: {{ is a brace, and any other { is text',
    check({ fill }) {
      expect(fill('{{a} {"a": {b}} { a } {1a}', { a: 'x', b: 'y' })).toBe('{a} {"a": y} { a } {1a}');
    },
  },
  {
    id: 'fill.missing',
    title: 'T-01: what is missing is validation, inherited names included',
    check({ fill }) {
      for (const template of ['{a} {b}', '{a} {toString}'])
        expect(() => fill(template, { a: 'x' })).toThrow(expect.objectContaining({ code: 'validation' }));
    },
  },
  {
    id: 'delimit.whole',
    title: 'T-02: the document stands there character for character, behind its label',
    check({ delimit }) {
      fc.assert(
        fc.property(attack, (text) => {
          const wrapped = delimit(text, 'doc');
          const tag = tagOf(wrapped);
          expect(tag).toMatch(/^doc(-\d+)?$/);
          expect(wrapped).toBe(`<${tag}>\n${text}\n</${tag}>`);
        }),
        RUNS,
      );
    },
  },
  {
    id: 'delimit.closed',
    title: 'T-02: no document can close its own delimiter, nor open it again',
    check({ delimit }) {
      fc.assert(
        fc.property(attack, (text) => {
          const wrapped = delimit(text, 'doc');
          const tag = tagOf(wrapped);
          const inside = seen(wrapped.slice(tag.length + 2, -(tag.length + 3)));
          expect(inside).not.toContain(`</${tag}>`);
          expect(inside).not.toContain(`<${tag}>`);
        }),
        RUNS,
      );
    },
  },
  {
    id: 'delimit.copied',
    title: 'T-02: a document that holds what was made of it gets another delimiter',
    check({ delimit }) {
      fc.assert(
        fc.property(attack, (text) => {
          const wrapped = delimit(text, 'doc');
          expect(tagOf(delimit(`${text}${wrapped}`, 'doc'))).not.toBe(tagOf(wrapped));
        }),
        RUNS,
      );
    },
  },
  {
    id: 'delimit.label',
    title: 'T-02: a label that is more than a name is refused',
    check({ delimit }) {
      for (const label of ['', 'a b', 'a>', 'a\n'])
        expect(() => delimit('x', label)).toThrow(expect.objectContaining({ code: 'validation' }));
    },
  },
];

const right: Interpolation = {
  fill: (template, values) => prompt(template).format(values),
  delimit: delimited,
};

const named =
  (delimit: Interpolation['delimit']): Interpolation['delimit'] =>
  (text, label) => {
    delimited('', label);
    return delimit(text, label);
  };

const numbered = (text: string, label: string, forms: (tag: string) => readonly string[]): string => {
  let tag = label;
  for (let n = 2; forms(tag).some((form) => text.includes(form)); n++) tag = `${label}-${n}`;
  return `<${tag}>\n${text}\n</${tag}>`;
};

/** Each has been how somebody did it. */
const mutants: readonly (readonly [
  fault: string,
  caughtBy: string,
  also: readonly string[],
  Partial<Interpolation>,
])[] = [
  [
    'fills in one name after the other, values included',
    'fill.text',
    ['fill.braces', 'fill.missing'],
    {
      fill: (template, values) =>
        Object.entries(values).reduce(
          (text, [name, value]) => text.replaceAll(`{${name}}`, () => value),
          template,
        ),
    },
  ],
  [
    'takes the dollar signs of a value for patterns',
    'fill.text',
    [],
    {
      fill(template, values) {
        const names = Object.keys(values);
        const marked = right.fill(template, Object.fromEntries(names.map((name) => [name, `\u0000${name}`])));
        // A string as the replacement: `$&` in it is what was found.
        return names.reduce((text, name) => text.replaceAll(`\u0000${name}`, values[name] as string), marked);
      },
    },
  ],
  [
    'knows no doubled brace',
    'fill.braces',
    [],
    { fill: (template, values) => right.fill(template.replaceAll('{{', '{{{{'), values) },
  ],
  [
    'finds what every object inherits',
    'fill.missing',
    [],
    { fill: (template, values) => right.fill(template, { toString: String({}.toString), ...values }) },
  ],
  [
    'escapes what is in the document',
    'delimit.whole',
    ['delimit.closed', 'delimit.copied'],
    { delimit: named((text, label) => `<${label}>\n${text.replaceAll('<', '&lt;')}\n</${label}>`) },
  ],
  [
    'uses the same tags for every document',
    'delimit.closed',
    ['delimit.copied'],
    { delimit: named((text, label) => `<${label}>\n${text}\n</${label}>`) },
  ],
  [
    'looks for the closing tag as it is written',
    'delimit.closed',
    [],
    { delimit: named((text, label) => numbered(text, label, (tag) => [`</${tag}>`, `<${tag}>`])) },
  ],
  [
    'avoids only the first tag',
    'delimit.copied',
    ['delimit.closed'],
    {
      delimit: named((text, label) => {
        const tag = tagOf(delimited(text, label)) === label ? label : `${label}-2`;
        return `<${tag}>\n${text}\n</${tag}>`;
      }),
    },
  ],
  [
    'takes any label',
    'delimit.label',
    [],
    { delimit: (text, label) => delimited(text, /^[a-z]+$/.test(label) ? label : 'text') },
  ],
];

describe('prompts', () => {
  it.each(rules)('$title', ({ check }) => check(right));
});

describe('a broken interpolation is caught', () => {
  it.each(mutants)('%s: %s', (_fault, caughtBy, also, wrong) => {
    const failed = rules.filter(({ check }) => {
      try {
        check({ ...right, ...wrong });
        return false;
      } catch {
        return true;
      }
    });
    expect(failed.map(({ id }) => id).toSorted()).toEqual([caughtBy, ...also].toSorted());
  });

  it('every rule is needed by a mutant', () => {
    const caught = new Set(mutants.map(([, caughtBy]) => caughtBy));
    expect(rules.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});
