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

/** Which keys are held, and for how long where nobody lets go of them. */
export interface KeyLockOptions extends KeyValueOptions {
  /**
   * Milliseconds, above 0, after which the keys of a holder that died are free again: the store renews them as long as the
   * holder's process lives. Default: 10,000.
   */
  leaseMs?: number | undefined;
}

/** Keys that are held against others until they are released or their holder dies. */
export interface KeyLock {
  /** Those that were got, in the order of the list; others are held by somebody else. */
  readonly keys: readonly string[];
  /** Aborted once a key is lost without having been released. Absent: that does not happen. */
  readonly lost?: AbortSignal | undefined;
  /** Safe to repeat. */
  release(): Promise<void>;
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
  /**
   * Holds keys, so that of several processes which miss an entry one makes it. At once: those of the keys that another
   * holds are not among what it gives, and nobody waits. It is no entry, and keeps nobody from writing one. For stores that
   * several machines share; absent where a backend cannot hold keys, or where nobody else could want them.
   */
  lock?(keys: readonly string[], options?: KeyLockOptions): Promise<KeyLock>;
}

/** A key and its value. */
export type StoreEntry = readonly [key: string, value: StoreValue];
