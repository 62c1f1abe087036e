import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import type { Attempt } from '@mortise/core/call';
import { checkOptions, reading, wholeNumber } from '@mortise/core/shared';
import { readJsonVectors } from '@mortise/core/wire';
import { baseURLOf, Connection, type ConnectionOptions, type OpenAIEmbeddingClient } from './client.ts';
import { fromEmbeddingResponse, toEmbeddingRequest } from './convert-embedding.ts';

/** For completion in an editor only: any model works. */
export type OpenAIEmbeddingModel = 'text-embedding-3-small' | 'text-embedding-3-large' | (string & {});

/** How to reach an embedding model of OpenAI. All but `model` have defaults. */
export interface OpenAIEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, ConnectionOptions<OpenAIEmbeddingClient> {
  model: OpenAIEmbeddingModel;
  /** Shorter vectors, from models that can. Default: the model's own. */
  dimensions?: number | undefined;
  /** What the server takes, where it is not OpenAI's; presets have it. */
  embeddings?: ServerEmbeddings | undefined;
  /** What you know of the model or the server; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** What the embeddings of a server take, in place of what OpenAI's do. */
export interface ServerEmbeddings {
  /** Texts a request takes at most. */
  readonly maxBatchSize: number;
  /** How vectors are asked for: `base64` is a third of the bytes, and not every server knows it. Default: `base64`. */
  readonly encoding?: 'base64' | 'float' | undefined;
}

/** Merged last into the request's body, in OpenAI's own spelling. */
export type OpenAIEmbeddingProviderOptions = {
  openai?: { user?: string | undefined; [member: string]: unknown };
};

/** OpenAI's limits of a request: https://developers.openai.com/api/reference/resources/embeddings/methods/create */
const LIMITS = { maxBatchSize: 2048, maxBatchTokens: 300_000, maxInputTokens: 8192 } as const;

/** An embedding model of OpenAI, or of anyone who speaks its wire at `baseURL`. */
export class OpenAIEmbedding extends BaseEmbedding<OpenAIEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #dimensions: number | undefined;
  readonly #encoding: ServerEmbeddings['encoding'];
  readonly #connection: Connection<OpenAIEmbeddingClient>;

  constructor(given: OpenAIEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'openai', baseURL: baseURLOf(options) });
    const { dimensions, embeddings } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    this.#dimensions = dimensions;
    this.#encoding = embeddings?.encoding;
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...(embeddings === undefined ? LIMITS : { maxBatchSize: embeddings.maxBatchSize }),
        asymmetric: false,
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
  }

  async doEmbed(
    inputs: readonly string[],
    request: EmbedRequest<OpenAIEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const { provider, model } = this;
    const context = { provider, model, encoding: this.#encoding };
    const dimensions = request.dimensions ?? this.#dimensions;
    const body = toEmbeddingRequest(
      inputs,
      dimensions === undefined ? request : { ...request, dimensions },
      context,
    );
    const response = await this.#connection.send((client) => client.embeddings, body, attempt, context);
    const about = { ...context, secrets: this.#connection.secrets };
    return fromEmbeddingResponse(await readJsonVectors(response, attempt, about), about);
  }
}
