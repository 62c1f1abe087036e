import { isMortiseError } from '@mortise/core';
import { isParserError, type OutputParser } from '@mortise/core/parser';
import { Chunks, lastOf, outcomeOf, randomTexts, streamOf, units, type ParserCase } from './lab.ts';

/** P-03: what a parser says of a text that it cannot take. */
export const failureCases: readonly ParserCase[] = [
  {
    id: 'failure.code',
    rule: 'P-03',
    title: 'refuses each text that does not fit, typed, with that text',
    requires: ['failure'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text, code } of subject.invalid ?? []) {
        const what = JSON.stringify(text);
        const error = await check.error(parser.parse(text), code ?? ['parse', 'validation'], what);
        check.ok(isParserError(error), `${what}: the error has no \`text\`; make it with parserError()`);
        check.equal((error as { text?: unknown }).text, text, `${what}: the text of the error`);
        check.ok(error.message.length > 0, `${what}: the error says nothing`);
      }
    },
  },
  {
    id: 'failure.place',
    rule: 'P-03',
    title: 'says where it does not fit, and what was expected there',
    requires: ['failure', 'place'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const misfit of subject.invalid ?? []) {
        const what = JSON.stringify(misfit.text);
        const error = await check.error(parser.parse(misfit.text), ['parse', 'validation'], what);
        if (!isParserError(error)) return check.ok(false, `${what}: the error has no \`text\``);
        const { position, path, expected } = error;
        check.ok(
          position !== undefined || path !== undefined,
          `${what}: the error has neither position nor path`,
        );
        if (position !== undefined)
          check.ok(
            Number.isInteger(position) && position >= 0 && position <= misfit.text.length,
            `${what}: the position ${position} is not in the text`,
          );
        if (misfit.position !== undefined) check.equal(position, misfit.position, `${what}: the position`);
        if (misfit.path !== undefined) check.equal(path, misfit.path, `${what}: the path`);
        check.ok(typeof expected === 'string' && expected !== '', `${what}: the error has no \`expected\``);
      }
    },
  },
  {
    id: 'failure.hidden',
    rule: 'P-03',
    title: "keeps the text out of what loggers print of the error's members",
    requires: ['failure'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.invalid ?? []) {
        const what = JSON.stringify(text);
        const error = await check.rejects(parser.parse(text), what);
        check.ok(
          !Object.keys(error as object).includes('text'),
          `${what}: \`text\` is enumerable, so that loggers print it`,
        );
      }
    },
  },
  {
    id: 'failure.stream',
    rule: 'P-03',
    title: 'fails in a stream as parse does',
    requires: ['failure', 'stream'],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const { text } of subject.invalid ?? []) {
        const what = `the failure of ${JSON.stringify(text)}, unit by unit`;
        const whole = await outcomeOf(() => parser.parse(text));
        check.equal(await outcomeOf(() => lastOf(parser, units(text))), whole, what);
        const error = await check.rejects(lastOf(parser, units(text)), what);
        check.equal((error as { text?: unknown }).text, text, `${what}: the text of the error`);
      }
    },
  },
  {
    id: 'failure.any',
    rule: 'P-03',
    title: 'throws nothing else, whatever the text is',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const text of [...HOSTILE, ...randomTexts(subject, 200)])
        check.equal(
          await strange(parser, text),
          undefined,
          `what ${JSON.stringify(text.slice(0, 80))} threw`,
        );
    },
  },
  {
    id: 'failure.not-text',
    rule: 'P-03',
    title: 'refuses, typed, a value that is not text',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      for (const [what, wrong] of NO_TEXTS)
        await check.error(parser.parse(wrong as string), ['parse', 'validation'], what);
    },
  },
  {
    id: 'failure.not-text-chunk',
    rule: 'P-03',
    title: 'refuses, typed, a chunk that is not text, and closes its source',
    requires: ['stream'],
    async run({ subject, check }) {
      for (const [what, wrong] of NO_TEXTS) {
        const chunks = new Chunks([wrong, ...units(subject.samples[0].text)]);
        const read = async (): Promise<void> => {
          for await (const _ of streamOf(subject.create(), chunks));
        };
        await check.error(read(), ['parse', 'validation'], `the chunk ${what}`);
        check.equal(chunks.closed, 1, `the chunk ${what}: how often the source was closed`);
      }
    },
  },
  {
    id: 'failure.prototype',
    rule: 'P-04',
    title: 'lets no text reach the prototypes',
    requires: [],
    async run({ subject, check }) {
      const parser = subject.create();
      Reflect.deleteProperty(Object.prototype, 'polluted');
      const before = Reflect.ownKeys(Object.prototype);
      try {
        for (const text of HOSTILE) {
          await outcomeOf(() => parser.parse(text));
          if (parser.stream !== undefined) await outcomeOf(() => lastOf(parser, units(text.slice(0, 400))));
          const found = Reflect.ownKeys(Object.prototype).filter((key) => !before.includes(key));
          check.equal(found, [], `what ${JSON.stringify(text.slice(0, 80))} left on Object.prototype`);
        }
      } finally {
        for (const key of Reflect.ownKeys(Object.prototype))
          if (!before.includes(key)) Reflect.deleteProperty(Object.prototype, key);
      }
    },
  },
];

const NO_TEXTS: readonly (readonly [what: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 7],
  ['an object', {}],
  ['a list', ['x']],
  ['a String object', Object('x')],
];

/** Texts that have broken parsers: empty, binary, half a pair, deep, names that every object has. */
const HOSTILE: readonly string[] = [
  '',
  ' \n\t ',
  '\u0000\uffff\ufeff',
  '\ud83d',
  '\ude00{"a":"\ud83d"}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '[{"__proto__":{"polluted":1}},1]',
  '__proto__:\n  polluted: 1\n',
  '<__proto__ polluted="1"><polluted>1</polluted></__proto__>',
  '| __proto__ | constructor |\n| --- | --- |\n| polluted | 1 |',
  '[__proto__]\npolluted = 1',
  '__proto__, constructor, toString, hasOwnProperty',
  'toString',
  '- '.repeat(500),
  '['.repeat(20_000),
  '{"a":'.repeat(20_000),
  '<a>'.repeat(20_000),
  '```'.repeat(500),
  '"'.repeat(1_001),
  '\\'.repeat(1_001),
];

/** What a text made the parser throw that a parser must not throw. */
async function strange(parser: OutputParser<unknown, unknown>, text: string): Promise<string | undefined> {
  try {
    await parser.parse(text);
    return undefined;
  } catch (error) {
    if (!isMortiseError(error)) return `no MortiseError but ${String(error)}`;
    return error.code === 'parse' || error.code === 'validation' ? undefined : error.code;
  }
}
