import {
  callPolicy,
  runCall,
  throwIfAborted,
  type AnsweredBy,
  type Attempt,
  type CallPolicy,
  type Warning,
} from '../call/index.ts';
import { placeOf } from '../call/place.ts';
import { answeredBy } from '../call/retry.ts';
import { counted } from '../call/counted.ts';
import { throughDoor } from '../call/call.ts';
import { mapPool } from '../call/pool.ts';
import { MortiseError } from '../errors.ts';
import type { Attributes } from '../events/map.ts';
import { emitPoint, inSpan, type Span } from '../events/span.ts';
import type { ProviderOptions } from '../call/contract.ts';
import { checkOptions, checkTexts, wholeNumber } from '../shared/options.ts';
import type {
  BaseRerankerOptions,
  RankedDocument,
  RankReply,
  RankRequest,
  Reranker,
  RerankerMetadata,
  RerankOptions,
  RerankResult,
  RerankUsage,
} from './contract.ts';

/** Requests under way at once, where documents had to be split. */
const CONCURRENCY = 5;

/** A `Reranker` from `metadata` and `doRerank`, which makes one attempt of one request. */
export abstract class BaseReranker<P extends ProviderOptions = ProviderOptions> implements Reranker<P> {
  readonly provider: string;
  readonly model: string;
  abstract readonly metadata: RerankerMetadata;
  readonly #policy: CallPolicy;
  readonly #answeredBy: AnsweredBy;
  readonly #place: Attributes;

  constructor(given: BaseRerankerOptions) {
    const options = checkOptions(given, 'configuration');
    this.provider = options.provider;
    this.model = options.model;
    this.#policy = callPolicy(options);
    this.#answeredBy = answeredBy(options.provider, options);
    this.#place = placeOf(this.#said, options.baseURL);
  }

  /** Rejections are retried by their code. */
  abstract doRerank(request: RankRequest<P>, attempt: Attempt): Promise<RankReply>;

  async rerank(
    query: string,
    documents: readonly string[],
    options: RerankOptions<P> = {},
  ): Promise<RerankResult> {
    return throughDoor(options, this, (checked) => this.#ranked(query, documents, checked));
  }

  async #ranked(query: string, given: readonly string[], options: RerankOptions<P>): Promise<RerankResult> {
    throwIfAborted(options.signal);
    const documents = checkTexts('documents', given);
    if (typeof query !== 'string') throw new MortiseError('invalid-request', 'The query is not a string.');
    const topN = this.#topN(documents.length, options.topN);
    if (documents.length === 0)
      return { results: [], usage: { inputTokens: 0, searchUnits: 0 }, warnings: [], ...this.#said };
    const parts = this.#split(documents);
    const span = {
      attributes: { ...this.#place, documents: documents.length, topN },
      content: () => ({ query, documents }),
      parent: options.parent,
    };
    return inSpan(
      'reranker.rerank',
      span,
      (running) => this.#rankAll(query, parts, topN, options, running),
      ({ results, usage }) => ({
        attributes: { results: results.length, usage },
        content: () => ({ results }),
      }),
    );
  }

  async #rankAll(
    query: string,
    parts: readonly Part[],
    topN: number,
    options: RerankOptions<P>,
    span: Span,
  ): Promise<RerankResult> {
    const { provider, model } = this;
    const warnings: Warning[] = [];
    const rankPart = async ({ documents, offset }: Part, signal: AbortSignal): Promise<RankReply> => {
      const { providerOptions } = options;
      const best = Math.min(topN, documents.length);
      const request = {
        query,
        documents,
        topN: best,
        ...(providerOptions === undefined ? {} : { providerOptions }),
      };
      const spec = {
        policy: this.#policy,
        options: { ...options, signal },
        stream: false,
        about: { provider, model },
        span,
        warn: (warning: Warning) => {
          warnings.push(warning);
          emitPoint('warning', { provider, model, ...warning }, span);
        },
      };
      return runCall(spec, async (attempt) => {
        const reply = await this.doRerank(request, attempt);
        const results = checkRanking(reply.results, documents.length, best);
        const [usage, odd] = counted(reply.usage ?? {}, ['inputTokens', 'searchUnits']);
        for (const warning of odd) attempt.warn(warning);
        attempt.close({ tokens: usage.inputTokens });
        return {
          ...reply,
          usage,
          results: results.map(({ index, score }) => ({ index: index + offset, score })),
        };
      });
    };

    const siblingReason = () =>
      new MortiseError('aborted', 'Another request of the same call failed.', { provider, model });
    const pool = { concurrency: CONCURRENCY, signal: options.signal, siblingReason };
    const replies = await mapPool(parts, pool, rankPart);
    return { ...merged(replies, topN), warnings, ...this.#said };
  }

  get #said(): AnsweredBy & { model: string } {
    return { ...this.#answeredBy, model: this.model };
  }

  #topN(count: number, topN = count): number {
    return topN === count ? count : Math.min(wholeNumber('topN', topN, { code: 'invalid-request' }), count);
  }

  #split(documents: readonly string[]): Part[] {
    const { provider, model, metadata } = this;
    const { maxDocuments = documents.length, comparableScores } = metadata;
    if (documents.length <= maxDocuments) return [{ documents, offset: 0 }];
    if (!comparableScores) {
      const message = `${model} takes ${maxDocuments} documents at once, not ${documents.length}, and its scores of different requests cannot be compared. Pass fewer.`;
      throw new MortiseError('unsupported', message, { provider, model });
    }
    // Steps of nothing would never come to an end.
    wholeNumber('metadata.maxDocuments', maxDocuments);
    const parts: Part[] = [];
    for (let offset = 0; offset < documents.length; offset += maxDocuments) {
      parts.push({ documents: documents.slice(offset, offset + maxDocuments), offset });
    }
    return parts;
  }
}

interface Part {
  readonly documents: readonly string[];
  /** Of the first of them in the caller's documents. */
  readonly offset: number;
}

/** The first `topN` of a reply, once it is known to be a ranking of `count` documents; else `malformed-response`. */
export function checkRanking(
  results: readonly RankedDocument[],
  count: number,
  topN: number,
): RankedDocument[] {
  if (!Array.isArray(results)) throw malformed('is not a list of results');
  const seen = new Set<number>();
  let previous = Infinity;
  for (const { index, score } of results as readonly RankedDocument[]) {
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw malformed(`ranks document ${String(index)}, out of 0 to ${count - 1}`);
    }
    if (seen.has(index)) throw malformed(`ranks document ${index} twice`);
    if (!Number.isFinite(score)) throw malformed(`gives document ${index} the score ${String(score)}`);
    if (score > previous) throw malformed('is not in the order of its scores');
    seen.add(index);
    previous = score;
  }
  if (results.length < topN)
    throw malformed(`ranks ${results.length} documents where ${topN} were asked for`);
  return results.slice(0, topN) as RankedDocument[];
}

/** The best of all replies by score; equal ones stay in the order of the requests, since the sort is stable. */
function merged(
  replies: readonly RankReply[],
  topN: number,
): Pick<RerankResult, 'results' | 'usage' | 'providerMetadata'> {
  const [only] = replies;
  const results =
    replies.length === 1 && only !== undefined
      ? [...only.results]
      : replies
          .flatMap((reply) => reply.results)
          .sort((a, b) => b.score - a.score)
          .slice(0, topN);
  const providerMetadata = replies.findLast(
    (reply) => reply.providerMetadata !== undefined,
  )?.providerMetadata;
  return {
    results,
    usage: totalUsage(replies),
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  };
}

function totalUsage(replies: readonly RankReply[]): RerankUsage {
  const usage: RerankUsage = {};
  for (const field of ['inputTokens', 'searchUnits'] as const) {
    const counts = replies.map((reply) => reply.usage?.[field]);
    if (counts.every((count) => count !== undefined))
      usage[field] = counts.reduce((sum, count) => sum + count, 0);
  }
  return usage;
}

function malformed(what: string): MortiseError {
  const message = `The reply ${what}. Check the provider, and any proxy.`;
  return new MortiseError('malformed-response', message);
}
