import type { ChatMessage, LLM, Warning } from '@mortise/core';
import { checkOptions } from '@mortise/core/shared';
import { answerEvents, roomOptions, writerOf, type Writer, type WritingOptions } from './ask.ts';
import {
  BaseSynthesizer,
  type BaseSynthesizerOptions,
  type SynthesisEvent,
  type SynthesisRequest,
} from './base.ts';
import { CITATION_PROMPT, delimitedQuestion, numbered, type CitationPrompt } from './prompt.ts';
import { roomForSources } from './room.ts';
import { SourceQueue, type SourcePart } from './source-queue.ts';

export interface CitationSynthesizerOptions extends BaseSynthesizerOptions, WritingOptions {
  /** Default: `CITATION_PROMPT`. Keep the variables and the bracketed numbers. */
  prompt?: CitationPrompt | undefined;
}

/**
 * One call to the model with all nodes as numbered sources, in the order they come, and an answer whose citations are
 * checked. Sources that do not fit are left out from the end, and a first one that does not fit alone is cut, with a
 * warning. `CompactSynthesizer` makes further calls instead.
 */
export class CitationSynthesizer extends BaseSynthesizer {
  readonly #writer: Writer;
  readonly #prompt: CitationPrompt;

  constructor(parts: { readonly llm: LLM }, given: CitationSynthesizerOptions = {}) {
    const { llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    super(options);
    this.#writer = writerOf(llm, options);
    this.#prompt = options.prompt ?? CITATION_PROMPT;
  }

  async *doSynthesize({ question, nodes, call }: SynthesisRequest): AsyncGenerator<SynthesisEvent> {
    const queue = new SourceQueue(nodes, this.#writer.tokenizer);
    const parts = queue.take(roomForAnswer(this.#writer, this.#prompt, question));
    yield { type: 'sources', sources: nodes.slice(0, parts.length) };
    for (const warning of leftOutWarnings(nodes.length, parts.length, queue))
      yield { type: 'warning', warning };
    yield* answerEvents(this.#writer, answerMessages(this.#prompt, question, parts), call);
  }
}

/** Tokens for sources beside the prompt that asks for an answer from them. */
export function roomForAnswer(writer: Writer, prompt: CitationPrompt, question: string): number {
  return roomForSources(writer.llm, answerMessages(prompt, question, []), roomOptions(writer));
}

/** The prompt, filled in. */
export function answerMessages(
  prompt: CitationPrompt,
  question: string,
  parts: readonly SourcePart[],
): ChatMessage[] {
  const { texts, tag } = numbered('source', parts, [question]);
  return prompt.format({ sources: texts, tag, question: delimitedQuestion(question, parts) });
}

/** What is to be said of sources that a single prompt did not hold. */
export function leftOutWarnings(all: number, taken: number, queue: SourceQueue): Warning[] {
  const messages: string[] = [];
  if (queue.cutSources().length > 0)
    messages.push(
      "Source [1] is longer than the model's context leaves room for; only its beginning was read.",
    );
  if (taken < all)
    messages.push(
      `${all - taken} of ${all} sources were left out, as they do not fit into the model's context.`,
    );
  return messages.map((message) => ({ type: 'other', message }));
}
