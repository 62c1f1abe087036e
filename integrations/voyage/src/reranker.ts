import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { checkOptions, reading } from '@mortise/core/shared';
import { readJson } from '@mortise/core/wire';
import { baseURLOf, Connection, type VoyageConnectionOptions } from './client.ts';
import { fromRerankResponse, toRerankRequest } from './convert-rerank.ts';

/** For completion in an editor only: any model works. */
export type VoyageRerankModel = 'rerank-2.5' | 'rerank-2.5-lite' | (string & {});

/** How to reach a reranker of Voyage AI. All but `model` have defaults. */
export interface VoyageRerankerOptions extends ModelSettings, VoyageConnectionOptions {
  model: VoyageRerankModel;
  /**
   * Whether a query or a document that is longer than the model takes is cut. Default: false, an error; Voyage's own
   * default cuts it without saying so.
   */
  truncation?: boolean | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

/** Merged last into the request's body, in Voyage's own spelling. */
export type VoyageRerankProviderOptions = {
  voyage?: { truncation?: boolean | undefined; [member: string]: unknown } | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/**
 * A document is read with the query and without the others, so that scores of several requests for one query can be
 * compared. https://docs.voyageai.com/reference/reranker-api
 */
const DECLARED: RerankerMetadata = { maxDocuments: 1000, comparableScores: true };

/** A reranker of Voyage AI, or of anyone who speaks its API at `baseURL`. Scores are from 0 to 1. */
export class VoyageReranker extends BaseReranker<VoyageRerankProviderOptions> {
  readonly metadata: RerankerMetadata;
  readonly #truncation: boolean;
  readonly #connection: Connection;

  constructor(given: VoyageRerankerOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'voyage', baseURL: baseURLOf(options) });
    const { truncation = false } = options;
    this.#truncation = truncation;
    this.#connection = new Connection(options);
    this.metadata = reading('metadata', () => ({ ...DECLARED, ...options.metadata }), 'configuration');
  }

  async doRerank(request: RankRequest<VoyageRerankProviderOptions>, attempt: Attempt): Promise<RankReply> {
    const body = toRerankRequest(request, this.#truncation, this);
    const response = await this.#connection.send('rerank', body, attempt, this);
    const about = { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
    return fromRerankResponse(await readJson(response, attempt, about), about);
  }
}
