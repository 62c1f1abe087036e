import {
  BaseReranker,
  type Attempt,
  type ModelSettings,
  type RankReply,
  type RankRequest,
  type RerankerMetadata,
} from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { malformed } from '@mortise/core/wire';
import { WireCall } from '../fetch.ts';
import { headersOf, OURS, partOf, providerData, THEIRS, type Part } from '../read.ts';
import type { AISDKRerankingModel } from '../spec.ts';
import { secretsOf, theirsOf } from './about.ts';
import { errorFrom } from './errors.ts';
import { warningsFrom } from './warnings.ts';

/** How a reranking model of the AI SDK is called. All have defaults. */
export interface FromAISDKRerankerOptions extends ModelSettings {
  /** What is known of the model. Default: scores of different requests are not comparable. */
  metadata?: Partial<RerankerMetadata> | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Keys and the like that no error may show, besides those that the model's own headers tell. */
  secrets?: readonly string[] | undefined;
}

/** A reranking model of theirs. It makes one request; core checks the ranking and retries. */
export class AISDKReranker extends BaseReranker {
  readonly metadata: RerankerMetadata;
  readonly #model: AISDKRerankingModel;
  readonly #headers: Readonly<Record<string, string>> | undefined;
  readonly #secrets: readonly string[];

  constructor(model: AISDKRerankingModel, options: FromAISDKRerankerOptions = {}) {
    super({ ...options, provider: theirsOf(model).key, model: model.modelId });
    this.metadata = { comparableScores: false, ...options.metadata };
    this.#model = model;
    this.#headers = options.headers;
    this.#secrets = [...(options.secrets ?? []), ...Object.values(options.headers ?? {})];
  }

  async doRerank(request: RankRequest, attempt: Attempt): Promise<RankReply> {
    const secrets = [...this.#secrets, ...(await secretsOf(this.#model))];
    const wire = new WireCall(attempt, { provider: this.provider, model: this.model, secrets });
    const { query, documents, topN, providerOptions } = request;
    const { [THEIRS]: own, ...given } = providerOptions ?? {};
    const call = {
      query,
      documents: { type: 'text', values: [...documents] },
      topN,
      abortSignal: attempt.signal,
      ...defined({ headers: this.#headers }),
      ...(Object.keys(given).length > 0 ? { providerOptions: given } : {}),
      ...own,
    };
    let reply: Part;
    try {
      reply = partOf(await this.#model.doRerank(call));
    } catch (error) {
      throw errorFrom(error, wire.about);
    }
    const { ranking, response } = reply;
    for (const warning of warningsFrom(reply['warnings'], wire.about, false)) attempt.warn(warning);
    const headers = headersOf(partOf(response)['headers']);
    if (headers !== undefined) attempt.replied?.(headers);
    if (!Array.isArray(ranking)) throw malformed('no ranking', wire.about);
    const results = ranking.map((each) => {
      const { index, relevanceScore } = partOf(each);
      return { index: Number(index), score: Number(relevanceScore) };
    });
    const { [OURS]: ours, ...rest } = providerData(reply['providerMetadata']) ?? {};
    const { inputTokens, searchUnits } = partOf(ours?.['usage']);
    return {
      results,
      usage: defined({ inputTokens: numberOf(inputTokens), searchUnits: numberOf(searchUnits) }),
      ...(Object.keys(rest).length > 0 && { providerMetadata: rest }),
    };
  }
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
