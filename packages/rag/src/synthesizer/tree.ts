import type { LLM } from '@mortise/core';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { mapPool } from '@mortise/core/call';
import { answerEvents, replyTo, stepEvents, writerOf, type Writer, type WritingOptions } from './ask.ts';
import {
  BaseSynthesizer,
  type BaseSynthesizerOptions,
  type SynthesisEvent,
  type SynthesisRequest,
} from './base.ts';
import { answerMessages, roomForAnswer } from './citation-synthesizer.ts';
import { combineAnswers } from './combine.ts';
import { CITATION_PROMPT, COMBINE_PROMPT, type CitationPrompt, type CombinePrompt } from './prompt.ts';
import { SourceQueue, splitWarning, type SourcePart } from './source-queue.ts';

export interface TreeSynthesizerOptions extends BaseSynthesizerOptions, WritingOptions {
  /** Asks for an answer from some of the sources. Default: `CITATION_PROMPT`. */
  prompt?: CitationPrompt | undefined;
  /** Asks for one answer out of several. Default: `COMBINE_PROMPT`. */
  combinePrompt?: CombinePrompt | undefined;
  /** Partial answers in one prompt, at most; at least 2. Default: 8. */
  fanIn?: number | undefined;
  /** Calls to the model at once. Default: 4. */
  concurrency?: number | undefined;
}

/**
 * An answer from as many nodes as fit into a prompt, for all nodes at the same time; the answers are then combined, up
 * to `fanIn` in a prompt, until one is left. Each round at least halves their number, so n prompts of sources take
 * log2(n) rounds at most, whatever the model writes. A node that does not fit into a prompt is read in parts, an answer
 * that takes more than half of a prompt is cut, both with a warning. The last call is streamed.
 */
export class TreeSynthesizer extends BaseSynthesizer {
  readonly #writer: Writer;
  readonly #prompt: CitationPrompt;
  readonly #combinePrompt: CombinePrompt;
  readonly #fanIn: number;
  readonly #concurrency: number;

  constructor(parts: { readonly llm: LLM }, given: TreeSynthesizerOptions = {}) {
    const { llm } = checkOptions(parts, 'configuration');
    const options = checkOptions(given, 'configuration');
    super(options);
    this.#writer = writerOf(llm, options);
    this.#prompt = options.prompt ?? CITATION_PROMPT;
    this.#combinePrompt = options.combinePrompt ?? COMBINE_PROMPT;
    this.#fanIn = wholeNumber('fanIn', options.fanIn ?? 8, { least: 2 });
    this.#concurrency = wholeNumber('concurrency', options.concurrency ?? 4);
  }

  async *doSynthesize({ question, nodes, call }: SynthesisRequest): AsyncGenerator<SynthesisEvent> {
    const queue = new SourceQueue(nodes, this.#writer.tokenizer);
    const batches = packed(queue, roomForAnswer(this.#writer, this.#prompt, question));
    const cut = queue.cutSources();
    if (cut.length > 0) yield { type: 'warning', warning: splitWarning(cut) };
    const [first, ...others] = batches.map((parts) => answerMessages(this.#prompt, question, parts));
    if (first === undefined) return;
    if (others.length === 0) {
      yield* answerEvents(this.#writer, first, call);
      return;
    }
    const pool = { concurrency: this.#concurrency, signal: call.signal };
    const replies = await mapPool([first, ...others], pool, (messages, signal) =>
      replyTo(this.#writer, messages, { ...call, signal }),
    );
    for (const reply of replies) yield* stepEvents(reply, 'A partial answer');
    const combining = { writer: this.#writer, prompt: this.#combinePrompt, fanIn: this.#fanIn, ...pool };
    const answers = replies.map(({ text }) => ({ about: '', text }));
    yield* combineAnswers(combining, question, answers, call);
  }
}

function packed(queue: SourceQueue, room: number): SourcePart[][] {
  const batches: SourcePart[][] = [];
  while (!queue.isEmpty) batches.push(queue.take(room));
  return batches;
}
