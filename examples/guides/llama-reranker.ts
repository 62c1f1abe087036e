import type { KnownErrorCode, MortiseError } from '@mortise/core';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import { BaseReranker, type RankedDocument, type RankReply, type RankRequest } from '@mortise/core/reranker';
import { errorFromResponse, guardedFetch, malformed, readJson, type About } from '@mortise/core/wire';
import { isObject } from '@mortise/core/shared';

// #region class
/** A reranker behind llama.cpp's `llama-server --reranking`. */
export class LlamaReranker extends BaseReranker {
  readonly metadata = { comparableScores: true };
  readonly #url: string;
  /** Refuses to be sent on to another host. */
  readonly #fetch = guardedFetch({ provider: 'llama-server' });

  constructor(url = 'http://127.0.0.1:8080', options: ModelSettings = {}) {
    super({ ...options, provider: 'llama-server', model: 'local' });
    this.#url = url;
  }

  async doRerank({ query, documents, topN }: RankRequest, attempt: Attempt): Promise<RankReply> {
    const body = JSON.stringify({ query, documents, top_n: topN });
    const response = await this.#fetch(`${this.#url}/v1/rerank`, {
      method: 'POST',
      body,
      signal: attempt.signal,
    });
    if (!response.ok) throw failureOf(response, await response.text(), this);
    const { results, usage } = await readJson(response, attempt, this);
    if (!Array.isArray(results)) throw malformed('JSON without results', this);
    const tokens = isObject(usage) ? usage['prompt_tokens'] : undefined;
    return {
      results: results
        .filter(isObject)
        .map(({ index, relevance_score: score }) => ({ index, score }) as RankedDocument),
      usage: { inputTokens: typeof tokens === 'number' ? tokens : undefined },
    };
  }
}
// #endregion

function failureOf({ status, headers }: Response, said: string, { provider, model }: About): MortiseError {
  return errorFromResponse({ provider, model, status, headers, code: codeOf(said) });
}

/** What the status does not tell: a document that is too long comes with 500 at times, and is not tried again. */
function codeOf(said: string): KnownErrorCode | undefined {
  if (/exceed_context_size|too large to process/.test(said)) return 'context-length';
  return /insufficient_quota/.test(said) ? 'quota' : undefined; // a gateway's
}
