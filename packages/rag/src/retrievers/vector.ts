import type { EmbeddingModel } from '@mortise/core/embedding';
import {
  BaseRetriever,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { wholeNumber } from '@mortise/core/shared';
import { checkVectorSearch, type VectorStore } from '@mortise/core/store';
import { requireDimensions } from '../dimensions.ts';

/** Where to search, and with which model. */
export interface VectorRetrieverOptions extends BaseRetrieverOptions {
  store: VectorStore;
  /** The model that the store's vectors come from. */
  embedding: EmbeddingModel;
  /** Of the query's vector, as the `dimensions` of the pipeline that made the others. Default: the model's own. */
  dimensions?: number | undefined;
  /** Default: 10. */
  topK?: number | undefined;
}

/**
 * Finds nodes by the nearness of their vectors to the query's; a query that brings its vector is not embedded. A filter
 * that the store does not take is `unsupported`, and a model of other dimensions than the store tells `configuration`,
 * before the query is embedded.
 */
export class VectorRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly #store: VectorStore;
  readonly #embedding: EmbeddingModel;
  readonly #dimensions: number | undefined;
  readonly #topK: number;

  constructor(options: VectorRetrieverOptions) {
    super(options);
    this.#store = options.store;
    this.#embedding = options.embedding;
    this.#dimensions = options.dimensions;
    this.#topK = wholeNumber('topK', options.topK ?? 10);
  }

  async doRetrieve(
    query: Query,
    { topK = this.#topK, filters, signal, parent }: RetrieveCall,
  ): Promise<NodeWithScore[]> {
    const search = { topK, filter: filters };
    // What will be refused is refused before it is paid for.
    checkVectorSearch(search, this.#store.support);
    if (query.embedding === undefined)
      requireDimensions(this.#store.support, this.#dimensions ?? this.#embedding.metadata.dimensions);
    const options = { dimensions: this.#dimensions, signal, parent };
    const embedding = query.embedding ?? (await this.#embedding.embedQuery(query.query, options));
    return this.#store.query({ ...search, embedding }, { signal });
  }
}
