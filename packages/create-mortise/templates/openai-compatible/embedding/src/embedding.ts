import type { Attempt } from '@mortise/core/call';
import {
  BaseEmbedding,
  type BaseEmbeddingOptions,
  type EmbeddingMetadata,
  type EmbedReply,
  type EmbedRequest,
} from '@mortise/core/embedding';
import { readJson } from '@mortise/core/wire';
import { fromEmbeddingResponse, toEmbeddingRequest } from '@mortise/openai';
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
const DECLARED: EmbeddingMetadata = { maxBatchSize: 96, asymmetric: false };

/** An embedding model of Acme, which speaks OpenAI's wire. */
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
    const body = toEmbeddingRequest(inputs, request, this);
    const response = await this.#connection.send('/embeddings', body, attempt, this);
    const { provider, model } = this;
    const about = { provider, model, secrets: this.#connection.about(this).secrets };
    return fromEmbeddingResponse(await readJson(response, attempt, about), about);
  }
}
