import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { checkOptions, reading, oneOf, wholeNumber } from '@mortise/core/shared';
import { readJson } from '@mortise/core/wire';
import { baseURLOf, Connection, type CohereConnectionOptions } from './client.ts';
import { fromEmbedResponse, toEmbedRequest, warningsOf, type EmbedSettings } from './convert-embedding.ts';

/** For completion in an editor only: any model works. */
export type CohereEmbeddingModel =
  | 'embed-v4.0'
  | 'embed-multilingual-v3.0'
  | 'embed-english-v3.0'
  | (string & {});

/** How to reach an embedding model of Cohere. All but `model` have defaults. */
export interface CohereEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, CohereConnectionOptions {
  model: CohereEmbeddingModel;
  /** Shorter vectors, from models that can. Default: the model's own. */
  dimensions?: number | undefined;
  /**
   * What happens to a text that is longer than the model takes. Default: `NONE`, an error; Cohere's own default, `END`,
   * leaves the end of the text out without saying so.
   */
  truncate?: EmbedSettings['truncate'] | undefined;
  /** How vectors travel. Default: `base64`. Models before v3, and some compatible servers, know only `float`. */
  encodingFormat?: EmbedSettings['encodingFormat'] | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Merged last into the request's body, in Cohere's own spelling. */
export type CohereEmbeddingProviderOptions = {
  cohere?:
    | {
        /** Instead of `search_query` or `search_document`: `classification`, `clustering`. */
        input_type?: string | undefined;
        max_tokens?: number | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** Inputs of a request, and bytes of all of its images. https://docs.cohere.com/reference/embed */
const LIMITS = { maxBatchSize: 96, maxBatchBytes: 20_000_000 } as const;

/** Models before v4: one image a request, by another member, and never together with text. */
const TEXT_ALONE = /^embed-(english|multilingual)-/;

/**
 * An embedding model of Cohere, or of anyone who speaks its v2 API at `baseURL`. Queries and documents are embedded
 * differently. Since v4 an input may be text and images together; images are given by their bytes.
 */
export class CohereEmbedding extends BaseEmbedding<CohereEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #dimensions: number | undefined;
  readonly #settings: EmbedSettings;
  readonly #connection: Connection;

  constructor(given: CohereEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'cohere', baseURL: baseURLOf(options) });
    const { dimensions, encodingFormat = 'base64', truncate = 'NONE' } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    oneOf('encodingFormat', encodingFormat, ['base64', 'float']);
    this.#dimensions = dimensions;
    this.#settings = { encodingFormat, truncate };
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        maxBatchSize: LIMITS.maxBatchSize,
        asymmetric: true,
        ...(TEXT_ALONE.test(options.model)
          ? {}
          : { maxBatchBytes: LIMITS.maxBatchBytes, inputModalities: ['text', 'image'] }),
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
  }

  async doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest<CohereEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const dimensions = request.dimensions ?? this.#dimensions;
    const sized = dimensions === undefined ? request : { ...request, dimensions };
    const body = toEmbedRequest(inputs, sized, this.#settings, this);
    const response = await this.#connection.send('/v2/embed', body, attempt, this);
    const about = { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
    const reply = await readJson(response, attempt, about);
    for (const message of warningsOf(reply)) attempt.warn({ type: 'other', message });
    return fromEmbedResponse(reply, about);
  }
}
