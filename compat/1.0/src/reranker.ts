import type { Attempt, CallSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { isObject } from '@mortise/core/shared';
import { malformed, readJson, type About } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type FrozenRerankModel = 'frozen-rerank-1' | (string & {});

export interface FrozenRerankerOptions extends CallSettings, FrozenConnectionOptions {
  model: FrozenRerankModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

/** Merged last into the request's body, in Frozen's own spelling. */
export type FrozenRerankProviderOptions = { frozen?: { [member: string]: unknown } };
const DECLARED: RerankerMetadata = { maxDocuments: 100, comparableScores: true };

/** A reranker of Frozen. */
export class FrozenReranker extends BaseReranker<FrozenRerankProviderOptions> {
  readonly metadata: RerankerMetadata;
  readonly #connection: Connection;

  constructor(options: FrozenRerankerOptions) {
    super({ ...options, provider: 'frozen' });
    this.#connection = new Connection(options);
    this.metadata = { ...DECLARED, ...options.metadata };
  }

  async doRerank(request: RankRequest<FrozenRerankProviderOptions>, attempt: Attempt): Promise<RankReply> {
    const response = await this.#connection.send('/v1/rerank', toRankRequest(request, this), attempt, this);
    const about = this.#connection.about(this);
    return fromRankReply(await readJson(response, attempt, about), about);
  }
}
function toRankRequest(request: RankRequest<FrozenRerankProviderOptions>, about: About): object {
  const { query, documents, topN, providerOptions } = request;
  return { model: about.model, query, documents, top: topN, ...providerOptions?.frozen };
}
function fromRankReply({ ranking }: Record<string, unknown>, about: About): RankReply {
  if (!Array.isArray(ranking)) throw malformed('JSON without a ranking', about);
  const results = ranking
    .filter(isObject)
    .map(({ index, score }) => ({ index: Number(index), score: Number(score) }));
  return { results };
}
