import { MortiseError } from '../errors.ts';
import { isObject, type JsonValue } from '../json.ts';
import { BaseOutputParser } from './base.ts';
import { parserError } from './errors.ts';
import type { IncrementalJsonOptions } from './incremental-json.ts';
import { findJson, positionOf } from './json.ts';
import type { JsonRepair } from './tolerant-strings.ts';

/** One of the choices that were given. */
export interface Selection {
  /** Index in the choices, from 0. */
  index: number;
  choice: string;
  /** Why, where the model said so. */
  reason?: string;
}

const JSON_OPTIONS: IncrementalJsonOptions = { kinds: ['array', 'object', 'number'], tolerant: true };

export interface SelectionParserOptions {
  /** How many at most. Default: 1. */
  max?: number | undefined;
}

/**
 * Some of a list of choices. The model is shown them numbered from 1 and answers with numbers, which must be among
 * them: 0 and one too many are `validation`, never the neighbour.
 */
export class SelectionParser extends BaseOutputParser<Selection[], Selection[]> {
  readonly #choices: readonly string[];
  readonly #max: number;

  constructor(choices: readonly string[], { max = 1 }: SelectionParserOptions = {}) {
    super();
    if (choices.length === 0)
      throw new MortiseError('configuration', 'SelectionParser takes at least one choice.');
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
    return `Select ${count} by number:\n${list}\nAnswer with JSON alone: [{"choice": 1, "reason": "why"}]`;
  }

  parseText(text: string): Selection[] {
    const repairs: JsonRepair[] = [];
    const value = findJson(text, { ...JSON_OPTIONS, onRepair: (made) => void repairs.push(...made) });
    if (repairs.some(({ kind }) => kind === 'truncated')) {
      const expected = 'the end of the selection';
      const message = `The text ends inside its selection: expected ${expected}. The reply may have been cut short.`;
      throw parserError('parse', message, { text, position: text.length, path: [], expected });
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
    const given = isObject(item) ? item['choice'] : item;
    const number =
      typeof given === 'string' && /^\s*\(?\d{1,9}\)?\s*$/.test(given)
        ? Number(given.replaceAll(/[()]/g, ''))
        : given;
    const choice = typeof number === 'number' ? this.#choices[number - 1] : undefined;
    if (choice === undefined) {
      const expected = `a number from 1 to ${this.#choices.length}`;
      const message = `${JSON.stringify(given)} is not among the choices: expected ${expected}.`;
      throw parserError('validation', message, { text, position: positionAt(at), path: [at], expected });
    }
    const reason = isObject(item) ? item['reason'] : undefined;
    return { index: (number as number) - 1, choice, ...(typeof reason === 'string' ? { reason } : {}) };
  }
}
