import type { AnsweredBy, CallOptions, Warning } from '../call/contract.ts';
import type { JsonObject } from '../shared/json.ts';
import type { FinishReason } from '../llm/contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import type { QueryInput } from '../retriever/contract.ts';
import type { NodeWithScore } from '../nodes/contract.ts';
import type { WebStream } from '../sse/contract.ts';

/** Writes an answer to a query from the nodes that were found. */
export interface ResponseSynthesizer {
  /** No nodes: says so with `outcome: 'no-nodes'`, without a call to a model. */
  synthesize(
    query: QueryInput,
    nodes: readonly NodeWithScore[],
    options?: CallOptions,
  ): Promise<QueryResponse>;
  /** Nothing is done before the stream is first read. `final()` gives what `synthesize` would have given. */
  streamSynthesize(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): ResponseStream;
}

/**
 * An answer, with the nodes it rests on. Plain data. `provider`, `server` and `model` are of the reply whose text it is;
 * absent when no model was asked.
 */
export interface QueryResponse extends AnsweredBy {
  text: string;
  /** What the answer was written from, numbered from 1 by their place: `[2]` in the text is `sources[1]`. */
  sources: NodeWithScore[];
  /** Every citation in the text, in its order, checked. */
  citations: Citation[];
  /** `no-nodes`: nothing was found, `text` says so, no model was asked. */
  outcome: 'answered' | 'no-nodes' | (string & {});
  /** Why the model stopped: an answer cut at `length` shows here. Absent when no model was asked. */
  finishReason?: FinishReason;
  /** The model that wrote the answer; it may be a dated version of the one asked for. */
  model?: string;
  /** Of all calls to the language model together. */
  usage?: Usage;
  warnings: Warning[];
  metadata: JsonObject;
}

/** A place in the answer that names a source. All offsets are UTF-16 units, end exclusive. */
export interface Citation {
  /** The number as it stands in the text. */
  number: number;
  /** Where its marker stands in the answer's text. */
  start: number;
  end: number;
  /** The node of that number. Absent when there is none. */
  nodeId?: string;
  /**
   * The words of the source that the answer repeats, as they stand there. Where there is a `problem`, the words that the answer
   * has in quotation marks: of a `misquote` they stand in no source.
   */
  quote?: string;
  /** Where they stand in the node's text. Absent where there is a `problem`. */
  quoteStart?: number;
  quoteEnd?: number;
  /**
   * Absent when the citation holds. `unknown-source`: no source has this number. `misquote`: the words of
   * `quote` stand in no source. `other-source`: they stand in another source than the one named.
   */
  problem?: 'unknown-source' | 'misquote' | 'other-source' | (string & {});
}

/** Deltas only: the text is their concatenation. */
export type ResponseStreamEvent =
  /** First: what the answer will be written from. Again, with all of them, where tools find more on the way. */
  | { type: 'sources'; sources: NodeWithScore[] }
  | { type: 'text-delta'; delta: string }
  /** As soon as its marker is complete, which may be several deltas after its first character. */
  | { type: 'citation'; citation: Citation }
  | { type: 'warning'; warning: Warning }
  /** Last, and once. */
  | { type: 'finish'; response: QueryResponse }
  | { type: `${string}:${string}`; [member: string]: unknown };

/**
 * An answer that is still arriving, under the rules of `ChatStream`: single use, pull-based, cancelled by `break`. A second reader
 * is refused with `invalid-request`. `final()` may be called at any time; after `break` or `cancel()` it rejects with
 * `aborted` and the text so far in `partial`.
 */
export interface ResponseStream extends AsyncIterable<ResponseStreamEvent>, WebStream<ResponseStreamEvent> {
  /** The text deltas alone. */
  readonly textStream: AsyncIterable<string>;
  /** What has arrived so far. */
  readonly partial: PartialQueryResponse;
  final(): Promise<QueryResponse>;
  /** Leaves the stream, and the model's with it. */
  cancel(): Promise<void>;
}

/** A `QueryResponse` without the members that only the end of a stream gives. `sources` is absent until they are known. */
export interface PartialQueryResponse {
  text: string;
  sources?: NodeWithScore[];
  citations: Citation[];
  /** In the `partial` of an error: what the answer would have had, where that is known, such as the turn that a conversation kept. */
  metadata?: JsonObject;
}
