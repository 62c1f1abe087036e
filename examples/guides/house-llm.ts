import { BaseLLM, messageText, type Attempt, type ChatReply, type ChatRequest } from '@mortise/core';
import { errorFromResponse, guardedFetch, malformed, readJson } from '@mortise/core/wire';
import { isObject } from '@mortise/core/shared';

// #region adapter
/** A company's own model, behind a gateway that takes short-lived tokens. */
export class HouseLLM extends BaseLLM {
  readonly metadata = {
    contextWindow: 32_000,
    isChatModel: true,
    capabilities: { tools: false, inputModalities: ['text'], structuredOutput: 'prompt' },
  } as const;
  readonly #url: string;
  /** Refuses to be sent on to another host. */
  readonly #fetch = guardedFetch({ provider: 'house' });
  readonly #token: TokenSource;

  constructor(url: string, token: TokenSource) {
    super({ provider: 'house', model: 'house-7', timeoutMs: 60_000 });
    this.#url = url;
    this.#token = token;
  }

  async doGenerate({ messages, maxOutputTokens }: ChatRequest, attempt: Attempt): Promise<ChatReply> {
    const token = await this.#token(attempt.signal);
    const turns = messages.map((message) => ({ who: message.role, says: messageText(message) }));
    const response = await this.#fetch(`${this.#url}/v1/answer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ turns, limit: maxOutputTokens }),
      signal: attempt.signal,
    });
    // `secrets` keeps the token out of every error, should the gateway repeat it.
    const about = { provider: this.provider, model: this.model, secrets: [token] };
    const { status, headers } = response;
    if (!response.ok) throw errorFromResponse({ ...about, status, headers });
    const { answer, stopped, used } = await readJson(response, attempt, about);
    if (typeof answer !== 'string' || !isObject(used)) throw malformed('JSON without an answer', about);
    return {
      content: [{ type: 'text', text: answer }],
      finishReason: { unified: stopped === 'limit' ? 'length' : 'stop', raw: String(stopped) },
      usage: { inputTokens: Number(used['in']), outputTokens: Number(used['out']) },
    };
  }
}
// #endregion

// #region token
export type TokenSource = (signal: AbortSignal) => Promise<string>;

/** A token for as long as it lives; calls that come together wait for one request. */
export function cachedToken(request: () => Promise<{ token: string; expiresAt: number }>): TokenSource {
  let pending: Promise<{ token: string; expiresAt: number }> | undefined;
  let freshUntil = 0;
  return async (signal) => {
    signal.throwIfAborted();
    if (Date.now() > freshUntil) {
      freshUntil = Infinity;
      pending = request();
      // A minute early, so that no call sets out with a token that ends on its way.
      pending.then(
        ({ expiresAt }) => (freshUntil = expiresAt - 60_000),
        () => (freshUntil = 0),
      );
    }
    return (await pending!).token;
  };
}
// #endregion
