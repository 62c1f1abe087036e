import { throwIfAborted } from '@mortise/core/call';
import type { Warning } from '@mortise/core/call';
import { isMortiseError, MortiseError } from '@mortise/core';
import {
  plainBlocks,
  bytesToVector,
  vectorToBytes,
  type EmbeddingInput,
  type EmbeddingModel,
  type EmbedManyOptions,
} from '@mortise/core/embedding';
import { emitPoint } from '@mortise/core/events';
import { canonicalJson, framed, positive, sha256Hex } from '@mortise/core/shared';
import type { KeyValueStore } from '@mortise/core/store';
import { createStoreGuard, type StoreGuard } from './store-guard.ts';
import { storeLocksOf, type StoreLocks } from './store-lock.ts';

/** Everything that makes one vector another. */
export interface EmbeddingKeyFields {
  readonly provider: string;
  readonly model: string;
  readonly dimensions?: number | undefined;
  readonly kind: NonNullable<EmbedManyOptions['kind']>;
  /** The provider's own part of `providerOptions`: it may change the vector in ways core does not know. */
  readonly providerOptions?: { readonly [option: string]: unknown } | undefined;
  /** As in `withEmbeddingCache`. */
  readonly scope?: string | undefined;
}

/**
 * The cache's key of one text: SHA-256 of `mortise-embedding-1` and the fields provider, model, dimensions, kind, text
 * (and provider options as canonical JSON, and the scope after an `s`, if any), each as `{length in UTF-16 units}:{field}`,
 * so that no two lists of fields run together. UTF-8 cannot tell lone surrogates apart: a field that has one is framed as
 * its JSON after a `u`. Blocks take the place of the text as their canonical JSON, bytes as base64, framed after a `b`.
 */
export function embeddingCacheKey(fields: EmbeddingKeyFields, text: EmbeddingInput): string {
  return embeddingKeys(fields)(text);
}

/** The same for many texts of one call: what they share is written once. */
function embeddingKeys(fields: EmbeddingKeyFields): (text: EmbeddingInput) => string {
  const { provider, model, dimensions, kind, providerOptions, scope = '' } = fields;
  const shared = `mortise-embedding-1${[provider, model, String(dimensions ?? ''), kind].map(framed).join('')}`;
  const options = providerOptions === undefined ? '' : framed(canonicalJson(providerOptions));
  const end = scope === '' ? options : `${options}s${framed(scope)}`;
  return (text) => {
    const field = typeof text === 'string' ? framed(text) : `b${framed(canonicalJson(plainBlocks(text)))}`;
    return sha256Hex(shared + field + end);
  };
}

const NAMESPACE = 'embedding';
/** A cache that takes longer is slower than what it saves. */
const STORE_TIMEOUT_MS = 30_000;
/** Keys of one look into a cache: worth a round trip and no more. */
const SMALLEST_LOOKUP = 64;
const LARGEST_LOOKUP = 256;

/** Keys of one look: as many as a request takes, within reason. */
export function lookupSize({ metadata }: EmbeddingModel): number {
  return Math.min(LARGEST_LOOKUP, Math.max(metadata.maxBatchSize, SMALLEST_LOOKUP));
}

export interface EmbeddingCacheOptions {
  readonly scope?: string | undefined;
  readonly ttlMs?: number | undefined;
  readonly lock?: boolean | undefined;
}

/** One call's view of the cache: a store that fails or holds rubbish costs a warning, never the call. */
export class EmbeddingCacheCall {
  readonly key: (text: EmbeddingInput) => string;
  /** Requests under way for this store, by key, whoever makes them. */
  readonly flights: Map<string, Flight>;
  /** Where the store can lock: what other processes make is not made here too. */
  readonly locks: StoreLocks<Float32Array> | undefined;
  readonly #model: EmbeddingModel;
  readonly #store: KeyValueStore;
  readonly #ttlMs: number | undefined;
  readonly #options: EmbedManyOptions;
  readonly #guard: StoreGuard;
  readonly #warnings = new Map<string, Warning>();
  /** What every vector of the call must have, as far as it is known yet. */
  #dimensions: number | undefined;

  constructor(
    model: EmbeddingModel,
    store: KeyValueStore,
    { scope, ttlMs, lock = true }: EmbeddingCacheOptions,
    options: EmbedManyOptions,
  ) {
    const { provider, model: name, metadata } = model;
    const { dimensions = metadata.dimensions, kind = 'document', providerOptions, timeoutMs } = options;
    this.#model = model;
    this.#store = store;
    this.#ttlMs = ttlMs;
    this.#options = options;
    this.#dimensions = dimensions;
    this.key = embeddingKeys({
      ...{ provider, model: name, dimensions, kind, scope },
      providerOptions: providerOptions?.[provider],
    });
    this.flights = flightsOf(store);
    this.#guard = createStoreGuard({
      store,
      timeoutMs: Math.min(STORE_TIMEOUT_MS, positive('timeoutMs', timeoutMs ?? STORE_TIMEOUT_MS)),
      warn: (message) => this.warn('cache', message),
    });
    this.locks = lock
      ? storeLocksOf({
          ...{ store, namespace: NAMESPACE, guard: this.#guard },
          look: (keys, signal) => this.#look(keys, signal),
        })
      : undefined;
  }

  get warnings(): Warning[] {
    return [...this.#warnings.values()];
  }

  /** Each once: a broken cache would say the same a million times. */
  warn(setting: string, message: string): void {
    if (this.#warnings.has(message)) return;
    const warning: Warning = { type: 'other', setting, message };
    this.#warnings.set(message, warning);
    const { provider, model } = this.#model;
    emitPoint('warning', { provider, model, ...warning }, this.#span());
  }

  /** One vector or miss a key. `signal` ends the wait for the store; its reason is thrown. */
  async read(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<(Float32Array | undefined)[]> {
    const found = await this.#look(keys, signal);
    let hits = 0;
    for (const vector of found) if (vector !== undefined) hits++;
    const { provider, model } = this.#model;
    emitPoint('cache', { provider, model, hits, misses: keys.length - hits }, this.#span());
    return found;
  }

  async #look(
    keys: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<(Float32Array | undefined)[]> {
    const values: unknown = await this.#guard('read', signal, async () =>
      this.#store.getMany(keys, { namespace: NAMESPACE, signal }),
    );
    return this.#vectors(keys, values);
  }

  #vectors(keys: readonly string[], values: unknown): (Float32Array | undefined)[] {
    if (values === undefined) return keys.map(() => undefined);
    if (!Array.isArray(values) || values.length !== keys.length) {
      const count = Array.isArray(values) ? values.length : 'no';
      this.warn('cache', `The cache gave ${count} values for ${keys.length} keys; they are not used.`);
      return keys.map(() => undefined);
    }
    return values.map((value: unknown) => {
      if (value == null) return undefined;
      // What a store gave is a copy by its contract.
      const vector = bytesToVector(value, true);
      this.#dimensions ??= vector?.length;
      if (vector?.length === this.#dimensions) return vector;
      const message = 'The cache holds what is no embedding of this model; such texts are embedded again.';
      this.warn('cache', message);
      return undefined;
    });
  }

  /**
   * Writes what was made, also when a sibling of it has failed: it was paid for. What is no vector is not kept. Rejects
   * with the reason of the caller's signal, and with `malformed-response` where the model's vectors and the cache's differ
   * in length.
   */
  async keep(made: readonly (readonly [key: string, vector: Float32Array])[]): Promise<void> {
    const { signal } = this.#options;
    const entries: (readonly [string, Uint8Array])[] = [];
    for (const [key, vector] of made) {
      const bytes = bytesOf(vector);
      if (bytes === undefined) continue;
      this.#dimensions ??= vector.length;
      if (vector.length !== this.#dimensions) throw this.#differs(vector.length);
      entries.push([key, bytes]);
    }
    if (entries.length === 0) return throwIfAborted(signal);
    const options = { namespace: NAMESPACE, signal, ttlMs: this.#ttlMs };
    await this.#guard('written', signal, async () => this.#store.setMany(entries, options));
  }

  #differs(length: number): MortiseError {
    const { provider, model } = this.#model;
    const message = `The model gave ${length} numbers for a text, where ${this.#dimensions} were expected. Empty the cache, or name another \`scope\`, if the model behind this name has changed.`;
    return new MortiseError('malformed-response', message, { provider, model });
  }

  #span(): { id: string } | undefined {
    const { parent } = this.#options;
    return parent === undefined ? undefined : { id: parent };
  }
}

/** Bytes of their own: a store that is late must not write what the caller has made of the vector by then. */
function bytesOf(vector: unknown): Uint8Array | undefined {
  try {
    return vectorToBytes(vector as Float32Array).slice();
  } catch (error) {
    if (isMortiseError(error, 'invalid-request')) return undefined;
    throw error;
  }
}

/** A request under way for one key. Its leader makes it; others wait for what comes of it. */
export class Flight {
  readonly #followers: ((vector: Float32Array | undefined) => void)[] = [];
  readonly #hurry: () => void;

  /** `hurry` is told that somebody waits: the leader may have been collecting a fuller batch. */
  constructor(hurry: () => void = () => undefined) {
    this.#hurry = hurry;
  }

  follow(follower: (vector: Float32Array | undefined) => void): void {
    this.#followers.push(follower);
    this.#hurry();
  }

  /** With nothing when the leader failed or left: a follower then makes its own request. */
  land(vector: Float32Array | undefined): void {
    for (const follower of this.#followers.splice(0)) follower(vector?.slice());
  }
}

/** Models that share a store share its flights. */
const flights = /* @__PURE__ */ new WeakMap<KeyValueStore, Map<string, Flight>>();

function flightsOf(store: KeyValueStore): Map<string, Flight> {
  let found = flights.get(store);
  if (found === undefined) flights.set(store, (found = new Map<string, Flight>()));
  return found;
}
