import { MortiseError } from '../errors.ts';
import type { Node } from '../retriever/node.ts';
import { finiteNumber, wholeNumber } from '../shared/options.ts';
import type { MetadataFilter, StoreOptions } from './contract.ts';
import { checkFilter, FILTER_OPERATORS } from './filter.ts';

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

/** How soon a term that comes again stops counting, and how much long nodes are held back, where nothing else is said. */
export const BM25_DEFAULTS = { k1: 1.2, b: 0.75 } as const;

/** The query with its defaults; throws `invalid-request` for what is none. */
export function checkTermQuery(query: TermQuery): TermQuery & { readonly k1: number; readonly b: number } {
  const { terms, topK, filter, k1 = BM25_DEFAULTS.k1, b = BM25_DEFAULTS.b } = query;
  const code = 'invalid-request';
  wholeNumber('topK', topK, { code });
  finiteNumber('k1', k1, { least: 0, code });
  finiteNumber('b', b, { least: 0, most: 1, code });
  for (const [term, weight] of terms)
    if (!(weight > 0 && weight < Infinity)) {
      const message = `The term ${JSON.stringify(term)} counts ${weight}; it takes a number above 0.`;
      throw new MortiseError(code, message);
    }
  if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
  return { ...query, k1, b };
}

/** How rare a term is that `holding` of `nodes` hold, as Lucene has it: never negative, and most for one that none holds. */
export function inverseDocumentFrequency(nodes: number, holding: number): number {
  return Math.log(1 + (nodes - holding + 0.5) / (holding + 0.5));
}

/**
 * What a term counts, before its rarity, that stands `count` times in a node; `relativeLength` is the node's number of
 * terms by the mean of all.
 */
export function termSaturation(count: number, relativeLength: number, k1: number, b: number): number {
  return (count * (k1 + 1)) / (count + k1 * (1 - b + b * relativeLength));
}
