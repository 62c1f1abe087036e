import { reading } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import { BaseOutputParser, parserError } from '@mortise/core/parser';

export interface RegexParserOptions {
  /** What to tell the model of the form. Default: nothing. */
  instructions?: string | undefined;
}

/**
 * The named groups of the first match of a pattern; a group that took no part is absent. The pattern is yours, and so
 * is its worst case: a reply can be made to meet it.
 *
 * ```ts
 * const parser = new RegexParser<'score' | 'why'>(/Score: (?<score>\d+)(?:\s+Why: (?<why>.*))?/);
 * ```
 */
export class RegexParser<K extends string = string> extends BaseOutputParser<
  { [N in K]?: string },
  { [N in K]?: string }
> {
  readonly #pattern: RegExp;
  readonly #instructions: string;

  constructor(pattern: RegExp, options: RegexParserOptions = {}) {
    super();
    // With an empty alternative every pattern matches, and tells its groups.
    const groups = reading(
      'The pattern',
      () => new RegExp(`${pattern.source}|`, pattern.flags.replace('y', '')).exec('')?.groups,
      'configuration',
    );
    if (groups === undefined) {
      throw new MortiseError(
        'configuration',
        'RegexParser takes a pattern with named groups, such as (?<name>\\w+).',
      );
    }
    // The flags g and y would remember where the last text was left.
    this.#pattern = new RegExp(pattern.source, pattern.flags.replaceAll(/[gy]/g, ''));
    this.#instructions = options.instructions ?? '';
  }

  override get name(): string {
    return 'RegexParser';
  }

  override instructions(): string {
    return this.#instructions;
  }

  doParse(text: string): { [N in K]?: string } {
    const match = this.#pattern.exec(text);
    if (match === null) {
      const expected = `text that matches ${String(this.#pattern)}`;
      throw parserError('parse', `The reply does not match: expected ${expected}.`, {
        text,
        position: 0,
        path: [],
        expected,
      });
    }
    return Object.fromEntries(
      Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined),
    ) as {
      [N in K]?: string;
    };
  }
}
