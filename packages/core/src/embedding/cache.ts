import { canonicalJson } from '../shared/canonical-json.ts';
import type { Warning } from '../call/contract.ts';
import { framed, sha256Hex } from '../shared/hash.ts';
import type { KeyValueStore } from '../store/key-value-contract.ts';
import { createStoreGuard } from '../store/guard.ts';
import { lenderOf, type LentEntry } from '../store/lending.ts';
import type { EmbeddingKind } from './contract.ts';
import { checkVector, isFiniteVector } from '../vectors/vector.ts';

/** Everything that makes one vector another. */
export interface EmbeddingKeyFields {
  readonly provider: string;
  readonly model: string;
  readonly dimensions?: number | undefined;
  readonly kind: EmbeddingKind;
  /** The provider's own part of `providerOptions`: it may change the vector in ways core does not know. */
  readonly providerOptions?: { readonly [option: string]: unknown } | undefined;
}

/**
 * The cache's key of one text: SHA-256 of `mortise-embedding-1` and the fields provider, model, dimensions, kind, text
 * (and provider options as canonical JSON, if any), each as `{length in UTF-16 units}:{field}`, so that no two lists of
 * fields run together. UTF-8 cannot tell lone surrogates apart: a field that has one is framed as its JSON after a `u`.
 */
export function embeddingCacheKey(fields: EmbeddingKeyFields, text: string): string {
  return embeddingKeys(fields)(text);
}

/** The same for many texts of one call: what they share is written once. */
export function embeddingKeys(fields: EmbeddingKeyFields): (text: string) => string {
  const { provider, model, dimensions, kind, providerOptions } = fields;
  const shared = `mortise-embedding-1${[provider, model, String(dimensions ?? ''), kind].map(framed).join('')}`;
  const options = providerOptions === undefined ? '' : framed(canonicalJson(providerOptions));
  return (text) => sha256Hex(shared + framed(text) + options);
}

/**
 * The vector as little-endian Float32 bytes: a view of it where the machine is little-endian, as nearly all are. What is
 * no vector, a list of numbers too, is `invalid-request`: its bytes could not be read again.
 */
export function vectorToBytes(vector: Float32Array): Uint8Array {
  checkVector(vector, 'The vector');
  if (LITTLE_ENDIAN) return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
  const view = new DataView(new ArrayBuffer(vector.length * 4));
  for (let i = 0; i < vector.length; i++) view.setFloat32(i * 4, vector[i]!, true);
  return new Uint8Array(view.buffer);
}

/** A vector of its own, or undefined for what cannot be one: no bytes, a torn length, a number that is not finite. */
export function bytesToVector(bytes: unknown): Float32Array | undefined {
  return isVectorBytes(bytes) ? finite(copied(bytes)) : undefined;
}

/** The same of what a store gave, which by its contract is a copy already: where they are aligned the bytes become the vector. */
function adoptVector(bytes: unknown): Float32Array | undefined {
  if (!isVectorBytes(bytes)) return undefined;
  if (!LITTLE_ENDIAN || bytes.byteOffset % 4 !== 0) return finite(copied(bytes));
  return finite(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4));
}

/** A buffer of vectors: so small that it is still in the processor's cache, zeroed, when they are copied into it. */
const BUFFER_BYTES = 384 * 1024;

/**
 * The vectors that a store lends, many in one buffer: no store copies what is copied here, and what was looked at once, or
 * written as a vector, is not looked at again.
 */
function copyVectors(lent: readonly (LentEntry | undefined)[]): (Float32Array | undefined)[] {
  let left = 0;
  for (const entry of lent) if (isVectorBytes(entry?.value)) left += entry.value.byteLength;
  let buffer = new Uint8Array();
  let at = 0;
  return lent.map((entry) => {
    if (!isVectorBytes(entry?.value)) return undefined;
    const { value } = entry;
    const size = value.byteLength;
    if (at + size > buffer.length) {
      buffer = new Uint8Array(Math.max(size, Math.min(left, BUFFER_BYTES)));
      at = 0;
    }
    buffer.set(value, at);
    const vector = new Float32Array(buffer.buffer, at, size / 4);
    at += size;
    left -= size;
    entry.isVector ||= isFiniteVector(vector);
    return entry.isVector ? vector : undefined;
  });
}

function isVectorBytes(bytes: unknown): bytes is ArrayBufferView {
  return ArrayBuffer.isView(bytes) && bytes.byteLength > 0 && bytes.byteLength % 4 === 0;
}

/** Aligned, wherever the bytes stood in their buffer. */
function copied(bytes: ArrayBufferView): Float32Array {
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const vector = new Float32Array(copy.buffer);
  if (LITTLE_ENDIAN) return vector;
  const view = new DataView(copy.buffer);
  for (let i = 0; i < vector.length; i++) vector[i] = view.getFloat32(i * 4, true);
  return vector;
}

function finite(vector: Float32Array): Float32Array | undefined {
  return isFiniteVector(vector) ? vector : undefined;
}

const LITTLE_ENDIAN = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Uint16Array.of(1).buffer)[0] === 1;

const NAMESPACE = 'embedding';

/** One call's view of the cache: a store that fails or holds rubbish costs a warning, never the call. */
export interface CallCache {
  key(text: string): string;
  /** One vector or miss a key. `dimensions` is what a vector must have, where that is known. */
  read(keys: readonly string[], dimensions: number | undefined): Promise<(Float32Array | undefined)[]>;
  write(entries: readonly (readonly [key: string, vector: Float32Array])[]): Promise<void>;
  /** Requests under way for this store, by key, whoever makes them. */
  readonly flights: Map<string, Flight>;
}

export interface CallCacheOptions {
  readonly key: (text: string) => string;
  readonly warn: (warning: Warning) => void;
  /** Of the call: its end is the end of a look into the store. */
  readonly signal: AbortSignal;
  /** Of the caller: what was paid for is still written when a sibling has failed. */
  readonly callerSignal: AbortSignal | undefined;
  /** Milliseconds after which a store counts as failed. */
  readonly timeoutMs: number;
}

export function openCallCache(store: KeyValueStore, options: CallCacheOptions): CallCache {
  const { key, warn, signal, callerSignal, timeoutMs } = options;

  const lender = LITTLE_ENDIAN ? lenderOf(store) : undefined;
  const guarded = createStoreGuard({
    store,
    timeoutMs,
    warn: (message) => warn({ type: 'other', setting: 'cache', message }),
  });

  return {
    key,
    flights: flightsOf(store),
    async read(keys, dimensions) {
      const options = { namespace: NAMESPACE, signal };
      const values = await guarded<readonly unknown[]>('read', signal, async () =>
        lender === undefined ? store.getMany(keys, options) : lender.lend(keys, options),
      );
      if (values === undefined) return keys.map(() => undefined);
      if (!Array.isArray(values) || values.length !== keys.length) {
        const message = `The cache gave ${values?.length} values for ${keys.length} keys; they are not used.`;
        warn({ type: 'other', setting: 'cache', message });
        return keys.map(() => undefined);
      }
      const vectors = lender === undefined ? values.map(adoptVector) : copyVectors(values as LentEntry[]);
      let expected = dimensions;
      return vectors.map((vector, at) => {
        if (values[at] == null) return undefined;
        expected ??= vector?.length;
        if (vector !== undefined && vector.length === expected) return vector;
        const message = 'The cache holds what is no embedding of this model; such texts are embedded again.';
        warn({ type: 'other', setting: 'cache', message });
        return undefined;
      });
    },
    async write(entries) {
      const values = entries.map(([name, vector]) => [name, vectorToBytes(vector)] as const);
      const options = { namespace: NAMESPACE, signal: callerSignal };
      await guarded('written', callerSignal, async () => {
        if (lender === undefined) return store.setMany(values, options);
        for (const entry of lender.keep(values, options)) entry.isVector = true;
      });
    },
  };
}

/** A request under way for one key. Its leader makes it; others wait for what comes of it. */
export class Flight {
  readonly #followers: ((vector: Float32Array | undefined) => void)[] = [];
  readonly #hurry: () => void;

  /** `hurry` is told that somebody waits: the leader may have been collecting a fuller batch. */
  constructor(hurry: () => void) {
    this.#hurry = hurry;
  }

  follow(follower: (vector: Float32Array | undefined) => void): void {
    this.#followers.push(follower);
    this.#hurry();
  }

  /** With nothing when the leader failed or left: a follower then makes its own request. */
  land(vector: Float32Array | undefined): void {
    for (const follower of this.#followers) follower(vector?.slice());
  }
}

/** Models that share a store share its flights. */
const flights = new WeakMap<KeyValueStore, Map<string, Flight>>();

function flightsOf(store: KeyValueStore): Map<string, Flight> {
  let found = flights.get(store);
  if (found === undefined) flights.set(store, (found = new Map<string, Flight>()));
  return found;
}
