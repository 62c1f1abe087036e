import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { checkOptions, reading } from '@mortise/core/shared';
import { readJson } from '@mortise/core/wire';
import { Connection, type BedrockConnection } from './client.ts';
import { fromRerankResponse, toRerankRequest } from './convert-rerank.ts';

/** For completion in an editor only: any model works. */
export type BedrockRerankModel = 'amazon.rerank-v1:0' | 'cohere.rerank-v3-5:0' | (string & {});

/** How to reach a reranker of Bedrock. All but `model` have defaults. */
export interface BedrockRerankerOptions extends ModelSettings, BedrockConnection {
  model: BedrockRerankModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

/** Merged last into the request's body, in the model's own spelling. */
export type BedrockRerankProviderOptions = {
  bedrock?: { max_tokens_per_doc?: number | undefined; [member: string]: unknown } | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** Both models read each document with the query and without the others, so that scores of several requests can be compared. */
const DECLARED: RerankerMetadata = { maxDocuments: 1000, comparableScores: true };

/** A reranker of Amazon Bedrock, over `InvokeModel`: Amazon's or Cohere's. Scores are from 0 to 1. */
export class BedrockReranker extends BaseReranker<BedrockRerankProviderOptions> {
  readonly metadata: RerankerMetadata;
  readonly #connection: Connection;

  constructor(given: BedrockRerankerOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'bedrock' });
    this.#connection = new Connection(options);
    this.metadata = reading('metadata', () => ({ ...DECLARED, ...options.metadata }), 'configuration');
  }

  async doRerank(request: RankRequest<BedrockRerankProviderOptions>, attempt: Attempt): Promise<RankReply> {
    const { provider, model } = this;
    const body = toRerankRequest(request, this);
    const { response, about } = await this.#connection.send('InvokeModel', body, attempt, {
      provider,
      model,
    });
    return fromRerankResponse(await readJson(response, attempt, about), about);
  }
}
