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
import { readJson, readJsonVectors } from '@mortise/core/wire';
import { baseURLOf, Connection, type VoyageConnectionOptions } from './client.ts';
import {
  fromEmbedResponse,
  joined,
  requestsFor,
  toEmbedRequest,
  type EmbedSettings,
} from './convert-embedding.ts';

/** For completion in an editor only: any model works. */
export type VoyageEmbeddingModel =
  | 'voyage-4-large'
  | 'voyage-4'
  | 'voyage-4-lite'
  | 'voyage-code-3'
  | 'voyage-multimodal-3.5'
  | (string & {});

/** How to reach an embedding model of Voyage AI. All but `model` have defaults. */
export interface VoyageEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, VoyageConnectionOptions {
  model: VoyageEmbeddingModel;
  /** Shorter or longer vectors, from models that can: 256, 512, 1024 or 2048. Default: the model's own. */
  dimensions?: number | undefined;
  /**
   * How exactly the server rounds. `int8` gives whole numbers from -128 to 127, `binary` and `ubinary` one bit a number,
   * given as 1 and -1. Default: `float`. The API's `uint8` is `int8` around another middle, for which no similarity is meant.
   */
  outputDtype?: EmbedSettings['outputDtype'] | undefined;
  /**
   * Whether an input that is longer than the model takes is cut. Default: false, an error; Voyage's own default cuts it
   * without saying so.
   */
  truncation?: boolean | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Merged last into the request's body, in Voyage's own spelling. */
export type VoyageEmbeddingProviderOptions = {
  voyage?:
    | {
        /** Instead of `query` or `document`; null for a vector of the input without a prompt before it. */
        input_type?: string | null | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/**
 * An embedding model of Voyage AI, or of anyone who speaks its API at `baseURL`. Queries and documents are embedded
 * differently. Inputs of multimodal models may be text and images together, the images by their bytes or by their URLs.
 */
export class VoyageEmbedding extends BaseEmbedding<VoyageEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #dimensions: number | undefined;
  readonly #settings: EmbedSettings;
  readonly #connection: Connection;

  constructor(given: VoyageEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'voyage', baseURL: baseURLOf(options) });
    const { dimensions, model, outputDtype = 'float', truncation = false } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    oneOf('outputDtype', outputDtype, ['float', 'int8', 'binary', 'ubinary']);
    this.#dimensions = dimensions;
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...limitsOf(model),
        asymmetric: true,
        ...(dimensions === undefined ? {} : { dimensions }),
        ...options.metadata,
      }),
      'configuration',
    );
    const multimodal = reading(
      'metadata.inputModalities',
      () => this.metadata.inputModalities?.includes('image') === true,
      'configuration',
    );
    this.#settings = { outputDtype, truncation, multimodal };
  }

  async doEmbed(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest<VoyageEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const requests = requestsFor(inputs, this);
    if (requests.length === 1) return this.#ask(inputs, request, attempt);
    const replies: EmbedReply[] = [];
    for (const places of requests) {
      const asked = places.map((at) => inputs[at] ?? '');
      replies.push(await this.#ask(asked, request, attempt));
    }
    return joined(replies, requests);
  }

  async #ask(
    inputs: readonly EmbeddingInput[],
    request: EmbedRequest<VoyageEmbeddingProviderOptions>,
    attempt: Attempt,
  ): Promise<EmbedReply> {
    const dimensions = request.dimensions ?? this.#dimensions;
    const sized = dimensions === undefined ? request : { ...request, dimensions };
    const body = toEmbedRequest(inputs, sized, this.#settings, this);
    const endpoint = this.#settings.multimodal ? 'multimodalEmbed' : 'embed';
    const response = await this.#connection.send(endpoint, body, attempt, this);
    const about = { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
    const { output_dtype: dtype = 'float' } = body;
    const read = dtype === 'float' ? readJsonVectors : readJson;
    return fromEmbedResponse(await read(response, attempt, about), dtype, about);
  }
}

/** https://docs.voyageai.com/reference/embeddings-api and https://docs.voyageai.com/reference/multimodal-embeddings-api */
function limitsOf(model: string): Omit<EmbeddingMetadata, 'asymmetric'> {
  const maxBatchSize = 1000;
  if (model.startsWith('voyage-multimodal-')) {
    // The API takes 320,000, an image counted by its pixels: 6,400 for one of 3.6 million, which core counts with 1,600.
    return {
      maxBatchSize,
      maxBatchTokens: 80_000,
      maxBatchBytes: 20_000_000,
      inputModalities: ['text', 'image'],
    };
  }
  if (/^voyage-(3\.5|4)-lite$/.test(model)) return { maxBatchSize, maxBatchTokens: 1_000_000 };
  if (/^voyage-(2|3\.5|4)$/.test(model)) return { maxBatchSize, maxBatchTokens: 320_000 };
  return { maxBatchSize, maxBatchTokens: 120_000 };
}
