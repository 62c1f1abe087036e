import type { Attempt, CallSettings } from '@mortise/core/call';
import {
  BaseEmbedding,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import type { MortiseError } from '@mortise/core';
import { errorFromResponse, float32FromBase64, isObject, malformed, readJson } from '@mortise/core/wire';

export interface AcmeEmbeddingOptions extends CallSettings {
  readonly model: string;
  readonly apiKey: string;
  readonly baseURL?: string;
}

/** A vendor's embedding model, as one writes it who has the packages and nothing of this repository. */
export class AcmeEmbedding extends BaseEmbedding {
  readonly metadata: EmbeddingMetadata = { maxBatchSize: 16, asymmetric: false };
  readonly #url: string;
  readonly #key: string;

  constructor({ baseURL = 'https://api.acme.example', apiKey, ...options }: AcmeEmbeddingOptions) {
    super({ ...options, provider: 'acme' });
    this.#url = `${baseURL}/embeddings`;
    this.#key = apiKey;
  }

  async embed(input: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply> {
    const { dimensions } = request;
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#key}` },
      body: JSON.stringify({ model: this.model, input, dimensions, encoding_format: 'base64' }),
      signal: attempt.signal,
    });
    if (!response.ok) throw await this.#failure(response);
    const { data, usage } = (await readJson(response, attempt, this)) as Reply;
    if (!Array.isArray(data)) throw malformed('JSON without embeddings', this);
    const embeddings = (data as readonly Row[]).map(({ index, embedding }) => ({
      index,
      embedding: typeof embedding === 'string' ? float32FromBase64(embedding, this) : embedding,
    }));
    return { embeddings, usage: { inputTokens: usage?.prompt_tokens } };
  }

  async #failure(response: Response): Promise<MortiseError> {
    const { status, headers } = response;
    const { message, code } = errorIn(await response.text());
    const about = { provider: this.provider, model: this.model, secrets: [this.#key] };
    const requestId = headers.get('x-request-id') ?? undefined;
    return errorFromResponse({ ...about, status, headers, message, code: CODES[code ?? ''], requestId });
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

const CODES: Readonly<Record<string, 'quota' | 'context-length'>> = {
  insufficient_quota: 'quota',
  context_length_exceeded: 'context-length',
};

/** A proxy's page has none. */
function errorIn(text: string): { readonly message?: string; readonly code?: string } {
  if (!text.startsWith('{')) return {};
  const { error } = JSON.parse(text) as { readonly error?: unknown };
  return isObject(error) ? error : {};
}
