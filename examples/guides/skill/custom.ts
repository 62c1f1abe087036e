import { CustomLLM, type LLMMetadata, type TextAttempt, type TextReply } from '@mortise/core';
import { errorFromResponse, guardedFetch, readJson } from '@mortise/core/wire';

/** A model behind an address of yours, which takes a text and gives one. Retries, time bounds and streams come from core. */
export class HouseModel extends CustomLLM {
  readonly metadata: LLMMetadata = {
    isChatModel: false,
    contextWindow: 8_192,
    capabilities: { tools: false, inputModalities: ['text'] }, // what it cannot is refused before it is asked
  };
  readonly #url: string;
  readonly #fetch = guardedFetch({ provider: 'house' });

  constructor(url: string) {
    super({ provider: 'house', model: 'house-1', timeoutMs: 30_000 });
    this.#url = url;
  }

  /** One attempt: no loop, no timer, no logging. */
  async doComplete(prompt: string, attempt: TextAttempt): Promise<TextReply> {
    const { signal, request } = attempt;
    const body = JSON.stringify({ prompt, limit: request.maxOutputTokens });
    const headers = { 'content-type': 'application/json' };
    const response = await this.#fetch(this.#url, { method: 'POST', headers, body, signal });
    if (!response.ok)
      throw errorFromResponse({
        provider: this.provider,
        status: response.status,
        headers: response.headers,
      });
    const { text, used } = await readJson(response, attempt, this);
    return { text: String(text), usage: { outputTokens: Number(used) } };
  }
}
