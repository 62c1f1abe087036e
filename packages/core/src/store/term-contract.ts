import type { Node } from '../nodes/contract.ts';
import type { MetadataFilter } from './filter-contract.ts';
import type { StoreOptions } from './key-value-contract.ts';

/** A node's words as they are indexed: cut, folded and stemmed by the caller. */
export interface NodeTerms {
  id: string;
  /** Any strings but the empty one, each as often as it stands in the node. */
  terms: readonly string[];
}

/** What is searched for by words. */
export interface TermQuery {
  /** Each term and how much it counts, above 0: how often it stands in the question. None of them finds nothing. */
  terms: ReadonlyMap<string, number>;
  /** The best of so many nodes, a whole number above 0; with `also` the result can be longer. */
  topK: number;
  /** Only nodes whose metadata match; applied before the best are taken. */
  filter?: MetadataFilter | undefined;
  /** Nodes whose scores are wanted too, if they are found at all. */
  also?: readonly string[] | undefined;
  /** How soon a term that comes again stops counting, from 0. Default: 1.2. */
  k1?: number | undefined;
  /** How much long nodes are held back, 0 to 1. Default: 0.75. */
  b?: number | undefined;
}

/** A node that shares a term with the query. */
export interface RankedTerms {
  id: string;
  /**
   * BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009), above 0, with the
   * inverse document frequency `ln(1 + (N - n + 0.5) / (n + 0.5))`, where N is how many nodes have terms and count.
   */
  score: number;
  /** The part of the query's terms that the node holds, each by its inverse document frequency once: 0 to 1. */
  coverage: number;
}

/**
 * Nodes by the words that they hold. A node is found when a record names it in its `nodeIds` and its terms were set:
 * from the moment that a record no longer names it, nobody finds it (I-01). Its terms go with the node, and when the node
 * is replaced. There is one analysis at a time: with the first terms of another, those of the earlier one are gone.
 */
export interface TermIndex {
  /** In the place of the earlier terms of these nodes. One that is not there is passed over. */
  set(entries: readonly NodeTerms[], options?: StoreOptions): Promise<void>;
  /** Nodes that a record names and that have no terms, as another writer leaves them. Those that come meanwhile may be among them. */
  missing(options?: StoreOptions): AsyncIterable<Node>;
  /** Best first; of equal scores by id. What is wrong with the query is `invalid-request`. */
  rank(query: TermQuery, options?: StoreOptions): Promise<RankedTerms[]>;
}
