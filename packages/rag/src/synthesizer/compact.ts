import type { ChatMessage, ChatResponse, LLM } from '@mortise/core';
import { checkOptions, delimited } from '@mortise/core/shared';
import {
  answerEvents,
  replyTo,
  roomOptions,
  stepEvents,
  writerOf,
  type Writer,
  type WritingOptions,
} from './ask.ts';
import {
  BaseSynthesizer,
  type BaseSynthesizerOptions,
  type SynthesisEvent,
  type SynthesisRequest,
} from './base.ts';
import { answerMessages, roomForAnswer } from './citation-synthesizer.ts';
import {
  CITATION_PROMPT,
  numbered,
  REFINE_PROMPT,
  type CitationPrompt,
  type RefinePrompt,
  textsIn,
} from './prompt.ts';
import { roomForSources } from './room.ts';
import { SourceQueue, splitWarning, type SourcePart } from './source-queue.ts';

/** Both prompts number the sources through, so that citations of every step hold in the end. */
export interface RefineSynthesizerOptions extends BaseSynthesizerOptions, WritingOptions {
  /** Asks for the first answer. Default: `CITATION_PROMPT`. */
  prompt?: CitationPrompt | undefined;
  /** Asks for it to be made better with further sources. Default: `REFINE_PROMPT`. */
  refinePrompt?: RefinePrompt | undefined;
}

/**
 * An answer from the first node, made better with one node after the other: a call for each, in their order. Slow and
 * thorough. A node that does not fit into a prompt is read in parts, with a warning. The last call is streamed.
 */
export class RefineSynthesizer extends BaseSynthesizer {
  readonly #steps: Steps;

  constructor(parts: { readonly llm: LLM }, given: RefineSynthesizerOptions = {}) {
    const { llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    super(options);
    this.#steps = stepsOf(llm, options, 1);
  }

  doSynthesize(request: SynthesisRequest): AsyncIterable<SynthesisEvent> {
    return refined(request, this.#steps);
  }
}

/**
 * The same with as many nodes in each prompt as fit: one call where the context window holds all, which is what an
 * unknown window is taken for.
 */
export class CompactSynthesizer extends BaseSynthesizer {
  readonly #steps: Steps;

  constructor(parts: { readonly llm: LLM }, given: RefineSynthesizerOptions = {}) {
    const { llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    super(options);
    this.#steps = stepsOf(llm, options, Infinity);
  }

  doSynthesize(request: SynthesisRequest): AsyncIterable<SynthesisEvent> {
    return refined(request, this.#steps);
  }
}

interface Steps {
  readonly writer: Writer;
  readonly prompt: CitationPrompt;
  readonly refinePrompt: RefinePrompt;
  /** Sources in one prompt, at most. */
  readonly most: number;
}

function stepsOf(llm: LLM, options: RefineSynthesizerOptions, most: number): Steps {
  const { prompt = CITATION_PROMPT, refinePrompt = REFINE_PROMPT } = options;
  return { writer: writerOf(llm, options), prompt, refinePrompt, most };
}

async function* refined(
  { question, nodes, call }: SynthesisRequest,
  { writer, prompt, refinePrompt, most }: Steps,
): AsyncGenerator<SynthesisEvent> {
  const queue = new SourceQueue(nodes, writer.tokenizer);
  let answer: string | undefined;
  for (let step = 1; ; step++) {
    // Each time anew, as the answer so far takes its part of the room.
    const frame = (parts: readonly SourcePart[]): ChatMessage[] =>
      answer === undefined
        ? answerMessages(prompt, question, parts)
        : refineMessages(refinePrompt, question, answer, parts);
    const room =
      answer === undefined
        ? roomForAnswer(writer, prompt, question)
        : roomForSources(writer.llm, frame([]), roomOptions(writer));
    const messages = frame(queue.take(room, most));
    if (queue.isEmpty) {
      const cut = queue.cutSources();
      if (cut.length > 0) yield { type: 'warning', warning: splitWarning(cut) };
      yield* answerEvents(writer, messages, call);
      return;
    }
    const reply: ChatResponse = await replyTo(writer, messages, call);
    yield* stepEvents(reply, `Step ${step} of the answer`);
    // A step that came to nothing must not lose what the steps before it found.
    if (reply.text.trim() !== '') answer = reply.text;
  }
}

function refineMessages(
  prompt: RefinePrompt,
  question: string,
  answer: string,
  parts: readonly SourcePart[],
): ChatMessage[] {
  const { texts, tag } = numbered('source', parts, [answer, question]);
  return prompt.format({
    sources: texts,
    tag,
    answer: delimited(answer, 'answer', [question, ...textsIn(parts)]),
    question: delimited(question, 'question', [answer, ...textsIn(parts)]),
  });
}
