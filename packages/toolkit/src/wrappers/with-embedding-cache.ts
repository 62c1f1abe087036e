import { raceAbort, throughDoor, throwIfAborted } from '@mortise/core/call';
import {
  checkInput,
  EmbeddingStream,
  type EmbeddingInput,
  type EmbeddingModel,
  type EmbedManyOptions,
  type EmbedOptions,
} from '@mortise/core/embedding';
import { checkOptions, finiteNumber, reading, requireMembers } from '@mortise/core/shared';
import { requireKeyValueStore, type KeyValueStore } from '@mortise/core/store';
import { CachedEmbedStream } from './cached-embed-stream.ts';
import { embedListCached } from './cached-embed-list.ts';
import { EmbeddingCacheCall, Flight, lookupSize } from './embedding-cache.ts';
import { wrapModel } from './wrap.ts';

export interface WithEmbeddingCacheOptions {
  /** Milliseconds that an embedding is kept. Default: as long as the store keeps it. */
  ttlMs?: number | undefined;
  /**
   * Part of the key. Name it where two models share provider and name and embed differently, such as two servers behind
   * one integration's `baseURL`. Default: `''`.
   */
  scope?: string | undefined;
  /**
   * Whether processes that miss the same text wait for the one that makes it, where the store has a `lock`. With false what
   * they miss at once is made by each. Default: true.
   */
  lock?: boolean | undefined;
}

/**
 * `model` with its embeddings kept in `store`: a text is embedded once for each model, kind, length and provider's own
 * options. The store is looked into before the limiter is asked; what it does not have goes to the model as one list, so
 * that batches stay full, and equal texts missed by several calls at once make one request, those of other processes
 * included where the store has a `lock`. An embedding is in the store
 * before it is part of a result, progress or a stream: what a killed program had paid for is not paid for again, but for
 * the requests under way. (A model that does not call `onBatch` is kept when its call ends.)
 *
 * A store that fails costs a warning, never the call, and what it holds that is no embedding of the model is a miss with
 * a warning. One that does not answer within 30 s, or `timeoutMs` if that is less, is left alone by every call for a
 * minute, after which one tries it again. A store that lacks members is `configuration`.
 */
export function withEmbeddingCache<M extends EmbeddingModel>(
  model: M,
  store: KeyValueStore,
  options: WithEmbeddingCacheOptions = {},
): M {
  const { ttlMs } = checkOptions(options, 'configuration');
  requireMembers<EmbeddingModel>(
    model,
    ['embedQuery', 'embedText', 'embedTexts', 'embedStream'],
    'model',
    'EmbeddingModel',
  );
  const about = reading(
    'The model',
    () => ({ provider: model.provider, model: model.model }),
    'configuration',
  );
  if (ttlMs !== undefined) finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true });
  requireKeyValueStore(store, 'store');
  const open = (asked: EmbedManyOptions): EmbeddingCacheCall =>
    new EmbeddingCacheCall(model, store, options, asked);

  async function embedOne(
    text: EmbeddingInput,
    kind: 'query' | 'document',
    asked: EmbedOptions,
    embed: () => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const { signal } = asked;
    throwIfAborted(signal);
    checkInput(model, text, 0);
    const cache = open({ ...asked, kind });
    const key = cache.key(text);
    const [found] = await cache.read([key], signal);
    if (found !== undefined) return found;
    for (let other = cache.flights.get(key); other !== undefined; other = cache.flights.get(key)) {
      const following = followed(other);
      const vector = await (signal === undefined ? following : raceAbort(following, signal));
      if (vector !== undefined) return vector;
    }
    const flight = new Flight();
    cache.flights.set(key, flight);
    let made: Float32Array | undefined;
    try {
      const { locks } = cache;
      let claimed = await locks?.claim([key], signal);
      if (locks !== undefined && claimed?.theirs.length === 1) claimed = await locks.wait([key], signal);
      made = claimed?.found.get(key);
      if (made !== undefined) return made.slice();
      const vector = await embed();
      await cache.keep([[key, vector]]);
      return (made = vector);
    } finally {
      cache.flights.delete(key);
      cache.locks?.release([key]);
      flight.land(made);
    }
  }

  return wrapModel<M, EmbeddingModel>(model, {
    embedQuery: (query: EmbeddingInput, asked: EmbedOptions = {}) =>
      throughDoor(asked, about, (checked) =>
        embedOne(query, 'query', checked, () => model.embedQuery(query, checked)),
      ),
    embedText: (text: EmbeddingInput, asked: EmbedOptions = {}) =>
      throughDoor(asked, about, (checked) =>
        embedOne(text, 'document', checked, () => model.embedText(text, checked)),
      ),
    embedTexts: (texts: readonly EmbeddingInput[], asked: EmbedManyOptions = {}) =>
      throughDoor(asked, about, async (checked) => embedListCached(model, texts, checked, open(checked))),
    embedStream: (
      texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>,
      given: EmbedManyOptions = {},
    ) => {
      const asked = checkOptions(given);
      // Refuses options that make no sense at once, as the model does.
      model.embedStream([], asked);
      const cache = open(asked);
      const total = Array.isArray(texts) ? texts.length : undefined;
      return new EmbeddingStream(
        texts,
        (left) => new CachedEmbedStream({ model, cache, call: asked, total, left }),
      );
    },
  });
}

/**
 * The vectors of `texts` that `withEmbeddingCache(model, store, options)` would find in the store, in their order; nothing
 * is sent. For those who make batches of their own. A store that fails holds nothing, with a `warning` event.
 */
export async function lookUpEmbeddings(
  model: EmbeddingModel,
  store: KeyValueStore,
  texts: readonly EmbeddingInput[],
  { ttlMs, scope, ...asked }: WithEmbeddingCacheOptions & EmbedManyOptions = {},
): Promise<(Float32Array | undefined)[]> {
  throwIfAborted(asked.signal);
  const cache = new EmbeddingCacheCall(model, requireKeyValueStore(store, 'store'), { ttlMs, scope }, asked);
  const found: (Float32Array | undefined)[] = [];
  const size = lookupSize(model);
  for (let at = 0; at < texts.length; at += size)
    found.push(...(await cache.read(texts.slice(at, at + size).map(cache.key), asked.signal)));
  return found;
}

function followed(flight: Flight): Promise<Float32Array | undefined> {
  return new Promise((resolve) => flight.follow(resolve));
}
