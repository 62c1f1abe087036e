import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { checkOptions, oneOf, reading, wholeNumber } from '@mortise/core/shared';
import { readJson } from '@mortise/core/wire';
import { Connection, type BedrockConnection } from './client.ts';
import { familyOf, fromEmbedResponse, toEmbedRequest, type EmbeddingFamily } from './convert-embedding.ts';

/** For completion in an editor only: any model works whose family is known. */
export type BedrockEmbeddingModel =
  | 'amazon.titan-embed-text-v2:0'
  | 'cohere.embed-v4:0'
  | 'cohere.embed-multilingual-v3'
  | 'cohere.embed-english-v3'
  | (string & {});

/** How to reach an embedding model of Bedrock. All but `model` have defaults. */
export interface BedrockEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, BedrockConnection {
  model: BedrockEmbeddingModel;
  /** Whose request the model takes. Default: what its id says; the ARN of a profile of your own does not. */
  family?: EmbeddingFamily | undefined;
  /** Shorter vectors, from models that can. Default: the model's own. */
  dimensions?: number | undefined;
  /** Titan: vectors of length 1. Default: the model's own, which is that they are. */
  normalize?: boolean | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Merged last into the request's body, in the model's own spelling. */
export type BedrockEmbeddingProviderOptions = {
  bedrock?:
    | {
        /** Cohere: instead of `search_query` or `search_document`. */
        input_type?: string | undefined;
        /** Cohere: `END` or `START` cut what is too long instead of refusing it. */
        truncate?: string | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** An embedding model of Amazon Bedrock, over `InvokeModel`: Titan, one text a request, or Cohere's. */
export class BedrockEmbedding extends BaseEmbedding<BedrockEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #family: EmbeddingFamily;
  readonly #settings: Pick<BedrockEmbeddingOptions, 'dimensions' | 'normalize'>;
  readonly #connection: Connection;

  constructor(given: BedrockEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'bedrock' });
    const { dimensions, normalize } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    const family = options.family ?? familyOf(this.model);
    if (family === undefined) {
      const message = `The model ${this.model} does not say whose request it takes. Give family: 'titan' or 'cohere'.`;
      throw new MortiseError('configuration', message, { provider: 'bedrock', model: this.model });
    }
    oneOf('family', family, ['titan', 'cohere']);
    this.#family = family;
    this.#settings = { dimensions, normalize };
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...DECLARED[family],
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
  }

  async doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest<BedrockEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const { provider, model } = this;
    const dimensions = request.dimensions ?? this.#settings.dimensions;
    const sized = dimensions === undefined ? request : { ...request, dimensions };
    const body = toEmbedRequest(this.#family, inputs, sized, this.#settings);
    const { response, about } = await this.#connection.send('InvokeModel', body, attempt, {
      provider,
      model,
    });
    return fromEmbedResponse(await readJson(response, attempt, about), response.headers, about);
  }
}

/** Titan takes one text a request, and makes no difference between queries and documents. */
const DECLARED: Readonly<Record<EmbeddingFamily, EmbeddingMetadata>> = {
  titan: { maxBatchSize: 1, asymmetric: false },
  cohere: { maxBatchSize: 96, asymmetric: true },
};
