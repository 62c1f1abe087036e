import { MortiseError } from '@mortise/core';
import { checkOptions, reading, isObject, type JsonValue, wholeNumber } from '@mortise/core/shared';
import { BaseOutputParser, type ParseOptions, parserError, type ParserError } from '@mortise/core/parser';
import { IncrementalJson } from '../json/incremental-json.ts';
import type { IncrementalJsonOptions, JsonRange } from '../json/json-options.ts';
import { ended, positionOf } from './json.ts';
import { readInSlices } from '../json/slices.ts';

/** One of the choices that were given. */
export interface Selection {
  /** Index in the choices, from 0. */
  index: number;
  choice: string;
  /** Why, where the model said so. */
  reason?: string;
}

const FORM = '[{"choice": 1, "reason": "why"}]';

const JSON_OPTIONS: IncrementalJsonOptions = {
  kinds: ['array', 'object', 'number'],
  prefers: isSelection,
  tolerant: true,
};

/**
 * An object with a choice, a list with one, or a list that is not of numbers alone. Those may be citations: they count
 * when there is nothing else.
 */
function isSelection(value: JsonValue): boolean {
  if (Array.isArray(value)) return value.length === 0 || value.some((item) => typeof item !== 'number');
  return isObject(value) && Object.hasOwn(value, 'choice');
}

/** On a line of its own, or behind a label. */
function standsAlone(text: string, { start, end }: JsonRange): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim();
  const lineEnd = text.indexOf('\n', end);
  const behind = text.slice(end, lineEnd < 0 ? text.length : lineEnd).trim();
  let label = before.length;
  while (before.charAt(label - 1) === '*') label--;
  const labelled = label === 0 || ':>'.includes(before.charAt(label - 1));
  return (labelled || /^(?:`{3,}|~{3,})\w*$/.test(before)) && /^(?:[.`~]*|<\/\w+>)$/.test(behind);
}

export interface SelectionParserOptions {
  /** How many at most, from 1. Default: 1. */
  max?: number | undefined;
}

/**
 * Some of a list of choices. The model is shown them numbered from 1 and answers with numbers, which must be among
 * them: 0 and one too many are `validation`, never the neighbour. Numbers without a `choice` count on a line of their own
 * or behind a label, as in a sentence they may be citations.
 */
export class SelectionParser extends BaseOutputParser<Selection[], Selection[]> {
  readonly #choices: readonly string[];
  readonly #max: number;

  constructor(given: readonly string[], options: SelectionParserOptions = {}) {
    super();
    const { max = 1 } = checkOptions(options, 'configuration');
    const choices = reading('The choices', () => [...given], 'configuration');
    if (choices.length === 0)
      throw new MortiseError('configuration', 'SelectionParser takes at least one choice.');
    wholeNumber('max', max);
    this.#choices = [...choices];
    this.#max = max;
  }

  override get name(): string {
    return 'SelectionParser';
  }

  override instructions(): string {
    const list = this.#choices.map((choice, at) => `(${at + 1}) ${choice}`).join('\n');
    const count =
      this.#max === 1 ? 'one of these choices' : `at most ${this.#max} of these choices, the best first`;
    return `Select ${count} by number:\n${list}\nAnswer with JSON alone: ${FORM}`;
  }

  doParse(text: string, { signal }: ParseOptions = {}): Selection[] | Promise<Selection[]> {
    const json = new IncrementalJson(JSON_OPTIONS);
    return readInSlices(
      text,
      (piece) => json.push(piece),
      () => this.#selected(json, text),
      signal,
    );
  }

  #selected(json: IncrementalJson, text: string): Selection[] {
    const value = ended(json, text, JSON_OPTIONS);
    const { repairs, range } = json;
    if (repairs.some(({ kind }) => kind === 'truncated')) {
      const expected = 'the end of the selection';
      const message = `The text ends inside its selection: expected ${expected}. The reply may have been cut short.`;
      throw parserError('parse', message, { text, position: text.length, path: [], expected });
    }
    if (!isSelection(value) && range !== undefined && !standsAlone(text, range)) {
      const message = `${shown(value)} stands in a sentence, where it may be a citation: expected ${FORM}, and nothing else.`;
      throw parserError('parse', message, { text, position: range.start, path: [], expected: FORM });
    }
    const items = Array.isArray(value) ? value : [value];
    if (items.length > this.#max) {
      const expected = `at most ${this.#max}`;
      const message = `The reply selects ${items.length} choices: expected ${expected}.`;
      throw parserError('validation', message, {
        text,
        position: positionOf(text, [], JSON_OPTIONS),
        path: [],
        expected,
      });
    }
    const positionAt = (at: number): number =>
      positionOf(text, Array.isArray(value) ? [at] : [], JSON_OPTIONS);
    const selections = items.map((item, at) => this.#selection(item, at, text, positionAt));
    const twice = selections.findIndex(
      ({ index }, at) => selections.findIndex((other) => other.index === index) !== at,
    );
    if (twice < 0) return selections;
    const expected = 'each choice at most once';
    throw parserError('validation', `A choice is selected twice: expected ${expected}.`, {
      text,
      position: positionAt(twice),
      path: [twice],
      expected,
    });
  }

  #selection(item: JsonValue, at: number, text: string, positionAt: (at: number) => number): Selection {
    if (isObject(item) && item['choice'] === undefined) throw unlike(item, text, positionAt(at));
    const given = isObject(item) ? item['choice'] : item;
    const number =
      typeof given === 'string' && /^\s*\(?\d{1,9}\)?\s*$/.test(given)
        ? Number(given.replaceAll(/[()]/g, ''))
        : given;
    const choice = typeof number === 'number' ? this.#choices[number - 1] : undefined;
    if (choice === undefined) {
      const expected = `a number from 1 to ${this.#choices.length}`;
      const message = `${shown(given)} is not among the choices: expected ${expected}.`;
      throw parserError('validation', message, { text, position: positionAt(at), path: [at], expected });
    }
    const reason = isObject(item) ? item['reason'] : undefined;
    return { index: (number as number) - 1, choice, ...(typeof reason === 'string' ? { reason } : {}) };
  }
}

/** An object without a choice, most often one around the selection. */
function unlike(item: { [name: string]: JsonValue }, text: string, position: number): ParserError {
  const around = Object.keys(item).find(
    (name) => typeof item[name] === 'object' && isSelection(item[name] as JsonValue),
  );
  const what =
    around === undefined
      ? 'The selection has no member "choice"'
      : `The selection stands inside the member ${JSON.stringify(around)} of an object`;
  const message = `${what}: expected the list itself, as in ${FORM}.`;
  const path = around === undefined ? [] : [around];
  return parserError('validation', message, { text, position, path, expected: FORM });
}

/** Short enough for a message. */
function shown(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
