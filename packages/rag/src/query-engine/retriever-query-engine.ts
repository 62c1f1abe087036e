import type { CallOptions, LLM } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { NodeWithScore, QueryInput, Retriever } from '@mortise/core/retriever';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
  type ResponseSynthesizer,
} from '@mortise/core/synthesizer';
import { abortable } from '../abort.ts';
import { CitationSynthesizer, type CitationSynthesizerOptions } from '../synthesizer/citation-synthesizer.ts';

/** What an engine is made of. */
export interface RetrieverQueryEngineOptions {
  retriever: Retriever;
  synthesizer: ResponseSynthesizer;
  /** Run in this order between retrieval and synthesis. What leaves no node makes the answer `no-nodes`. */
  postprocessors?: readonly NodePostprocessor[] | undefined;
  /** When a query does not say. Default: the retriever's own. */
  topK?: number | undefined;
}

/** Retrieves, postprocesses, and has an answer written from what is left. */
export class RetrieverQueryEngine implements QueryEngine {
  readonly #options: RetrieverQueryEngineOptions;

  constructor(options: RetrieverQueryEngineOptions) {
    this.#options = options;
  }

  query(input: QueryInput, options: QueryOptions = {}): Promise<QueryResponse> {
    return inSpan(
      'query',
      { parent: options.parent, content: () => ({ query: input }) },
      (span) =>
        abortable(options.signal, async () => {
          const call = { ...options, parent: span.id ?? options.parent };
          const left = clock(options.deadlineMs);
          const nodes = await this.#retrieve(input, call, left);
          return this.#options.synthesizer.synthesize(input, nodes, synthesisCall(call, left));
        }),
      ({ outcome, text }) => ({ attributes: { outcome }, content: () => ({ text }) }),
    );
  }

  streamQuery(input: QueryInput, options: QueryOptions = {}): ResponseStream {
    return createResponseStream({
      name: 'query',
      content: () => ({ query: input }),
      signal: options.signal,
      parent: options.parent,
      events: (call) => this.#stream(input, { ...options, ...call }),
    });
  }

  async *#stream(input: QueryInput, call: QueryOptions): AsyncGenerator<ResponseStreamEvent> {
    const left = clock(call.deadlineMs);
    const nodes = await this.#retrieve(input, call, left);
    yield* this.#options.synthesizer.streamSynthesize(input, nodes, synthesisCall(call, left));
  }

  async #retrieve(input: QueryInput, options: QueryOptions, left: Clock): Promise<NodeWithScore[]> {
    const { retriever, postprocessors = [], topK } = this.#options;
    let nodes = await retriever.retrieve(input, { ...options, topK: options.topK ?? topK });
    for (const postprocessor of postprocessors) {
      options.signal?.throwIfAborted();
      nodes = await postprocessor.postprocess(input, nodes, synthesisCall(options, left));
    }
    return nodes;
  }
}

/** Milliseconds that are left for the steps to come; undefined without a deadline. */
type Clock = () => number | undefined;

function clock(deadlineMs: number | undefined): Clock {
  const end = performance.now() + (deadlineMs ?? 0);
  return () => (deadlineMs === undefined ? undefined : Math.max(1, end - performance.now()));
}

/** What is not about retrieval. */
function synthesisCall({ signal, parent, timeoutMs }: QueryOptions, left: Clock): CallOptions {
  return { signal, parent, timeoutMs, deadlineMs: left() };
}

/** How the usual query engine retrieves and cites. */
export interface CreateQueryEngineOptions
  extends CitationSynthesizerOptions, Pick<RetrieverQueryEngineOptions, 'postprocessors' | 'topK'> {}

/**
 * The usual query engine: a retriever, a model, numbered citations. A service context with both fits.
 *
 * ```ts
 * const engine = createQueryEngine({ llm, retriever: index.retriever() });
 * for await (const delta of engine.streamQuery('How do I install it?').textStream) process.stdout.write(delta);
 * ```
 */
export function createQueryEngine(
  { llm, retriever }: { readonly llm: LLM; readonly retriever: Retriever },
  { postprocessors, topK, ...options }: CreateQueryEngineOptions = {},
): RetrieverQueryEngine {
  const synthesizer = new CitationSynthesizer({ llm }, options);
  return new RetrieverQueryEngine({ retriever, synthesizer, postprocessors, topK });
}
