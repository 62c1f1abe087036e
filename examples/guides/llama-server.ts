import { CustomLLM, MortiseError, type TextAttempt, type TextPiece, type TextReply } from '@mortise/core';
import { errorFromResponse, guardedFetch, jsonEvents, readJson } from '@mortise/core/wire';

/** A model behind llama.cpp's `llama-server`. */
export class LlamaServerLLM extends CustomLLM {
  readonly metadata = { isChatModel: false, capabilities: { tools: false, inputModalities: ['text'] } };
  readonly #url: string;
  /** Refuses to be sent on to another host. */
  readonly #fetch = guardedFetch({ provider: 'llama-server' });

  constructor(url = 'http://127.0.0.1:8080') {
    super({ provider: 'llama-server', model: 'local' });
    this.#url = url;
  }

  async doComplete(prompt: string, attempt: TextAttempt): Promise<TextReply> {
    const reply = await readJson(await this.#post(prompt, attempt, false), attempt, this);
    return { text: String(reply['content']), usage: usageOf(reply) };
  }

  override async *doStreamComplete(prompt: string, attempt: TextAttempt): AsyncGenerator<TextPiece> {
    for await (const event of jsonEvents(await this.#post(prompt, attempt, true), attempt, this)) {
      yield event['stop'] === true ? { usage: usageOf(event) } : String(event['content']);
      if (event['stop'] === true) return;
    }
    throw new MortiseError('stream-truncated', 'llama-server stopped before the end of the text.');
  }

  async #post(prompt: string, { request, signal }: TextAttempt, stream: boolean): Promise<Response> {
    const body = JSON.stringify({ prompt, stream, n_predict: request.maxOutputTokens, stop: request.stop });
    const response = await this.#fetch(`${this.#url}/completion`, { method: 'POST', body, signal });
    if (response.ok) return response;
    throw errorFromResponse({ provider: this.provider, status: response.status, headers: response.headers });
  }
}

function usageOf({ tokens_evaluated, tokens_predicted }: Record<string, unknown>) {
  return { inputTokens: Number(tokens_evaluated), outputTokens: Number(tokens_predicted) };
}
