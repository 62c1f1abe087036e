import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, readJson, withOptions, type About } from '@mortise/core/wire';
import { Connection, type AcmeConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type AcmeEmbeddingModel = 'acme-embed-1' | (string & {});

/** How to reach an embedding model of Acme. */
export interface AcmeEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, AcmeConnectionOptions {
  model: AcmeEmbeddingModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Merged last into the request's body, in Acme's own spelling. */
export type AcmeEmbeddingProviderOptions = { acme?: { [member: string]: unknown } };

// REPLACE: how many texts a request takes, and whether queries are embedded differently.
const DECLARED: EmbeddingMetadata = { maxBatchSize: 96, asymmetric: true, acceptsDimensions: false };

/** An embedding model of Acme. */
export class AcmeEmbedding extends BaseEmbedding<AcmeEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #connection: Connection;

  constructor(options: AcmeEmbeddingOptions) {
    super({ ...options, provider: 'acme' });
    this.#connection = new Connection(options);
    this.metadata = { ...DECLARED, ...options.metadata };
  }

  async doEmbed(
    inputs: readonly string[],
    request: EmbedRequest<AcmeEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const body = toEmbedRequest(inputs, request, this);
    // REPLACE: the path.
    const response = await this.#connection.send('/v1/embed', body, attempt, this);
    const about = this.#connection.about(this);
    return fromEmbedResponse(await readJson(response, attempt, about), about);
  }
}

// REPLACE: what the API is sent.
function toEmbedRequest(
  inputs: readonly string[],
  request: EmbedRequest<AcmeEmbeddingProviderOptions>,
  about: About,
): object {
  const body = { model: about.model, texts: inputs, purpose: request.kind };
  return withOptions(body, request.providerOptions?.acme);
}

// REPLACE: what the API answers. Give core the API's own index, and it puts each vector in its place.
function fromEmbedResponse({ vectors, usage }: Record<string, unknown>, about: About): EmbedReply {
  if (!Array.isArray(vectors)) throw malformed('JSON without vectors', about);
  const { input } = isObject(usage) ? usage : {};
  return {
    embeddings: vectors.filter(isObject).map(({ index, vector }) => ({
      index: numberOf(index),
      embedding: Array.isArray(vector) ? vector.map(numberOf) : [],
    })),
    usage: defined({ inputTokens: typeof input === 'number' ? input : undefined }),
  };
}

// A value that is not a number must not become one: `Number(null)` is 0. Core refuses NaN.
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);
