import {
  bytesToVector,
  embeddingCacheKey,
  utf8Length,
  vectorToBytes,
  type EmbeddingModel,
} from '@mortise/core/embedding';
import type { KeyValueStore, StoreEntry } from '@mortise/core/store';
import { estimateTokenizer } from '@mortise/core/tokenizer';
import { guarded } from './guard.ts';

/** The namespace and the keys are those of an embedding model's own cache, so one store serves both. */
const NAMESPACE = 'embedding';
/** An estimate may be too low for a text that is all rare words or digits. */
const ESTIMATE_SHARE = 0.75;

export interface EmbedderOptions {
  readonly model: EmbeddingModel;
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
  readonly #cache: KeyValueStore | undefined;
  readonly #batchSize: number;
  readonly #dimensions: number | undefined;

  constructor({ model, cache, batchSize = Infinity, dimensions }: EmbedderOptions) {
    this.#model = model;
    this.#cache = cache;
    this.#batchSize = Math.min(batchSize, model.metadata.maxBatchSize);
    this.#dimensions = dimensions;
  }

  /** Vectors that were made before, in the order of the texts. */
  async known(texts: readonly string[], { signal }: EmbedCall): Promise<(Float32Array | undefined)[]> {
    const cache = this.#cache;
    if (cache === undefined) return texts.map(() => undefined);
    const keys = texts.map((text) => this.#key(text));
    const kept = await guarded('read', signal, () => cache.getMany(keys, { signal, namespace: NAMESPACE }));
    const dimensions = this.#dimensions ?? this.#model.metadata.dimensions;
    return texts.map((_, at) => {
      const vector = bytesToVector(kept?.[at]);
      return dimensions === undefined || vector?.length === dimensions ? vector : undefined;
    });
  }

  /** One batch. */
  async embed(texts: readonly string[], { signal, parent }: EmbedCall): Promise<Float32Array[]> {
    const { embeddings } = await this.#model.embedTexts(texts, {
      signal,
      parent,
      dimensions: this.#dimensions,
    });
    const cache = this.#cache;
    if (cache !== undefined) {
      const entries = texts.map((text, at): StoreEntry => {
        return [this.#key(text), vectorToBytes(embeddings[at] as Float32Array)];
      });
      await guarded('written', signal, () => cache.setMany(entries, { signal, namespace: NAMESPACE }));
    }
    return embeddings;
  }

  /** Whether `text` still fits into a batch of `texts`: what the model takes in one request, as far as can be told. */
  fits(texts: readonly string[], text: string): boolean {
    if (texts.length === 0) return true;
    if (texts.length >= this.#batchSize) return false;
    const { maxBatchTokens = Infinity, maxBatchBytes = Infinity } = this.#model.metadata;
    const all = [...texts, text];
    if (maxBatchBytes < Infinity && sum(all, utf8Length) > maxBatchBytes) return false;
    if (maxBatchTokens === Infinity) return true;
    return sum(all, (one) => estimateTokenizer.count(one)) <= maxBatchTokens * ESTIMATE_SHARE;
  }

  #key(text: string): string {
    const { provider, model, metadata } = this.#model;
    const dimensions = this.#dimensions ?? metadata.dimensions;
    return embeddingCacheKey({ provider, model, dimensions, kind: 'document' }, text);
  }
}

function sum(texts: readonly string[], measure: (text: string) => number): number {
  return texts.reduce((total, text) => total + measure(text), 0);
}
