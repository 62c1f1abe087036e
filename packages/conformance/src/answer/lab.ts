import type { Attempt, CallOptions, LLM } from '@mortise/core';
import type { ChatReply, ChatRequest, ChatStreamEvent } from '@mortise/core/llm';
import { createTextNode, type NodeWithScore } from '@mortise/core/retriever';
import type { QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import { ScriptedLLM } from '@mortise/core/testing';
import type { CaseContext } from '../frame/case.ts';

/** Something that answers, ready to be asked one question. */
export interface Answering {
  whole(options?: CallOptions): Promise<QueryResponse>;
  stream(options?: CallOptions): ResponseStream;
}

/** How the cases that synthesizers and query engines have in common make one. */
export interface AnswerProbe<S> {
  /** What its sources being the nodes that were found requires. Default: nothing. */
  readonly sources?: readonly string[];
  /** It asks this model, about these nodes. */
  open(context: CaseContext<S>, llm: LLM, nodes?: readonly NodeWithScore[]): Answering | Promise<Answering>;
}

/** What a case may require of something that answers. `model`: it asks a model, and streams what the model writes. */
export const MODEL = 'model';

export const QUESTION = 'Which wood is "hard"? 😀';

export const NODES: readonly NodeWithScore[] = [
  ['oak', 'Oak is hard and heavy. Barrels are made of it.', 0.75],
  ['ash', 'Ash bends well\nwhen it is steamed.', 0],
  ['pine', 'Pine is soft.', -1.5],
].map(([id, text, score]) => ({
  node: createTextNode({ id: id as string, text: text as string, metadata: { path: `${id}.md` } }),
  score: score as number,
  evidence: { similarity: 0.5 },
}));

/** Right citations and a wrong one. */
export const ANSWER = 'Oak is the hard one [1]. "Pine is soft" [3]. Who knows [9]?';

/** What a model of the lab says, and how it behaves. */
export interface LabModelOptions {
  readonly text?: string | undefined;
  readonly error?: Error | undefined;
  /** Pieces of a stream before it says no more, and does not end either; 0: whole replies do not come either. */
  readonly stallAfter?: number | undefined;
  /** UTF-16 units. Default: 3. */
  readonly pieceLength?: number | undefined;
  readonly contextWindow?: number | undefined;
}

/** A model that says one thing to everybody, and counts. */
export class LabModel extends ScriptedLLM {
  /** Of each request. */
  readonly signals: AbortSignal[] = [];
  /** Text deltas that were fetched from it. */
  pieces = 0;
  readonly #stallAfter: number;

  constructor(options: LabModelOptions = {}) {
    const { text = ANSWER, error, stallAfter = Infinity, pieceLength = 3, contextWindow } = options;
    const finishReason = { unified: 'stop', raw: 'said-all' };
    const usage = { inputTokens: 7, outputTokens: 3 };
    super({
      replies: () => error ?? { content: [{ type: 'text', text }], finishReason, usage },
      pieceLength,
      retry: false,
      metadata: contextWindow === undefined ? {} : { contextWindow, maxOutputTokens: 100 },
    });
    this.#stallAfter = stallAfter;
  }

  override async doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    this.signals.push(attempt.signal);
    const reply = super.doGenerate(request, attempt);
    return this.#stallAfter === 0 ? stalled(attempt.signal) : reply;
  }

  override async *doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent> {
    this.signals.push(attempt.signal);
    for await (const event of super.doStream(request, attempt)) {
      if (event.type === 'text-delta' && this.pieces++ >= this.#stallAfter) await stalled(attempt.signal);
      yield event;
    }
  }
}

/** Ends only by an abort, and then in words of its own. */
export function stalled(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal?.addEventListener('abort', () => reject(new Error('The library has words of its own.')), {
      once: true,
    });
  });
}

/** The two methods that give one answer. */
export const METHODS: readonly (readonly [
  name: string,
  ask: (answering: Answering, options?: CallOptions) => Promise<QueryResponse>,
])[] = [
  ['whole', (answering, options) => answering.whole(options)],
  ['streamed', (answering, options) => answering.stream(options).final()],
];
