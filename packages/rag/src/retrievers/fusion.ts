import {
  BaseRetriever,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';
import { checkOptions, reading, requireMembers, wholeNumber } from '@mortise/core/shared';
import { comparableBy, fuse, weightShares, type FuseOptions, type FusionMode } from './fuse.ts';
import { checkQueryGeneration, generateQueries, type QueryGeneration } from './query-generation.ts';
import { askTogether, DEFAULT_CONCURRENCY, type Asked } from './together.ts';

/** What is combined, and how. */
export interface FusionRetrieverOptions extends BaseRetrieverOptions {
  retrievers: readonly WeightedRetriever[];
  /** Default: `relative-score`. */
  mode?: FusionMode | undefined;
  /** For `reciprocal-rank`. Default: 60. */
  k?: number | undefined;
  /** Default: 10. */
  topK?: number | undefined;
  /** How many results are asked of each retriever; never fewer than `topK`. Default: 100. */
  candidates?: number | undefined;
  /** Searches for further wordings of the question too, each counting as much as the question. Default: none. */
  queryGeneration?: QueryGeneration | undefined;
}

/** A retriever, and how much it counts. */
export interface WeightedRetriever {
  retriever: Retriever;
  /** Its share, from 0; the shares are brought to a sum of 1. Default: 1. */
  weight?: number | undefined;
}

/**
 * Several retrievers, or several wordings of a question, as one. Each list's scores are made comparable (see
 * {@link FusionMode}), weighted and added up; no list adds nothing. Fused scores are relative, so they say nothing
 * about how good the best is: `evidence` of all lists is kept for that.
 *
 * A retriever that fails fails the whole, since an answer from half of the sources would look like any other. A model
 * that fails to write queries does not: the question is then searched for alone, with a warning.
 */
export class FusionRetriever extends BaseRetriever {
  // The retrievers below refuse a filter that they cannot honour.
  override readonly supportsFilters = true;
  readonly #retrievers: readonly Retriever[];
  readonly #shares: readonly number[];
  readonly #fusion: FuseOptions;
  readonly #topK: number;
  readonly #candidates: number;
  readonly #concurrency: number;
  readonly #generation: QueryGeneration | undefined;

  constructor(given: FusionRetrieverOptions) {
    const options = checkOptions(given, 'configuration');
    super(options);
    const { mode = 'relative-score', k = 60, queryGeneration } = options;
    const retrievers = reading(
      'retrievers',
      () => options.retrievers.map(({ retriever, weight = 1 }) => ({ retriever, weight })),
      'configuration',
    );
    this.#retrievers = retrievers.map(({ retriever }) =>
      requireMembers(retriever, ['retrieve'], 'retriever', 'Retriever'),
    );
    this.#shares = weightShares(retrievers.map(({ weight }) => weight));
    comparableBy(mode, k);
    this.#fusion = { mode, k };
    this.#topK = wholeNumber('topK', options.topK ?? 10);
    this.#candidates = wholeNumber('candidates', options.candidates ?? 100);
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#generation = queryGeneration === undefined ? undefined : checkQueryGeneration(queryGeneration);
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const topK = call.topK ?? this.#topK;
    const queries = [query, ...(await this.#furtherQueries(query, call))];
    const asked: Asked[] = queries.flatMap((each) =>
      this.#retrievers.map((retriever, at) => {
        const name = `retriever ${at} of a fusion`;
        return { retriever, query: each, name, topK: Math.max(topK, this.#candidates) };
      }),
    );
    const lists = await askTogether(asked, call, this.#concurrency);
    const weights = queries.flatMap(() => this.#shares.map((share) => share / queries.length));
    return fuse(lists, weights, this.#fusion).slice(0, topK);
  }

  async #furtherQueries({ query }: Query, call: RetrieveCall): Promise<Query[]> {
    if (this.#generation === undefined || query.trim() === '') return [];
    const texts = await generateQueries(query, this.#generation, call);
    return texts.map((text) => ({ query: text }));
  }
}
