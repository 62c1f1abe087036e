import type {
  AnsweredBy,
  CallOptions,
  ModelSettings,
  ProviderMetadata,
  ProviderOptions,
  Warning,
} from '../call/contract.ts';

/**
 * Orders documents by how well they answer a query, reading both together: slower and better than comparing vectors,
 * so it sees the first tens or hundreds of a retrieval. `BaseReranker` implements it from `doRerank`, which makes one attempt
 * of one request.
 */
export interface Reranker<P extends ProviderOptions = ProviderOptions> {
  /** The integration, such as `cohere`; also its key in `providerOptions` and `providerMetadata`. */
  readonly provider: string;
  readonly model: string;
  readonly metadata: RerankerMetadata;
  /**
   * No documents: an empty result without a request (K-02). More than `metadata.maxDocuments`: several requests where
   * scores are comparable, else `unsupported` (K-03).
   */
  rerank(query: string, documents: readonly string[], options?: RerankOptions<P>): Promise<RerankResult>;
}

/** What is known of a model. Unknown is absent, never an invented number. */
export interface RerankerMetadata {
  /** The most documents in one request; at least 1. */
  maxDocuments?: number;
  /** A document's score depends on the query and itself alone, so that scores of different requests may be compared. */
  comparableScores: boolean;
}

/** What a call of a reranker takes. */
export interface RerankOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
  /** At most this many results; a whole number above 0. Default: all documents. */
  topN?: number | undefined;
  providerOptions?: P | undefined;
}

/** The ranking, with what it cost. */
export interface RerankResult extends AnsweredBy {
  /** The best `topN`, or all: best first, each document at most once (K-01). */
  results: RankedDocument[];
  usage: RerankUsage;
  warnings: Warning[];
  /** The model that was asked. The bases always give it. */
  model?: string;
  /** The provider's other data, keyed by provider; of several requests, the last one's. */
  providerMetadata?: ProviderMetadata;
}

export interface RankedDocument {
  /** Its place in `documents`, from 0. */
  index: number;
  /** Higher is better. The scale is the model's: 0 to 1 on most, a logit on some. Finite. */
  score: number;
}

/** The sum over the requests of one call. A member is absent when any reply lacks it, and 0 when nothing was sent. */
export interface RerankUsage {
  inputTokens?: number;
  /** For providers that bill by query and a number of documents. */
  searchUnits?: number;
}

/** What every reranker of an integration takes. */
export interface BaseRerankerOptions extends ModelSettings {
  /** The integration, such as `cohere`. */
  provider: string;
  model: string;
  /** Where the server is, the provider's own address included: events say its host. It is not kept. Default: they say none. */
  baseURL?: string | undefined;
}

/** One request, as an author's `doRerank(request, attempt)` gets it. */
export interface RankRequest<P extends ProviderOptions = ProviderOptions> {
  readonly query: string;
  /** 1 to `maxDocuments`. */
  readonly documents: readonly string[];
  /** At most the number of documents. */
  readonly topN: number;
  readonly providerOptions?: P;
}

/** What `doRerank` gives: what it read out of one reply. */
export interface RankReply {
  /** The best `topN` or more, best first, `index` into the request's documents. */
  readonly results: readonly RankedDocument[];
  readonly usage?:
    | { readonly inputTokens?: number | undefined; readonly searchUnits?: number | undefined }
    | undefined;
  readonly providerMetadata?: ProviderMetadata | undefined;
}
