import type { PromptTemplate, VariablesOf } from './contract.ts';
import { fillAll, fillSome, namesOf, parseTemplate, templateOf, type Segment } from './segments.ts';

/**
 * A prompt with variables that the compiler knows.
 *
 * ```ts
 * const ask = prompt('Answer {question} from {context}');
 * ask.format({ question, context }); // leaving one out, or misspelling it, does not compile
 * ```
 */
export function prompt<const T extends string>(template: T): PromptTemplate<VariablesOf<T>> {
  return ofSegments<VariablesOf<T>>(parseTemplate(template));
}

function ofSegments<V extends string>(segments: readonly Segment[]): PromptTemplate<V> {
  return Object.freeze<PromptTemplate<V>>({
    template: templateOf(segments),
    variables: Object.freeze(namesOf(segments) as V[]),
    format: (...[values]) => fillAll(segments, values),
    partial: (values) => ofSegments(fillSome(segments, values)),
  });
}
