import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { QueryEngine, QueryOptions } from '@mortise/core/query-engine';
import type { QueryInput, Retriever } from '@mortise/core/retriever';
import {
  createResponseStream,
  type QueryResponse,
  type ResponseStream,
  type ResponseStreamEvent,
  type ResponseSynthesizer,
} from '@mortise/core/synthesizer';

export interface FrozenQueryEngineOptions {
  retriever: Retriever;
  synthesizer: ResponseSynthesizer;
  /** Run in this order. Default: none. */
  postprocessors?: readonly NodePostprocessor[] | undefined;
}

/** Looks up, postprocesses, and has the answer written by others. */
export class FrozenQueryEngine implements QueryEngine {
  readonly #options: FrozenQueryEngineOptions;

  constructor(options: FrozenQueryEngineOptions) {
    this.#options = options;
  }

  query(input: QueryInput, options?: QueryOptions): Promise<QueryResponse> {
    return this.streamQuery(input, options).final();
  }

  streamQuery(input: QueryInput, options: QueryOptions = {}): ResponseStream {
    return createResponseStream({
      name: 'query',
      content: () => ({ query: input }),
      signal: options.signal,
      parent: options.parent,
      events: (call) => this.#events(input, { ...options, ...call }),
    });
  }

  async *#events(input: QueryInput, options: QueryOptions): AsyncGenerator<ResponseStreamEvent> {
    const { retriever, synthesizer, postprocessors = [] } = this.#options;
    const { signal, parent, timeoutMs, deadlineMs } = options;
    const call = { signal, parent, timeoutMs, deadlineMs };
    let nodes = await retriever.retrieve(input, options);
    for (const step of postprocessors) nodes = await step.postprocess(input, nodes, call);
    yield* synthesizer.streamSynthesize(input, nodes, call);
  }
}
