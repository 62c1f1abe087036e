import type { Attempt, ModelSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { isObject } from '@mortise/core/shared';
import { malformed, readJson, withOptions, type About } from '@mortise/core/wire';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type AcmeRerankModel = 'acme-rerank-1' | (string & {});

/** How to reach a reranker of Acme. */
export interface AcmeRerankerOptions extends ModelSettings, AcmeConnectionOptions {
  model: AcmeRerankModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<RerankerMetadata> | undefined;
}

/** Merged last into the request's body, in Acme's own spelling. */
export type AcmeRerankProviderOptions = { acme?: { [member: string]: unknown } };

// REPLACE: how many documents a request takes, and whether a score depends on its own document alone.
const DECLARED: RerankerMetadata = { maxDocuments: 100, comparableScores: true };

/** A reranker of Acme. */
export class AcmeReranker extends BaseReranker<AcmeRerankProviderOptions> {
  readonly metadata: RerankerMetadata;
  readonly #connection: Connection;

  constructor(options: AcmeRerankerOptions) {
    super({ ...options, provider: 'acme' });
    this.#connection = new Connection(options);
    this.metadata = { ...DECLARED, ...options.metadata };
  }

  async doRerank(request: RankRequest<AcmeRerankProviderOptions>, attempt: Attempt): Promise<RankReply> {
    const response = await this.#connection.send('/v1/rerank', toRankRequest(request, this), attempt, this);
    const about = this.#connection.about(this);
    return fromRankReply(await readJson(response, attempt, about), about);
  }
}

// REPLACE: what the API is sent.
function toRankRequest(request: RankRequest<AcmeRerankProviderOptions>, about: About): object {
  const { query, documents, topN, providerOptions } = request;
  return withOptions({ model: about.model, query, documents, top: topN }, providerOptions?.acme);
}

// REPLACE: what the API answers. Core refuses a place out of range, one given twice, and a wrong order.
function fromRankReply({ ranking }: Record<string, unknown>, about: About): RankReply {
  if (!Array.isArray(ranking)) throw malformed('JSON without a ranking', about);
  const results = ranking
    .filter(isObject)
    .map(({ index, score }) => ({ index: numberOf(index), score: numberOf(score) }));
  return { results };
}

// A value that is not a number must not become one: `Number(null)` is 0. Core refuses NaN.
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);
