import type { LLM, LLMMetadata } from '@mortise/core/llm';

/** A prompt, and the models that it is for. */
export interface PromptCase<T> {
  when(metadata: LLMMetadata): boolean;
  prompt: T;
}

/**
 * The first prompt whose `when` is true of the model, else `otherwise`: one for chat models and one for the rest, a
 * shorter one for small windows.
 */
export function selectPrompt<T>(
  llm: Pick<LLM, 'metadata'>,
  cases: readonly PromptCase<T>[],
  otherwise: T,
): T {
  const { metadata } = llm;
  return (cases.find((each) => each.when(metadata)) ?? { prompt: otherwise }).prompt;
}
