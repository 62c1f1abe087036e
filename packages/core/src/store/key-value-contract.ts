import type { JsonValue } from '../shared/json.ts';

/** What every method of a store takes. Aborted, it rejects with exactly `signal.reason`. */
export interface StoreOptions {
  signal?: AbortSignal | undefined;
}

/** Bytes come back as bytes, JSON as JSON. */
export type StoreValue = Uint8Array | JsonValue;

export interface KeyValueOptions extends StoreOptions {
  /** The same key in two namespaces is two entries. Default: the namespace `''`. */
  namespace?: string | undefined;
}

export interface SetOptions extends KeyValueOptions {
  /** Milliseconds, above 0; afterwards the entry is a miss. Default: it stays. */
  ttlMs?: number | undefined;
}

/**
 * Keys to values. What was set is got, byte for byte (S-03). A store takes a copy of what it is given and gives
 * copies: changing either changes nothing in it. Of very many entries in one call it may take some of the copies later,
 * before the call settles: thousands of them take longer than an event loop should stand. A failing store rejects; it never pretends that nothing was there.
 */
export interface KeyValueStore {
  /** `undefined` is a miss; JSON's `null` is a value. */
  get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
  set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
  /** What is not there is deleted already. */
  delete(key: string, options?: KeyValueOptions): Promise<void>;
  /** One value or miss for each key, in the order of the keys. */
  getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
  /** Of two entries with one key the last wins. */
  setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
  /** The entries of one namespace, in no promised order; those set or deleted meanwhile may or may not be among them. */
  iterate(options?: KeyValueOptions): AsyncIterable<StoreEntry>;
  /**
   * Sets the entry if it is still `expected`, as `get` gave it, and tells whether it did: bytes are compared one by one, JSON by
   * its text. `undefined` expects that nothing is there, as after a ttl. One step for everybody who writes to the place, other
   * processes too: of several who expect the same, one succeeds. Absent where a backend cannot promise that.
   */
  compareAndSet?(
    key: string,
    expected: StoreValue | undefined,
    value: StoreValue,
    options?: SetOptions,
  ): Promise<boolean>;
}

/** A key and its value. */
export type StoreEntry = readonly [key: string, value: StoreValue];
