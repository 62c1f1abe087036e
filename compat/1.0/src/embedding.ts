import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, readJson, type About } from '@mortise/core/wire';
import { Connection, type FrozenConnectionOptions } from './client.ts';

/** Any model works; put the ones worth completing in an editor before `string`. */
export type FrozenEmbeddingModel = 'frozen-embed-1' | (string & {});

export interface FrozenEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, FrozenConnectionOptions {
  model: FrozenEmbeddingModel;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Merged last into the request's body, in Frozen's own spelling. */
export type FrozenEmbeddingProviderOptions = { frozen?: { [member: string]: unknown } };
const DECLARED: EmbeddingMetadata = { maxBatchSize: 96, asymmetric: true, acceptsDimensions: false };

/** An embedding model of Frozen. */
export class FrozenEmbedding extends BaseEmbedding<FrozenEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #connection: Connection;

  constructor(options: FrozenEmbeddingOptions) {
    super({ ...options, provider: 'frozen' });
    this.#connection = new Connection(options);
    this.metadata = { ...DECLARED, ...options.metadata };
  }

  async doEmbed(
    inputs: readonly string[],
    request: EmbedRequest<FrozenEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const body = toEmbedRequest(inputs, request, this);
    const response = await this.#connection.send('/v1/embed', body, attempt, this);
    const about = this.#connection.about(this);
    return fromEmbedReply(await readJson(response, attempt, about), about);
  }
}
function toEmbedRequest(
  inputs: readonly string[],
  request: EmbedRequest<FrozenEmbeddingProviderOptions>,
  about: About,
): object {
  return { model: about.model, texts: inputs, purpose: request.kind, ...request.providerOptions?.frozen };
}
function fromEmbedReply({ vectors, usage }: Record<string, unknown>, about: About): EmbedReply {
  if (!Array.isArray(vectors)) throw malformed('JSON without vectors', about);
  const { input } = isObject(usage) ? usage : {};
  return {
    embeddings: vectors.filter(isObject).map(({ index, vector }) => ({
      index: Number(index),
      embedding: Array.isArray(vector) ? vector.map(Number) : [],
    })),
    usage: defined({ inputTokens: typeof input === 'number' ? input : undefined }),
  };
}
