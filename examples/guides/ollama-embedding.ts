import { BaseEmbedding, type Attempt, type BaseEmbeddingOptions, type EmbedReply } from '@mortise/core';
import type { EmbeddingRows, EmbedRequest } from '@mortise/core/embedding';
import { errorFromResponse, guardedFetch, readJson } from '@mortise/core/wire';

/** `nomic-embed-text` behind Ollama. */
export class OllamaEmbedding extends BaseEmbedding {
  readonly metadata = { dimensions: 768, maxBatchSize: 64, asymmetric: true, acceptsDimensions: false };
  readonly #url: string;
  /** Refuses to be sent on to another host. */
  readonly #fetch = guardedFetch({ provider: 'ollama' });

  constructor(url = 'http://127.0.0.1:11434', options: Partial<BaseEmbeddingOptions> = {}) {
    super({ ...options, provider: 'ollama', model: 'nomic-embed-text' });
    this.#url = url;
  }

  async doEmbed(inputs: readonly string[], { kind }: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    // The model was trained with these words: without them a query is not near its answer.
    const input = inputs.map((text) => `search_${kind}: ${text}`);
    const body = JSON.stringify({ model: this.model, input, truncate: false });
    const response = await this.#fetch(`${this.#url}/api/embed`, {
      method: 'POST',
      body,
      signal: attempt.signal,
    });
    const { status, headers } = response;
    if (!response.ok) {
      const said = await response.text();
      const known = /context length/.test(said) ? 'context-length' : undefined;
      const code = /usage limit/.test(said) ? 'quota' : known;
      throw errorFromResponse({ provider: this.provider, status, headers, code });
    }
    const { embeddings, prompt_eval_count: tokens } = await readJson(response, attempt, this);
    return { embeddings: embeddings as EmbeddingRows, usage: { inputTokens: Number(tokens) } };
  }
}
