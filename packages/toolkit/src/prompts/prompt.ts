import { checkOptions, reading } from '@mortise/core/shared';
import type { PromptTemplate, PromptValue, VariablesOf } from './contract.ts';
import {
  fillAll,
  namesOf,
  openNames,
  optionalNames,
  parseTemplate,
  partly,
  present,
  refuseUnknown,
  templateOf,
  type Made,
  type Segment,
} from './segments.ts';

export interface PromptOptions<D> {
  /** For variables that may be left out. */
  defaults?: D | undefined;
}

/**
 * A prompt with variables that the compiler knows.
 *
 * ```ts
 * const ask = prompt('Answer {question} from {context}, in {language}.', { defaults: { language: 'English' } });
 * ask.format({ question, context }); // leaving one out, or misspelling it, does not compile
 * ```
 */
export function prompt<
  const T extends string,
  const D extends { readonly [N in VariablesOf<T>]?: PromptValue } = {},
>(
  template: T,
  options: PromptOptions<D & { readonly [N in Exclude<keyof D, VariablesOf<T>>]: never }> = {},
): PromptTemplate<VariablesOf<T>, Extract<keyof D, string>> {
  const segments = parseTemplate(template);
  const given = checkOptions(options, 'configuration');
  const defaults = reading('defaults', () => ({ ...given.defaults }), 'configuration');
  refuseUnknown(defaults, namesOf(segments));
  return ofSegments<VariablesOf<T>, Extract<keyof D, string>>({ segments, defaults, made: {} });
}

interface State {
  readonly segments: readonly Segment[];
  readonly defaults: object;
  /** Functions and templates that `partial` was given. */
  readonly made: Made;
}

function ofSegments<V extends string, D extends string>(state: State): PromptTemplate<V, D> {
  const { segments, defaults, made } = state;
  const template = {
    template: templateOf(segments),
    variables: Object.freeze(openNames(segments, made)),
    optional: Object.freeze(optionalNames(segments, made, defaults)),
    format(values: object = {}): string {
      return reading(
        'A value',
        () => {
          const given = { ...defaults, ...present(values) };
          return fillAll(segments, { ...given, ...made }, given);
        },
        'validation',
      );
    },
    partial(values: object) {
      const { fill, made: kept } = reading('A value', () => partly(made, values), 'validation');
      return ofSegments({ segments: fill(segments), defaults, made: kept });
    },
  };
  // The names are the compiler's to know: it read them from the literal.
  return Object.freeze(template) as unknown as PromptTemplate<V, D>;
}
