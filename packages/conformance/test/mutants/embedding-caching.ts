import { isMortiseError, MortiseError } from '@mortise/core';
import type {
  EmbeddedText,
  EmbeddingInput,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
} from '@mortise/core/embedding';
import { defined } from '@mortise/core/shared';
import type { KeyValueStore, StoreEntry } from '@mortise/core/store';
import { withEmbeddingCache } from '@mortise/toolkit/wrappers';

export interface CacheMutant {
  readonly fault: string;
  readonly caughtBy: string;
  cached(model: EmbeddingModel, store: KeyValueStore): EmbeddingModel;
}

type Cached = CacheMutant['cached'];

const mutant = (fault: string, caughtBy: string, cached: Cached): CacheMutant => ({
  fault,
  caughtBy,
  cached,
});

/** The right cache before a store that is seen through `change`. */
const through =
  (change: (store: KeyValueStore) => Partial<KeyValueStore>): Cached =>
  (model, store) =>
    withEmbeddingCache(model, seen(store, change));

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

/** The right cache with some members replaced. */
const instead =
  (
    members: (right: EmbeddingModel, model: EmbeddingModel, store: KeyValueStore) => Partial<EmbeddingModel>,
  ): Cached =>
  (model, store) => {
    const right = withEmbeddingCache(model, store);
    return over(right, members(right, model, store));
  };

function over(right: EmbeddingModel, members: Partial<EmbeddingModel>): EmbeddingModel {
  const { provider, model, metadata } = right;
  return {
    provider,
    model,
    metadata,
    embedQuery: (query, options) => right.embedQuery(query, options),
    embedText: (text, options) => right.embedText(text, options),
    embedTexts: (texts, options) => right.embedTexts(texts, options),
    embedStream: (texts, options) => right.embedStream(texts, options),
    ...members,
  };
}

/** A list's call, tampered with. */
const many = (
  change: (result: EmbeddingResult, texts: readonly EmbeddingInput[]) => EmbeddingResult,
): Cached =>
  instead((right) => ({
    embedTexts: async (texts, options) => change(await right.embedTexts(texts, options), texts),
  }));

const reversed = ([key, value]: StoreEntry): StoreEntry => [key, (value as Uint8Array).toReversed()];

export const cacheMutants: readonly CacheMutant[] = [
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
    instead((right) => ({ embedQuery: (query, options) => right.embedText(query, options) })),
  ),
  mutant('keeps blocks under their JSON as a text', 'cache.blocks', (model, store) => {
    const right = withEmbeddingCache(model, store);
    const told = (input: EmbeddingInput): EmbeddingInput =>
      typeof input === 'string' ? input : JSON.stringify(input);
    return over(right, { embedTexts: (texts, options) => right.embedTexts(texts.map(told), options) });
  }),
  mutant(
    'names nobody where nothing was missing',
    'cache.answered',
    many(({ provider, server, ...result }) =>
      result.cached === 0 ? { ...result, ...defined({ provider, server }) } : result,
    ),
  ),
  mutant('does not know what is under way', 'cache.single-flight', (model, store) => {
    const own = (): EmbeddingModel =>
      withEmbeddingCache(
        model,
        seen(store, () => ({})),
      );
    return over(own(), { embedTexts: (texts, options) => own().embedTexts(texts, options) });
  }),
  mutant(
    'shares the fate of the call that it waited for',
    'cache.single-flight.failed',
    instead((right) => {
      const underWay = new Map<EmbeddingInput, Promise<Float32Array>>();
      return {
        embedText(text, options) {
          const made = underWay.get(text) ?? right.embedText(text, options);
          underWay.set(text, made);
          return made;
        },
      };
    }),
  ),
  mutant(
    'takes what the cache holds for a vector',
    'cache.corrupt',
    many((result) =>
      result.warnings.length === 0
        ? result
        : { ...result, embeddings: result.embeddings.map((vector) => new Float32Array(vector.length)) },
    ),
  ),
  mutant(
    'says nothing of a corrupt cache',
    'cache.corrupt',
    many((result) => ({ ...result, warnings: [] })),
  ),
  mutant(
    'fails with its cache',
    'cache.failing',
    many((result) => {
      if (result.warnings.length > 0) throw new MortiseError('server', 'The cache failed.');
      return result;
    }),
  ),
  mutant(
    'waits for its store as long as it takes',
    'cache.hanging',
    instead((right, _model, store) => ({
      async embedTexts(texts, options) {
        await store.getMany(texts as string[], { signal: options?.signal });
        return right.embedTexts(texts, options);
      },
    })),
  ),
  mutant('takes any object for a store', 'cache.members', (model) => model),
  mutant(
    'embeds what is missing look by look',
    'cache.batches',
    instead((right) => ({
      async embedTexts(texts, options) {
        const whole = await right.embedTexts([], options);
        for (let at = 0; at < texts.length; at += 50) {
          const {
            embeddings,
            cached,
            requests = 0,
          } = await right.embedTexts(texts.slice(at, at + 50), options);
          whole.embeddings.push(...embeddings);
          whole.cached += cached;
          whole.requests = (whole.requests ?? 0) + requests;
        }
        return whole;
      },
    })),
  ),
  mutant(
    'does not wait for what it keeps',
    'cache.kept',
    through((store) => ({
      async setMany(entries, options) {
        setTimeout(() => void store.setMany(entries, options), 50);
      },
    })),
  ),
  mutant(
    'reports nothing as done',
    'cache.kept',
    instead((right) => ({
      embedTexts: (texts, { onProgress: _own, ...options } = {}) => right.embedTexts(texts, options),
    })),
  ),
  mutant('keeps only what a call that succeeds has made', 'cache.partial', (model, store) => {
    const bare = async (
      texts: readonly EmbeddingInput[],
      options?: EmbedManyOptions,
    ): Promise<EmbeddingResult> => {
      try {
        return await model.embedTexts(texts, { ...options, onBatch: undefined });
      } catch (error) {
        throw isMortiseError(error) ? new MortiseError('server', error.message) : error;
      }
    };
    return withEmbeddingCache(over(model, { embedTexts: bare }), store);
  }),
  mutant('believes that every model calls it back', 'cache.any', (model, store) => {
    const deaf = seen(store, () => ({ setMany: async () => undefined }));
    return withEmbeddingCache(model, 'doEmbed' in model ? store : deaf);
  }),
  mutant(
    'yields what it has before what it waits for',
    'cache.stream',
    instead((right) => ({
      async *embedStream(texts, options) {
        const all: EmbeddedText[] = [];
        for await (const item of right.embedStream(texts, options)) all.push(item);
        yield* all.toSorted((a, b) => Number(b.cached) - Number(a.cached));
      },
    })),
  ),
];
