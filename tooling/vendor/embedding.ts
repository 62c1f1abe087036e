import type { Attempt, CallSettings } from '@mortise/core/call';
import {
  BaseEmbedding,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import {
  Credentials,
  errorFromReply,
  float32FromBase64,
  guardedFetch,
  malformed,
  readJson,
  withOptions,
  type About,
  type ConnectionSettings,
} from '@mortise/core/wire';

export interface AcmeEmbeddingOptions extends CallSettings, ConnectionSettings {
  readonly model: string;
}

const ACCESS = {
  provider: 'acme',
  name: 'Acme',
  variable: 'ACME_API_KEY',
  defaultBaseURL: 'https://api.acme.example',
};

/** A vendor's embedding model, as one writes it who has the packages and nothing of this repository. */
export class AcmeEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 16, asymmetric: false };
  readonly #fetch: typeof globalThis.fetch;
  readonly #credentials: Credentials;

  constructor({ apiKey, baseURL, headers, ...options }: AcmeEmbeddingOptions) {
    super({ ...options, provider: 'acme' });
    this.#credentials = new Credentials({ apiKey, baseURL, headers }, ACCESS);
    this.#fetch = guardedFetch({ provider: 'acme', query: this.#credentials.query });
  }

  async doEmbed(input: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const { provider, model } = this;
    const { dimensions, providerOptions } = request;
    const key = this.#credentials.key();
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const about: About = { provider, model, secrets: this.#credentials.secrets };
    const response = await this.#fetch(`${this.#credentials.baseURL}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...this.#credentials.headers },
      body: JSON.stringify(
        withOptions({ model, input, dimensions, encoding_format: 'base64' }, providerOptions?.[provider]),
      ),
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
