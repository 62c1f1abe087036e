import { checkOptions, reading } from '@mortise/core/shared';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { readJson } from '@mortise/core/wire';
import { baseURLOf, Connection, type CohereConnectionOptions } from './client.ts';
import { warningsOf } from './convert-embedding.ts';
import { fromRerankResponse, toRerankRequest } from './convert-rerank.ts';

/** For completion in an editor only: any model works. */
export type CohereRerankModel = 'rerank-v4.0-pro' | 'rerank-v4.0-fast' | 'rerank-v3.5' | (string & {});

/** How to reach a reranker of Cohere. All but `model` have defaults. */
export interface CohereRerankerOptions extends ModelSettings, CohereConnectionOptions {
  model: CohereRerankModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

/** Merged last into the request's body, in Cohere's own spelling. */
export type CohereRerankProviderOptions = {
  cohere?:
    | {
        /** What is longer is cut. Cohere's default: 4096. */
        max_tokens_per_doc?: number | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/**
 * Cohere refuses more than 10,000 documents and recommends at most 1,000 a request. It reads each of them with the query
 * and without the others, so that scores of several requests for one query can be compared.
 */
const DECLARED: RerankerMetadata = { maxDocuments: 1000, comparableScores: true };

/** A reranker of Cohere, or of anyone who speaks its v2 API at `baseURL`. Scores are from 0 to 1. */
export class CohereReranker extends BaseReranker<CohereRerankProviderOptions> {
  readonly metadata: RerankerMetadata;
  readonly #connection: Connection;

  constructor(given: CohereRerankerOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'cohere', baseURL: baseURLOf(options) });
    this.#connection = new Connection(options);
    this.metadata = reading('metadata', () => ({ ...DECLARED, ...options.metadata }), 'configuration');
  }

  async doRerank(request: RankRequest<CohereRerankProviderOptions>, attempt: Attempt): Promise<RankReply> {
    const response = await this.#connection.send('/v2/rerank', toRerankRequest(request, this), attempt, this);
    const about = { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
    const reply = await readJson(response, attempt, about);
    for (const message of warningsOf(reply)) attempt.warn({ type: 'other', message });
    return fromRerankResponse(reply, about);
  }
}
