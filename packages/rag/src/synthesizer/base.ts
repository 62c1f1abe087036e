import type { CallOptions, FinishReason, Usage, Warning } from '@mortise/core';
import type { AnsweredBy } from '@mortise/core/call';
import { checkOptions, defined } from '@mortise/core/shared';
import { toQuery, type NodeWithScore, type QueryInput } from '@mortise/core/retriever';
import type {
  Citation,
  QueryResponse,
  ResponseStream,
  ResponseStreamEvent,
  ResponseSynthesizer,
} from '@mortise/core/synthesizer';
import { streamedAnswer, totalUsage, wholeAnswer, type AnswerCall, type AnswerSpec } from '../answer.ts';
import { givenNodes } from '../given-nodes.ts';
import { CitationScanner } from './citations.ts';

/** What is answered when the sources do not say. */
export const NOT_FOUND_TEXT = 'The answer was not found in the documents.';

export interface BaseSynthesizerOptions {
  /** The answer where no nodes were found. Default: `The answer was not found in the documents.` */
  notFoundText?: string | undefined;
}

/** What is to be answered, from what. */
export interface SynthesisRequest {
  readonly question: string;
  /** At least one. */
  readonly nodes: readonly NodeWithScore[];
  readonly call: SynthesisCall;
}

/** How a synthesizer calls what it needs. */
export interface SynthesisCall {
  readonly signal: AbortSignal | undefined;
  readonly parent: string | undefined;
  readonly timeoutMs: number | undefined;
  /** Milliseconds that are left of the caller's deadline; undefined without one. */
  readonly remainingMs: () => number | undefined;
  /** Somebody reads along: stream the text where it can be streamed. */
  readonly streamed: boolean;
}

/** What an author's `doSynthesize` yields. */
export type SynthesisEvent =
  /** Before all text, where they are not the nodes of the request: what the answer is written from. */
  | { readonly type: 'sources'; readonly sources: readonly NodeWithScore[] }
  | { readonly type: 'text-delta'; readonly delta: string }
  | { readonly type: 'warning'; readonly warning: Warning }
  /** A reply of a model is over. Usage is summed; finish reason and who answered are those of the last one. */
  | ({
      readonly type: 'reply';
      readonly finishReason: FinishReason;
      readonly usage: Usage;
      readonly model?: string;
    } & Readonly<AnsweredBy>);

/**
 * Everything a synthesizer does besides writing: both ways to read it, spans, abort, sources, checked citations, the
 * sum of the usage. An author implements `doSynthesize`, which is not called when there are no nodes.
 */
export abstract class BaseSynthesizer implements ResponseSynthesizer {
  readonly #notFoundText: string;

  constructor(options: BaseSynthesizerOptions = {}) {
    const { notFoundText = NOT_FOUND_TEXT } = checkOptions(options, 'configuration');
    this.#notFoundText = notFoundText;
  }

  /** The answer, piece by piece. The request's nodes must not be changed. */
  abstract doSynthesize(request: SynthesisRequest): AsyncIterable<SynthesisEvent>;

  synthesize(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options: CallOptions = {},
  ): Promise<QueryResponse> {
    return wholeAnswer(this.#spec(query, nodes, options));
  }

  streamSynthesize(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options: CallOptions = {},
  ): ResponseStream {
    return streamedAnswer(this.#spec(query, nodes, options));
  }

  #spec(query: QueryInput, nodes: readonly NodeWithScore[], options: CallOptions): AnswerSpec {
    return {
      name: 'synthesize',
      attributes: () => ({ nodes: givenNodes(nodes).length }),
      content: () => ({ query }),
      options,
      events: (call) => this.#events(query, nodes, call),
    };
  }

  async *#events(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    call: AnswerCall,
  ): AsyncGenerator<ResponseStreamEvent> {
    const question = toQuery(query).query;
    const given = givenNodes(nodes).map((source) => ({ ...source }));
    if (given.length === 0) yield* notFoundEvents(this.#notFoundText);
    else {
      // Awaited, since what an author's `doSynthesize` gives may be a promise, whose rejection is then heard.
      const written = await Promise.resolve(this.doSynthesize({ question, nodes: given, call }));
      yield* assembled(written, given);
    }
  }
}

/** Says that nothing was found. */
export async function* notFoundEvents(text: string): AsyncGenerator<ResponseStreamEvent> {
  yield { type: 'sources', sources: [] };
  yield { type: 'text-delta', delta: text };
  const response = { text, sources: [], citations: [], outcome: 'no-nodes', warnings: [], metadata: {} };
  yield { type: 'finish', response };
}

/** What was written, with its citations checked as they come and the response at the end. */
export async function* assembled(
  written: AsyncIterable<SynthesisEvent>,
  nodes: NodeWithScore[],
): AsyncGenerator<ResponseStreamEvent> {
  const warnings: Warning[] = [];
  const usages: Usage[] = [];
  const citations: Citation[] = [];
  let last: Pick<QueryResponse, 'finishReason' | 'provider' | 'server' | 'model'> = {};
  let sources: NodeWithScore[] = nodes;
  let scanner: CitationScanner | undefined;

  function* begun(): Generator<ResponseStreamEvent, CitationScanner> {
    if (scanner !== undefined) return scanner;
    yield { type: 'sources', sources };
    return (scanner = new CitationScanner(sources));
  }

  for await (const event of written) {
    if (event.type === 'reply') {
      usages.push(event.usage);
      const { finishReason, provider, server, model } = event;
      last = defined({ finishReason, provider, server, model });
      continue;
    }
    if (event.type === 'sources') {
      sources = [...event.sources];
      yield* begun();
      continue;
    }
    const scan = yield* begun();
    yield { ...event };
    if (event.type === 'warning') {
      warnings.push(event.warning);
      continue;
    }
    for (const citation of scan.push(event.delta)) {
      citations.push(citation);
      yield { type: 'citation', citation };
    }
  }
  const scan = yield* begun();
  for (const citation of scan.end()) {
    citations.push(citation);
    yield { type: 'citation', citation };
  }
  if (scan.text.trim() === '' && last.finishReason !== undefined) {
    const message = `The model answered with no text; it stopped for ${last.finishReason.raw}.`;
    const warning: Warning = { type: 'other', message };
    warnings.push(warning);
    yield { type: 'warning', warning };
  }
  const usage = totalUsage(usages);
  yield {
    type: 'finish',
    response: {
      text: scan.text,
      sources,
      citations,
      outcome: 'answered',
      ...last,
      ...(usage === undefined ? {} : { usage }),
      warnings,
      metadata: {},
    },
  };
}
