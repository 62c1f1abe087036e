import { MortiseError } from '@mortise/core';
import { checkOptions, reading, finiteNumber } from '@mortise/core/shared';
import { BaseOutputParser, type ParseOptions, parserError } from '@mortise/core/parser';
import { replyStart } from '../json/reasoning.ts';
import { stepsInSlices } from '../json/slices.ts';
import { verdict, hasWords } from './verdict.ts';

/** One of the values, written without regard to case. Values that differ only in case must be written exactly. */
export class EnumParser<const V extends string> extends BaseOutputParser<V, V> {
  readonly #values: readonly V[];

  constructor(values: readonly V[]) {
    super();
    if (!reading('The values', () => hasWords(values), 'configuration'))
      throw new MortiseError('configuration', 'EnumParser takes at least one value.');
    this.#values = [...values];
  }

  override get name(): string {
    return 'EnumParser';
  }

  override instructions(): string {
    return `Answer with exactly one of these and nothing else: ${this.#values.join(', ')}`;
  }

  doParse(text: string): V {
    const found = verdict(text, this.#values) as V | undefined;
    if (found !== undefined) return found;
    throw notSaid(text, `one of ${this.#values.join(', ')}`);
  }
}

export interface BooleanParserOptions {
  /** Words for true. Default: yes, true. The instructions name the first. */
  yes?: readonly [string, ...string[]] | undefined;
  /** Words for false. Default: no, false. */
  no?: readonly [string, ...string[]] | undefined;
}

/** Yes or no, by the words that stand for them. */
export class BooleanParser extends BaseOutputParser<boolean, boolean> {
  readonly #yes: readonly string[];
  readonly #no: readonly string[];

  constructor(options: BooleanParserOptions = {}) {
    super();
    const { yes = ['yes', 'true'], no = ['no', 'false'] } = checkOptions(options, 'configuration');
    if (!reading('The words', () => hasWords(yes) && hasWords(no), 'configuration')) {
      const message = 'BooleanParser takes at least one word each for yes and for no.';
      throw new MortiseError('configuration', message);
    }
    this.#yes = [...yes];
    this.#no = [...no];
  }

  override get name(): string {
    return 'BooleanParser';
  }

  override instructions(): string {
    return `Answer with ${this.#yes[0]} or ${this.#no[0]} and nothing else.`;
  }

  doParse(text: string): boolean {
    const found = verdict(text, [...this.#yes, ...this.#no]);
    if (found !== undefined) return this.#yes.includes(found);
    throw notSaid(text, `${this.#yes[0]} or ${this.#no[0]}`);
  }
}

function notSaid(text: string, expected: string): Error {
  const message = `The reply does not say clearly which it is: expected ${expected}, alone.`;
  return parserError('parse', message, { text, position: 0, path: [], expected });
}

/** Which numbers will do. */
export interface NumberParserOptions {
  /** The least one. Default: none. */
  min?: number | undefined;
  /** The greatest one, not below `min`. Default: none. */
  max?: number | undefined;
  /** Whole numbers alone. Default: false. */
  integer?: boolean | undefined;
}

/** What looks like a number, with what it touches: a date, a version or `3D` must not pass for one. */
const RUN = /[^\s"'`*_=(){}[\]<>$€£¥%~:;]+/g;
const PLAIN_NUMBER = /^[-+−]?(?:\d+(?:\.\d+)?|\.\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?)(?:[eE][-+]?\d+)?$/;

/**
 * The one number of a reply: `42`, `-1.5e3`, `1,234.5`, `42 %`, `$3`. Two different numbers are `parse`, as is what may
 * be read in two ways (`1,5`).
 */
export class NumberParser extends BaseOutputParser<number, number> {
  readonly #options: NumberParserOptions;

  constructor(options: NumberParserOptions = {}) {
    super();
    const { min, max } = checkOptions(options, 'configuration');
    if (min !== undefined) finiteNumber('min', min);
    if (max !== undefined) finiteNumber('max', max, { least: min });
    this.#options = options;
  }

  override get name(): string {
    return 'NumberParser';
  }

  get #expected(): string {
    const { min, max, integer } = this.#options;
    const range = [
      ...(min === undefined ? [] : [`at least ${min}`]),
      ...(max === undefined ? [] : [`at most ${max}`]),
    ];
    return [integer === true ? 'one whole number' : 'one number', ...range].join(', ');
  }

  override instructions(): string {
    return `Answer with ${this.#expected}, in digits, and nothing else.`;
  }

  doParse(text: string, { signal }: ParseOptions = {}): number | Promise<number> {
    return stepsInSlices(text, this.#read(text), signal);
  }

  *#read(text: string): Generator<undefined, number> {
    const expected = this.#expected;
    const found = new Map<number, number>();
    const from = replyStart(text);
    let runs = 0;
    for (const { 0: match, index } of text.matchAll(RUN)) {
      if (++runs % 4096 === 0) yield;
      if (index < from || !/\d/.test(match)) continue;
      const plain = withoutMarks(match);
      if (!PLAIN_NUMBER.test(plain)) {
        const message = `"${match.slice(0, 40)}" is not clearly a number: expected ${expected}, in plain digits.`;
        throw parserError('parse', message, { text, position: index, path: [], expected });
      }
      const value = Number(plain.replaceAll(',', '').replace('−', '-'));
      if (!found.has(value)) found.set(value, index);
    }
    const [value, other] = found.keys();
    if (value === undefined || other !== undefined) {
      const what =
        value === undefined ? 'There is no number in the reply' : `The reply holds ${found.size} numbers`;
      const position = found.get(other ?? Number.NaN) ?? 0;
      throw parserError('parse', `${what}: expected ${expected}.`, { text, position, path: [], expected });
    }
    const { min = -Infinity, max = Infinity, integer } = this.#options;
    if (
      value >= min &&
      value <= max &&
      Number.isFinite(value) &&
      (integer !== true || Number.isInteger(value))
    )
      return value;
    const position = found.get(value) as number;
    throw parserError('validation', `The number is ${value}: expected ${expected}.`, {
      text,
      position,
      path: [],
      expected,
    });
  }
}

/** By hand: a pattern for the end is quadratic in marks in the middle. */
function withoutMarks(text: string): string {
  let end = text.length;
  while (end > 0 && '.,!?'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

const DATE =
  /(?<![\w-])(?:(\d{4})-(\d\d?)-(\d\d?)|(\d{4})(\d\d)(\d\d)(?=T))(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d:?\d\d)?)?(?![\w-])/gi;

/**
 * The one date of a reply, in ISO 8601, with or without a time; `1900-1-1` passes for it. Without an offset it is UTC,
 * on every machine.
 */
export class DateParser extends BaseOutputParser<Date, Date> {
  override get name(): string {
    return 'DateParser';
  }

  override instructions(): string {
    return 'Answer with one date in ISO 8601, such as 2026-11-22 or 2026-11-22T14:30:00Z, and nothing else.';
  }

  doParse(text: string): Date {
    const found = new Map<number, number>();
    const from = replyStart(text);
    for (const match of text.matchAll(DATE)) {
      if (match.index < from) continue;
      const at = dateOf(match);
      if (at === undefined) {
        const expected = 'a date of the calendar';
        const message = `There is no ${match[0]}: expected ${expected}.`;
        throw parserError('validation', message, { text, position: match.index, path: [], expected });
      }
      if (!found.has(at)) found.set(at, match.index);
    }
    const [first, second] = found.keys();
    if (first !== undefined && second === undefined) return new Date(first);
    const expected = 'one date in ISO 8601';
    const what =
      first === undefined ? 'There is no date in the reply' : `The reply holds ${found.size} dates`;
    const position = found.get(second ?? Number.NaN) ?? 0;
    throw parserError('parse', `${what}: expected ${expected}.`, { text, position, path: [], expected });
  }
}

/** Milliseconds; undefined for the 30th of February. */
function dateOf(match: RegExpMatchArray): number | undefined {
  const [, ...parts] = match;
  const calendar = parts[0] === undefined ? parts.slice(3, 6) : parts.slice(0, 3);
  const fields = [...calendar, ...parts.slice(6, 9)].map((part) => Number(part ?? 0));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields;
  const milliseconds = Math.trunc(Number(`0.${match[10] ?? 0}`) * 1000);
  const date = new Date(0);
  // Unlike Date.UTC, these take the year 26 for what it is.
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, milliseconds);
  // The calendar wraps what is too large, and then it reads back as another day.
  const shown = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(date.toISOString())?.slice(1).map(Number);
  if (shown?.join() !== fields.join()) return undefined;
  const [, sign, hours, minutes] = /([+-])(\d\d):?(\d\d)/.exec(match[11] ?? '') ?? [];
  if (sign === undefined) return date.getTime();
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return date.getTime() - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
