import type { EmbeddingTarget } from '@mortise/conformance';
import { MortiseError } from '@mortise/core';
import type { EmbeddingResult, EmbedManyOptions, EmbedOptions } from '@mortise/core/embedding';
import type { KeyValueStore, StoreEntry } from '@mortise/core/store';
import { ReferenceEmbedding } from '../reference/vectors.ts';
import { many, mutant, streaming, zeros, type EmbeddingMutant } from './embedding-mutant.ts';

/** The given store, seen through `change`. */
const through = (change: (store: KeyValueStore) => Partial<KeyValueStore>) =>
  class extends ReferenceEmbedding {
    constructor({ url, settings }: EmbeddingTarget) {
      const { cache } = settings;
      super({ url, settings: cache === undefined ? settings : { ...settings, cache: seen(cache, change) } });
    }
  };

function seen(store: KeyValueStore, change: (store: KeyValueStore) => Partial<KeyValueStore>): KeyValueStore {
  return {
    get: (key, options) => store.get(key, options),
    set: (key, value, options) => store.set(key, value, options),
    delete: (key, options) => store.delete(key, options),
    getMany: (keys, options) => store.getMany(keys, options),
    setMany: (entries, options) => store.setMany(entries, options),
    iterate: (options) => store.iterate(options),
    ...change(store),
  };
}

const reversed = ([key, value]: StoreEntry): StoreEntry => [key, (value as Uint8Array).toReversed()];

export const caching: readonly EmbeddingMutant[] = [
  mutant(
    'has keys of its own',
    'cache.key',
    through((store) => ({
      getMany: (keys, options) =>
        store.getMany(
          keys.map((key) => `own:${key}`),
          options,
        ),
      setMany: (entries, options) =>
        store.setMany(
          entries.map(([key, value]) => [`own:${key}`, value] as const),
          options,
        ),
    })),
  ),
  mutant(
    'keeps its vectors backwards',
    'cache.key',
    through((store) => ({ setMany: (entries, options) => store.setMany(entries.map(reversed), options) })),
  ),
  mutant(
    'asks the cache for a document when it is a query',
    'cache.kinds',
    class extends ReferenceEmbedding {
      override embedQuery(query: string, options?: EmbedOptions): Promise<Float32Array> {
        return this.embedText(query, options);
      }
    },
  ),
  mutant(
    'does not know what is under way',
    'cache.single-flight',
    class extends ReferenceEmbedding {
      readonly #target: EmbeddingTarget;
      constructor(target: EmbeddingTarget) {
        super(target);
        this.#target = target;
      }
      override embedTexts(
        texts: readonly string[],
        options: EmbedManyOptions = {},
      ): Promise<EmbeddingResult> {
        const Own = through(() => ({}));
        return new Own(this.#target).embedTexts(texts, options);
      }
    },
  ),
  mutant(
    'takes what the cache holds for a vector',
    'cache.corrupt',
    many(async (embed, texts, options) => {
      const result = await embed(texts, options);
      return result.warnings.length === 0 ? result : { ...result, embeddings: texts.map(zeros) };
    }),
  ),
  mutant(
    'says nothing of a corrupt cache',
    'cache.corrupt',
    many(async (embed, texts, options) => ({ ...(await embed(texts, options)), warnings: [] })),
  ),
  mutant(
    'fails with its cache',
    'cache.failing',
    many(async (embed, texts, options) => {
      const result = await embed(texts, options);
      if (result.warnings.length > 0) throw new MortiseError('server', 'The cache failed.');
      return result;
    }),
  ),
  mutant(
    'takes any object for a store',
    'cache.members',
    class extends ReferenceEmbedding {
      constructor({ url, settings: { cache: _cache, ...settings } }: EmbeddingTarget) {
        super({ url, settings });
      }
    },
  ),
  mutant(
    'sends a text as soon as there is room for one',
    'stream.full-batches',
    streaming((open, texts, options) => ({
      async *[Symbol.asyncIterator]() {
        let index = 0;
        for await (const text of texts)
          for await (const item of open([text], options)) yield { ...item, index: index++ };
      },
    })),
  ),
];
