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
import { readJson } from '@mortise/core/wire';
import { baseURLOf, Connection, type GoogleConnection } from './client.ts';
import { fromEmbedResponse, toEmbedRequest } from './convert-embedding.ts';

/** For completion in an editor only: any model works. */
export type GoogleEmbeddingModel = 'gemini-embedding-001' | 'text-embedding-005' | (string & {});

/** How to reach an embedding model of Google. All but `model` have defaults. */
export interface GoogleEmbeddingOptions
  extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, GoogleConnection {
  model: GoogleEmbeddingModel;
  /** Shorter vectors, from models that can. Default: the model's own. */
  dimensions?: number | undefined;
  /** What you know of the model; laid over what this integration declares. */
  metadata?: Partial<EmbeddingMetadata> | undefined;
}

/** Laid over what is sent for each text, in Google's own spelling. */
export type GoogleEmbeddingProviderOptions = {
  google?:
    | {
        /** Instead of `RETRIEVAL_QUERY` or `RETRIEVAL_DOCUMENT`; null for models that take none. */
        taskType?: string | null | undefined;
        title?: string | undefined;
        /** Vertex AI: cut what is too long instead of refusing it. What was cut is told. */
        autoTruncate?: boolean | undefined;
        [member: string]: unknown;
      }
    | undefined;
  /** Those of the models it may be swapped for. */
  [provider: string]: { [option: string]: unknown } | undefined;
};

/** An embedding model of Google, over the Gemini API, or over Vertex AI with a `project`. */
export class GoogleEmbedding extends BaseEmbedding<GoogleEmbeddingProviderOptions> {
  readonly metadata: EmbeddingMetadata;
  readonly #dimensions: number | undefined;
  readonly #connection: Connection;

  constructor(given: GoogleEmbeddingOptions) {
    const options = checkOptions(given, 'configuration');
    super({ ...options, provider: 'google', baseURL: baseURLOf(options) });
    const { dimensions } = options;
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    this.#dimensions = dimensions;
    this.#connection = new Connection(options);
    this.metadata = reading(
      'metadata',
      () => ({
        ...(this.#connection.vertex ? ofVertex(options.model) : { maxBatchSize: 100 }),
        asymmetric: true,
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
    const dimensions = request.dimensions ?? this.#dimensions;
    const sized = dimensions === undefined ? request : { ...request, dimensions };
    const bodyAt = (address: string): object => toEmbedRequest(address, inputs, sized, this.model);
    const response = await this.#connection.send('embedContent', bodyAt, attempt, this);
    const about = { provider: this.provider, model: this.model, secrets: this.#connection.secrets };
    return fromEmbedResponse(await readJson(response, attempt, about), about);
  }
}

/** On Vertex AI models of the Gemini family take one text a request. */
function ofVertex(model: string): Pick<EmbeddingMetadata, 'maxBatchSize' | 'maxBatchTokens'> {
  if (/gemini|maas/.test(model)) return { maxBatchSize: 1 };
  return { maxBatchSize: 250, maxBatchTokens: 20_000 };
}
