import { BaseEmbedding, type Attempt, type BaseEmbeddingOptions, type EmbedReply } from '@mortise/core';
import type { EmbeddingRows, EmbedRequest } from '@mortise/core/embedding';
import { Credentials, errorFromReply, guardedFetch, readJson, withOptions } from '@mortise/core/wire';

const SERVER = {
  provider: 'ollama',
  name: 'Ollama',
  variable: 'OLLAMA_API_KEY',
  defaultBaseURL: 'http://127.0.0.1:11434',
} as const;

/** `headers` are for a proxy before the server. */
type OllamaOptions = Partial<BaseEmbeddingOptions> & { headers?: Readonly<Record<string, string>> };

/** `nomic-embed-text` behind Ollama. */
export class OllamaEmbedding extends BaseEmbedding {
  readonly metadata = { dimensions: 768, maxBatchSize: 64, asymmetric: true, acceptsDimensions: false };
  readonly #credentials: Credentials;
  readonly #fetch: typeof fetch;

  constructor(baseURL: string = SERVER.defaultBaseURL, { headers, ...options }: OllamaOptions = {}) {
    super({ ...options, provider: SERVER.provider, model: 'nomic-embed-text' });
    this.#credentials = new Credentials({ baseURL, headers }, SERVER);
    // Refuses to be sent on to another host.
    this.#fetch = guardedFetch({ provider: SERVER.provider, query: this.#credentials.query });
  }

  async doEmbed(
    inputs: readonly string[],
    { kind, providerOptions }: EmbedRequest,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const { provider, model } = this;
    const { baseURL, headers, secrets } = this.#credentials;
    // The model was trained with these words: without them a query is not near its answer.
    const input = inputs.map((text) => `search_${kind}: ${text}`);
    const body = JSON.stringify(
      withOptions({ model, input, truncate: false }, providerOptions?.[SERVER.provider]),
    );
    const init = { method: 'POST', headers, body, signal: attempt.signal };
    const response = await this.#fetch(`${baseURL}/api/embed`, init);
    // What no error may show.
    const about = { provider, model, secrets };
    if (!response.ok) {
      throw await errorFromReply(response, attempt, about, ({ message = '' }) =>
        /usage limit/.test(message) ? 'quota' : undefined,
      );
    }
    const { embeddings, prompt_eval_count: tokens } = await readJson(response, attempt, about);
    return { embeddings: embeddings as EmbeddingRows, usage: { inputTokens: Number(tokens) } };
  }
}
