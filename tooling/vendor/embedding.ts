import type { Attempt, CallSettings } from '@mortise/core/call';
import {
  BaseEmbedding,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import {
  errorFromReply,
  float32FromBase64,
  guardedFetch,
  malformed,
  readJson,
  type About,
} from '@mortise/core/wire';

export interface AcmeEmbeddingOptions extends CallSettings {
  readonly model: string;
  readonly apiKey: string;
  readonly baseURL?: string;
}

/** A vendor's embedding model, as one writes it who has the packages and nothing of this repository. */
export class AcmeEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 16, asymmetric: false };
  readonly #fetch = guardedFetch({ provider: 'acme' });
  readonly #url: string;
  readonly #key: string;

  constructor({ baseURL = 'https://api.acme.example', apiKey, ...options }: AcmeEmbeddingOptions) {
    super({ ...options, provider: 'acme' });
    this.#url = `${baseURL}/embeddings`;
    this.#key = apiKey;
  }

  async doEmbed(input: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const { provider, model } = this;
    const { dimensions } = request;
    const about: About = { provider, model, secrets: [this.#key] };
    const response = await this.#fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
      body: JSON.stringify({ model, input, dimensions, encoding_format: 'base64' }),
      signal: attempt.signal,
    });
    if (!response.ok) throw await errorFromReply(response, attempt, about);
    const { data, usage } = (await readJson(response, attempt, about)) as Reply;
    if (!Array.isArray(data)) throw malformed('JSON without embeddings', about);
    const embeddings = (data as readonly Row[]).map(({ index, embedding }) => ({
      index,
      embedding: typeof embedding === 'string' ? float32FromBase64(embedding, about) : embedding,
    }));
    return { embeddings, usage: { inputTokens: usage?.prompt_tokens } };
  }
}

interface Row {
  readonly index: number;
  readonly embedding: string | readonly number[];
}

interface Reply {
  readonly data?: unknown;
  readonly usage?: { readonly prompt_tokens?: number };
}
