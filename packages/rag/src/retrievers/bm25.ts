import { runInSlices, timeSlices } from '@mortise/core/call';
import {
  BaseRetriever,
  type BaseRetrieverOptions,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { BM25Index, type BM25IndexOptions } from './bm25-index.ts';

export interface BM25RetrieverOptions extends BaseRetrieverOptions, BM25IndexOptions {
  /** What is searched. Give either these, or `index`. */
  nodes?: readonly Node[] | undefined;
  /** An index that is kept elsewhere and may change. */
  index?: BM25Index | undefined;
  /** Default: 10. */
  topK?: number | undefined;
}

/** Finds nodes by the words they share with the query. A query or an index without words finds nothing. */
export class BM25Retriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly #index: BM25Index;
  readonly #topK: number;

  constructor(given: BM25RetrieverOptions) {
    const options = checkOptions(given, 'configuration');
    super(options);
    this.#topK = wholeNumber('topK', options.topK ?? 10);
    this.#index = options.index ?? new BM25Index(options);
    this.#index.upsert(options.nodes ?? []);
  }

  doRetrieve(
    { query }: Query,
    { topK = this.#topK, filters, signal }: RetrieveCall,
  ): Promise<NodeWithScore[]> {
    return runInSlices(this.#index.searchSteps(query, topK, filters), timeSlices(signal));
  }
}
