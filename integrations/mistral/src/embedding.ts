import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { checkOptions, reading, wholeNumber } from '@mortise/core/shared';
import { readJsonVectors } from '@mortise/core/wire';
import { baseURLOf, Connection, type MistralConnection } from './client.ts';
import {
  fromEmbedResponse,
  toEmbedRequest,
  type MistralEmbeddingProviderOptions,
} from './convert-embedding.ts';

/** For completion in an editor only: any model works. */
export type MistralEmbeddingModel = 'mistral-embed' | 'codestral-embed' | (string & {});

/** How to reach an embedding model of Mistral. All but `model` have defaults. */
export interface MistralEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, MistralConnection {
  model: MistralEmbeddingModel;
  /** Shorter vectors, from models that can: `codestral-embed`, up to 3,072. Default: the model's own. */
  dimensions?: number | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/**
 * The API's limits, as it states them when it refuses (code 3210: "Too many inputs in request, split into more batches",
 * "Too many tokens in batch. Max is 16384"), and of one text: https://docs.mistral.ai/models/mistral-embed-23-12
 */
const LIMITS = { maxBatchSize: 512, maxBatchTokens: 16_384, maxInputTokens: 8192 } as const;

/** An embedding model of Mistral AI. */
export class MistralEmbedding extends BaseEmbedding<MistralEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #dimensions: number | undefined;
  readonly #connection: Connection;

  constructor(given: MistralEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'mistral', baseURL: baseURLOf(options) });
    const { dimensions } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    this.#dimensions = dimensions;
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...LIMITS,
        asymmetric: false,
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
  }

  async doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const { provider, model } = this;
    const about = { provider, model, secrets: this.#connection.secrets };
    const dimensions = request.dimensions ?? this.#dimensions;
    const sized = dimensions === undefined ? request : { ...request, dimensions };
    const body = toEmbedRequest(inputs, sized, about);
    const response = await this.#connection.send('embed', body, attempt, about);
    return fromEmbedResponse(await readJsonVectors(response, attempt, about), about);
  }
}
