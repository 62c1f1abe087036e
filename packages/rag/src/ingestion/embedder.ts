import { reading } from '@mortise/core/shared';
import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import {
  checkVector,
  utf8Length,
  type BatchCost,
  type BatchLimits,
  type EmbeddingModel,
  type EmbeddingResult,
} from '@mortise/core/embedding';
import type { KeyValueStore, VectorStore } from '@mortise/core/store';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { lookUpEmbeddings, withEmbeddingCache } from '@mortise/toolkit/wrappers';
import { requireDimensions } from '../dimensions.ts';
import { isAboutDocument } from './failed-documents.ts';

/** An estimate may be too low for a text that is all rare words or digits. */
const ESTIMATE_SHARE = 0.75;

export interface EmbedderOptions {
  readonly model: EmbeddingModel;
  /** What the vectors are for. */
  readonly vectors: Pick<VectorStore, 'support'> | undefined;
  readonly cache: KeyValueStore | undefined;
  readonly batchSize: number | undefined;
  readonly dimensions: number | undefined;
}

export interface EmbedCall {
  readonly signal: AbortSignal;
  readonly parent?: string | undefined;
}

/** One request at a time, which is in the cache before it counts as made. */
export class Embedder {
  readonly #model: EmbeddingModel;
  readonly #cached: EmbeddingModel;
  readonly #cache: KeyValueStore | undefined;
  readonly #batchSize: number;
  readonly #dimensions: number | undefined;
  readonly #vectors: Pick<VectorStore, 'support'> | undefined;
  /** The request whose reply shows the model's dimensions, while it is under way. */
  #firstRequest: Promise<unknown> | undefined;
  #hasShownDimensions = false;

  constructor({ model, vectors, cache, batchSize = Infinity, dimensions }: EmbedderOptions) {
    this.#model = model;
    this.#vectors = vectors;
    this.#cache = cache;
    // A document is written by one run at a time, so others would wait for nothing but what a killed one held.
    this.#cached = cache === undefined ? model : withEmbeddingCache(model, cache, { lock: false });
    const most = reading('The metadata of the model', () => model.metadata.maxBatchSize, 'configuration');
    this.#batchSize = Math.min(batchSize, most);
    this.#dimensions = dimensions;
  }

  /** Vectors that were made before, in the order of the texts. */
  async known(texts: readonly string[], call: EmbedCall): Promise<(Float32Array | undefined)[]> {
    const cache = this.#cache;
    if (cache === undefined) return texts.map(() => undefined);
    const options = { ...call, dimensions: this.#dimensions };
    const found = await lookUpEmbeddings(this.#model, cache, texts, options);
    for (const vector of found) if (vector !== undefined) this.#compare(vector);
    return found;
  }

  /**
   * One batch. While the store has dimensions and the model's are unknown, one request runs at a time: if they differ, no
   * more than one was paid for.
   */
  async embed(texts: readonly string[], call: EmbedCall): Promise<EmbeddingResult> {
    // What ends the run ends those that wait as well.
    while (!this.#hasShownDimensions && this.#areDimensionsUnknown() && this.#firstRequest !== undefined)
      await this.#firstRequest;
    if (this.#hasShownDimensions || !this.#areDimensionsUnknown()) return this.#request(texts, call);
    const request = this.#request(texts, call);
    const first = request.then(
      () => void (this.#hasShownDimensions = true),
      (error: unknown) => {
        // Dimensions that differ go on to differ: callers that come before the run has stopped pay for nothing either.
        if (!isMortiseError(error, 'configuration')) this.#firstRequest = undefined;
        if (!isAboutDocument(error)) throw error;
      },
    );
    first.catch(() => undefined);
    this.#firstRequest = first;
    return request;
  }

  #areDimensionsUnknown(): boolean {
    const dimensions = this.#dimensions ?? this.#model.metadata.dimensions;
    return dimensions === undefined && this.#vectors?.support.dimensions !== undefined;
  }

  #compare(vector: Float32Array): void {
    if (this.#vectors !== undefined) requireDimensions(this.#vectors.support, vector.length);
  }

  async #request(texts: readonly string[], { signal, parent }: EmbedCall): Promise<EmbeddingResult> {
    const options = { signal, parent, dimensions: this.#dimensions };
    const result = await this.#cached.embedTexts(texts, options);
    for (const vector of checked(result.embeddings, texts.length)) this.#compare(vector);
    return result;
  }

  /** What the model takes in one request, as far as can be told. */
  get limits(): BatchLimits {
    const { maxBatchTokens = Infinity, maxBatchBytes } = this.#model.metadata;
    return {
      maxSize: this.#batchSize,
      maxTokens: maxBatchTokens * ESTIMATE_SHARE,
      maxBytes: maxBatchBytes,
    };
  }

  /** What a text adds to a batch. Each text is measured once, by what the model has a limit for. */
  costOf(text: string): BatchCost {
    const { maxBatchTokens, maxBatchBytes } = this.#model.metadata;
    return {
      tokens: maxBatchTokens === undefined ? 0 : estimateTokenizer.count(text),
      bytes: maxBatchBytes === undefined ? 0 : utf8Length(text),
    };
  }
}

/** A model of the application's own may give what no store takes, and would so for every document. */
function checked(embeddings: unknown, count: number): Float32Array[] {
  try {
    if (!Array.isArray(embeddings) || embeddings.length !== count)
      throw new MortiseError('invalid-request', `It gave no list of ${count} vectors for ${count} texts.`);
    for (const vector of embeddings) checkVector(vector, 'A vector that it gave');
    return embeddings as Float32Array[];
  } catch (cause) {
    const reason = errorText(cause);
    const message = `The embedding model does not keep to its contract. ${reason}`;
    throw new MortiseError('configuration', message, { cause });
  }
}
