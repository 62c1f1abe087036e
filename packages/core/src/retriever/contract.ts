import type { JsonObject } from '../shared/json.ts';
import type { Attempt, CallOptions, CallSettings } from '../call/contract.ts';
import type { MetadataFilter } from '../store/filter-contract.ts';
import type { Node, NodeWithScore } from '../nodes/contract.ts';

/**
 * Finds the nodes that bear on a query. `BaseRetriever` implements it from `doRetrieve(query, call)`; wrappers and combinations
 * (fusion, routers, caches) take retrievers and are one.
 */
export interface Retriever {
  /**
   * Best first. An empty list is an answer, not an error. Rejects with a `MortiseError`, or with exactly the reason of
   * an aborted `signal`; an aborted signal looks nothing up. The results are the caller's own copies.
   */
  retrieve(query: QueryInput, options?: RetrieveOptions): Promise<NodeWithScore[]>;
}

/** A string is `{ query }`. */
export type QueryInput = string | Query;

export interface Query {
  /** The question in the user's words. */
  query: string;
  /** Its vector, for dense retrievers, which then do not embed `query` themselves. */
  embedding?: Float32Array | undefined;
}

export interface RetrieveOptions extends CallOptions {
  /**
   * How many nodes one hop looks up, above 0. Default: the retriever's own, which it documents. Following `IndexNode`s
   * can make the result longer.
   */
  topK?: number | undefined;
  /** Only nodes whose metadata match. A retriever that cannot filter refuses it as `unsupported`. */
  filters?: MetadataFilter | undefined;
  /** Core's own: the hops that led here. Pass it on when you call another retriever. */
  trail?: readonly Hop[] | undefined;
}

/** One `IndexNode` followed: by which retriever, and what it named. */
export interface Hop {
  readonly retriever: Retriever;
  readonly indexId: string;
}

/** A target of an `IndexNode` that answers by itself. Every `QueryEngine` is one. */
export interface QueryTarget {
  query(query: Query, options?: RetrieveOptions): Promise<QueryTargetAnswer>;
}

/** The members of its answer that are used. A `QueryResponse` has all of them. */
export interface QueryTargetAnswer {
  readonly text: string;
  readonly sources: readonly NodeWithScore[];
  /** `no-nodes`: it found nothing to answer from. */
  readonly outcome: 'answered' | 'no-nodes' | (string & {});
  readonly metadata: JsonObject;
}

/**
 * A target of an `IndexNode`. Its shape tells its kind: an object with `query` is a query engine, one with `retrieve` a
 * retriever, any other a node.
 *
 * - A node comes in place of the `IndexNode`, with its score; if it is an `IndexNode` itself, it is followed in turn.
 *   Under filters it comes only if its own metadata match.
 * - A retriever is asked the same query; its results come in that place, with their own scores.
 * - A query engine is asked the same query; its answer comes as a `TextNode` with the score of the `IndexNode`. The id
 *   is the `IndexNode`'s with `:answer`, the text is the answer, the metadata are the `IndexNode`'s, then the
 *   response's, then `sourceNodeIds`, the ids of the nodes it rests on; the source document is the `IndexNode`'s.
 *   An engine that found nothing to answer from (`outcome: 'no-nodes'`) adds no node.
 */
export type RetrievalObject = Node | Retriever | QueryTarget;

export interface BaseRetrieverOptions extends CallSettings {
  /** Names it in events and messages. Default: the name of its class. */
  name?: string | undefined;
  /**
   * What the `IndexNode`s stand for, by `indexId`. With it, an id that it lacks is `configuration`, and the error names the id.
   * Without it the retriever is not recursive: `IndexNode`s are results like any other, with their own text.
   */
  objects?: ReadonlyMap<string, RetrievalObject> | Readonly<Record<string, RetrievalObject>> | undefined;
  /** Hops in a row, nested retrievers included; more is `configuration`. Default: 8. */
  maxDepth?: number | undefined;
  /** Targets resolved at once. Default: 8. */
  concurrency?: number | undefined;
  /** Default here: `false`, one attempt, since the models that a retriever calls retry by themselves. */
  retry?: CallSettings['retry'];
}

/**
 * What an author's `doRetrieve` gets. It fits as the options of any retriever, store or model: hand it on whole, and
 * `signal`, `topK`, `filters`, the trail and the span reach all of them.
 */
export interface RetrieveCall extends Attempt {
  readonly topK?: number;
  readonly filters?: MetadataFilter;
  readonly trail: readonly Hop[];
  /** The span of this retrieval, or the caller's where there is no subscriber. */
  readonly parent?: string;
}
