import type { QueryInput, RetrieveOptions } from '../retriever/contract.ts';
import type { QueryResponse, ResponseStream } from '../synthesizer/contract.ts';

/** Answers a question from documents: retrieval, postprocessing and synthesis behind one method. */
export interface QueryEngine {
  /**
   * Nothing found is an answer (`outcome: 'no-nodes'`, no call to a model), not an error. Rejects with a
   * `MortiseError`, or with exactly the reason of an aborted `signal`.
   */
  query(input: QueryInput, options?: QueryOptions): Promise<QueryResponse>;
  /** Nothing is looked up or sent before the stream is first read. */
  streamQuery(input: QueryInput, options?: QueryOptions): ResponseStream;
}

/** `topK`, `filters` and the trail reach the retriever, `signal` and the span everything. */
export interface QueryOptions extends RetrieveOptions {}
