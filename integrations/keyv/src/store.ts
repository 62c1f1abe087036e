import { storeCall, storeItems } from '@mortise/core/store';
import { MortiseError, type JsonValue } from '@mortise/core';
import { raceAbort, throwIfAborted, timeSlices } from '@mortise/core/call';
import { reading, finiteNumber, jsonText, requireMembers } from '@mortise/core/shared';
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
import { failureOf } from './failure.ts';
import { redisLock, type RedisAdapter } from './redis-lock.ts';

/** What is used of a `Keyv`, of version 6. */
export interface KeyvLike {
  get(key: string): Promise<unknown>;
  getMany(keys: string[]): Promise<unknown[]>;
  set(key: string, value: unknown, ttl?: number): Promise<boolean>;
  setMany(entries: { key: string; value: unknown; ttl?: number }[]): Promise<unknown>;
  delete(key: string): Promise<boolean>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  /** Without effect where the adapter cannot iterate. */
  iterator?: unknown;
  readonly store?: unknown;
  readonly namespace?: string | undefined;
}

const MEMBERS = [
  'get',
  'getMany',
  'set',
  'setMany',
  'delete',
  'on',
] as const satisfies readonly (keyof KeyvLike)[];

/**
 * Any Keyv as a `KeyValueStore`. Values are kept as text, bytes as base64, so that every adapter and serializer gives
 * back what it was given. Keyv emits an `error` event for a failing adapter and answers as if the entry were absent;
 * here such a call rejects. It has no `compareAndSet`, as Keyv has none. On the adapter `@keyv/redis` it has a `lock`, in
 * keys of its own on the adapter's connection.
 */
export class KeyvKeyValueStore implements KeyValueStore {
  readonly #keyv: KeyvLike;
  readonly lock?: NonNullable<KeyValueStore['lock']>;
  #failures = 0;
  #failure: unknown;

  constructor(keyv: KeyvLike) {
    this.#keyv = requireMembers(keyv, MEMBERS, 'keyv', 'Keyv');
    if (reading('keyv', () => 'throwOnErrors' in keyv, 'configuration')) {
      const message =
        'This is Keyv 5, whose getMany shows a failing store as one without entries. Take Keyv 6.';
      throw new MortiseError('configuration', message);
    }
    reading(
      'keyv',
      () =>
        keyv.on('error', (error) => {
          this.#failures++;
          this.#failure = error;
        }),
      'configuration',
    );
    const { store, namespace } = reading(
      'keyv',
      () => ({ store: keyv.store, namespace: `${keyv.namespace ?? ''}` }),
      'configuration',
    );
    if (isRedis(store)) this.lock = redisLock(store, `${namespace}:`, place);
  }

  async get(key: string, given: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    return storeCall(given, async (options) => {
      const found = await this.#run(options, () => this.#keyv.get(place(key, options)), isMiss);
      return decode(found);
    });
  }

  async set(key: string, value: StoreValue, given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const entry = entryOf(key, value, options);
      await this.#run(options, () => this.#keyv.set(entry.key, entry.value, entry.ttl), isRefused);
    });
  }

  async delete(key: string, given: KeyValueOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      // False also where nothing was there, which is as good as deleted.
      await this.#run(options, () => this.#keyv.delete(place(key, options)), isRefused);
    });
  }

  async getMany(keys: readonly string[], given: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    return storeCall(given, async (options) => {
      if (keys.length === 0) return [];
      const places = keys.map((key) => place(key, options));
      const values: (StoreValue | undefined)[] = [];
      const slices = timeSlices(options.signal);
      for (const some of inParts(places)) {
        const turn = slices.turn();
        if (turn !== undefined) await turn;
        const found = await this.#run(
          options,
          () => this.#keyv.getMany(some),
          (them) => them.some(isMiss),
        );
        values.push(...found.map(decode));
      }
      return values;
    });
  }

  async setMany(entries: readonly StoreEntry[], given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      if (entries.length === 0) return;
      // By key, so that the last of two wins, whatever the adapter makes of two.
      const byKey = new Map(entries);
      const slices = timeSlices(options.signal);
      for (const some of inParts([...byKey])) {
        const turn = slices.turn();
        if (turn !== undefined) await turn;
        const made = some.map(([key, value]) => entryOf(key, value, options));
        await this.#run(options, () => this.#keyv.setMany(made), isRefused);
      }
    });
  }

  iterate(given: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: KeyValueOptions): AsyncIterable<StoreEntry> {
    const namespace = frame(options);
    const before = this.#failures;
    for await (const [id, value] of this.#entries()) {
      throwIfAborted(options.signal);
      const entry = id.startsWith(namespace) ? decode(value) : undefined;
      if (entry !== undefined) yield [unframed(id.slice(namespace.length)), entry];
    }
    if (this.#failures !== before) throw this.#error();
  }

  #entries(): AsyncIterable<[string, unknown]> {
    const { iterator, store } = this.#keyv;
    if (typeof iterator === 'function' && iterates(store))
      return (iterator as () => AsyncIterable<[string, unknown]>).call(this.#keyv);
    throw new MortiseError(
      'unsupported',
      "This Keyv's adapter cannot iterate over its entries. Take one that can.",
    );
  }

  /** `suspect` says which results Keyv gives for a failure too: with an error meanwhile they are taken as one. */
  async #run<T>(
    { signal }: KeyValueOptions,
    operation: () => Promise<T>,
    suspect: (result: T) => boolean,
  ): Promise<T> {
    throwIfAborted(signal);
    const before = this.#failures;
    const running = started(operation);
    const result = await (signal === undefined ? running : raceAbort(running, signal));
    if (this.#failures !== before && suspect(result)) throw this.#error();
    return result;
  }

  #error(): MortiseError {
    const { reason, cause } = failureOf(this.#failure);
    return new MortiseError('internal', `Keyv's store failed: ${reason}. Check the service behind it.`, {
      cause,
    });
  }
}

/** Entries of one call of Keyv's, which a store in memory does in one step. */
const AT_ONCE = 1024;

function* inParts<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += AT_ONCE) yield all.slice(at, at + AT_ONCE);
}

/** `KeyvRedis` of `@keyv/redis`: nothing else of Keyv's has such a member. */
function isRedis(store: unknown): store is RedisAdapter {
  return reading(
    'keyv',
    () => typeof (store as RedisAdapter | undefined)?.getClient === 'function',
    'configuration',
  );
}

/** Keyv 6 wraps its adapter, and gives nothing where that cannot iterate: the innermost one decides. */
function iterates(store: unknown): boolean {
  const { store: inner, iterator } = (store ?? {}) as { store?: unknown; iterator?: unknown };
  if (typeof inner === 'object' && inner !== null) return iterates(inner);
  return (
    typeof iterator === 'function' ||
    (typeof store === 'object' && store !== null && Symbol.iterator in store)
  );
}

async function started<T>(operation: () => Promise<T>): Promise<T> {
  return operation();
}

function isMiss(value: unknown): boolean {
  return value == null;
}

/** One result, or one for each entry. */
function isRefused(result: unknown): boolean {
  return Array.isArray(result) ? result.some((one) => one !== true) : result !== true;
}

/** Never empty, which Keyv refuses, and length-framed, so that no namespace and key make up another's. */
function place(key: string, options: KeyValueOptions): string {
  return `${frame(options)}${framed(key)}`;
}

function frame({ namespace = '' }: KeyValueOptions): string {
  const name = framed(namespace);
  return `${name.length}:${name}:`;
}

/** UTF-8 holds no lone surrogate, and some services stop at a NUL: such a text goes as JSON. */
function framed(text: string): string {
  return text.isWellFormed() && !text.includes('\0') ? `=${text}` : JSON.stringify(text);
}

function unframed(text: string): string {
  return text.startsWith('=') ? text.slice(1) : (JSON.parse(text) as string);
}

function entryOf(
  key: string,
  value: StoreValue,
  options: SetOptions,
): { key: string; value: string; ttl?: number } {
  const { ttlMs } = options;
  if (ttlMs !== undefined)
    finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true, code: 'invalid-request' });
  const entry = { key: place(key, options), value: encode(key, value) };
  return ttlMs === undefined || ttlMs === Infinity ? entry : { ...entry, ttl: ttlMs };
}

function encode(key: string, value: StoreValue): string {
  if (value instanceof Uint8Array) return `b${base64Of(value)}`;
  return `j${jsonText(value, `The value for '${key}'`)}`;
}

/** What somebody else wrote under our key is a failure, not a miss. */
function decode(stored: unknown): StoreValue | undefined {
  if (stored == null) return undefined;
  if (typeof stored === 'string' && stored.startsWith('b')) return bytesOf(stored.slice(1));
  if (typeof stored === 'string' && stored.startsWith('j')) return JSON.parse(stored.slice(1)) as JsonValue;
  throw new MortiseError('internal', 'Keyv gave what this store did not write. Give it a Keyv of its own.');
}

interface NodeBuffer {
  from(text: string, encoding: 'base64'): Uint8Array;
  from(buffer: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string };
}

/** Several times as fast as `atob` and `btoa`, where there is one. */
const nodeBuffer = (): NodeBuffer | undefined => (globalThis as { Buffer?: NodeBuffer }).Buffer;

function base64Of(bytes: Uint8Array): string {
  const buffer = nodeBuffer();
  if (buffer !== undefined)
    return buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  let binary = '';
  // In slices, as the arguments of a call are limited.
  for (let at = 0; at < bytes.length; at += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}

function bytesOf(text: string): Uint8Array {
  const buffer = nodeBuffer();
  if (buffer !== undefined) return Uint8Array.from(buffer.from(text, 'base64'));
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
