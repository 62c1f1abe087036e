import type { Attempt, CallSettings } from '@mortise/core/call';
import {
  BaseReranker,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core/reranker';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, readJson, withOptions, type About } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

export interface FrozenV2RerankerOptions extends CallSettings, FrozenConnectionOptions {
  model: string;
}

/** A reranker of Frozen's second API, which weighs the documents of a request against each other. */
export class FrozenV2Reranker extends BaseReranker {
  readonly metadata: RerankerMetadata = { maxDocuments: 50, comparableScores: false };
  readonly #connection: Connection;

  constructor(options: FrozenV2RerankerOptions) {
    super({ ...options, provider: 'frozen' });
    this.#connection = new Connection(options);
  }

  async doRerank(request: RankRequest, attempt: Attempt): Promise<RankReply> {
    const { query, documents, topN, providerOptions } = request;
    const own = defined({ model: this.model, query, texts: documents, best: topN });
    const body = withOptions(own, providerOptions?.[this.provider]);
    const response = await this.#connection.send('/v2/rank', body, attempt, this);
    const about = this.#connection.about(this);
    return fromReply(await readJson(response, attempt, about), about);
  }
}

function fromReply({ order }: Record<string, unknown>, about: About): RankReply {
  if (!Array.isArray(order)) throw malformed('JSON without an order', about);
  return {
    results: order
      .filter(isObject)
      .map(({ at, weight }) => ({ index: toNumber(at), score: toNumber(weight) })),
  };
}

/** What is no number becomes none; core refuses it. */
function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN;
}
