import type { KnownErrorCode } from '@mortise/core';
import type { Attempt, ModelSettings } from '@mortise/core/call';
import { BaseReranker, type RankedDocument, type RankReply, type RankRequest } from '@mortise/core/reranker';
import { isObject } from '@mortise/core/shared';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  malformed,
  readJson,
  withOptions,
} from '@mortise/core/wire';

const SERVER = {
  provider: 'llama-server',
  name: 'llama-server',
  variable: 'LLAMA_API_KEY',
  defaultBaseURL: 'http://127.0.0.1:8080',
} as const;

/** `headers` are for a proxy before the server. */
type LlamaRerankerOptions = ModelSettings & { headers?: Readonly<Record<string, string>> };

// #region class
/** A reranker behind llama.cpp's `llama-server --reranking`. */
export class LlamaReranker extends BaseReranker {
  readonly metadata = { comparableScores: true };
  readonly #credentials: Credentials;
  readonly #fetch: typeof fetch;

  constructor(baseURL: string = SERVER.defaultBaseURL, { headers, ...options }: LlamaRerankerOptions = {}) {
    super({ ...options, provider: SERVER.provider, model: 'local' });
    this.#credentials = new Credentials({ baseURL, headers }, SERVER);
    // Refuses to be sent on to another host.
    this.#fetch = guardedFetch({ provider: SERVER.provider, query: this.#credentials.query });
  }

  async doRerank(request: RankRequest, attempt: Attempt): Promise<RankReply> {
    const { query, documents, topN, providerOptions } = request;
    const { baseURL, headers, secrets } = this.#credentials;
    const body = JSON.stringify(
      withOptions({ query, documents, top_n: topN }, providerOptions?.[SERVER.provider]),
    );
    const init = { method: 'POST', headers, body, signal: attempt.signal };
    const response = await this.#fetch(`${baseURL}/v1/rerank`, init);
    // What no error may show.
    const about = { provider: this.provider, model: this.model, secrets };
    if (!response.ok) throw await errorFromReply(response, attempt, about, codeOf);
    const { results, usage } = await readJson(response, attempt, about);
    if (!Array.isArray(results)) throw malformed('JSON without results', about);
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

/** What the status does not tell: a document that is too long comes with 500 at times, and is not tried again. */
function codeOf({ message = '', type }: { message?: string; type?: string }): KnownErrorCode | undefined {
  if (/exceed_context_size|too large to process/.test(`${type ?? ''} ${message}`)) return 'context-length';
  return undefined;
}
