import { timeSlices } from '../call/time-slice.ts';
import { throwIfAborted } from '../call/timers.ts';
import { checkOptions, reading, finiteNumber } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';
import type { JsonValue } from '../shared/json.ts';
import { jsonText } from '../shared/plain-json.ts';
import type {
  KeyValueOptions,
  KeyValueStore,
  SetOptions,
  StoreEntry,
  StoreValue,
} from './key-value-contract.ts';

export interface MemoryKeyValueStoreOptions {
  /**
   * Bytes of keys and values together, above 0; what was used least recently makes room, in whatever namespace.
   * A single entry above it is refused as `invalid-request`. Default: 256 MiB. `Infinity` keeps everything.
   */
  maxBytes?: number | undefined;
}

interface Entry {
  readonly key: string;
  readonly namespace: string;
  /** JSON is kept as its text: measurable, and fresh for every reader. */
  readonly value: Uint8Array | string;
  readonly bytes: number;
  /** On the clock of `performance.now()`. */
  readonly expiresAt: number;
  /** Its neighbours in the order of use. */
  older: Entry | undefined;
  newer: Entry | undefined;
}

const DEFAULT_MAX_BYTES = 268_435_456; // 256 * 1024 * 1024
/** Entries that are looked at before a turn of the event loop: up to here values are copied when the call is made. */
const AT_ONCE = 2048;

/** A cache in this process's memory, gone with it: the least recently used entries make room for new ones. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #maxBytes: number;
  /** By namespace and key: one joined from both would have to be made, and hashed, for every look. */
  readonly #namespaces = new Map<string, Map<string, Entry>>();
  /** The ends of the list of all entries in the order of use. */
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #bytes = 0;

  constructor(options: MemoryKeyValueStoreOptions = {}) {
    const { maxBytes = DEFAULT_MAX_BYTES } = checkOptions(options, 'configuration');
    finiteNumber('maxBytes', maxBytes, { above: 0, orInfinity: true });
    this.#maxBytes = maxBytes;
  }

  /** What the entries take now, keys included: an estimate that leaves out the engine's own overhead. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string, options: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    return (await this.getMany([key], options))[0];
  }

  async set(key: string, value: StoreValue, options: SetOptions = {}): Promise<void> {
    await this.setMany([[key, value]], options);
  }

  async delete(key: string, given: KeyValueOptions = {}): Promise<void> {
    const options = checkOptions(given);
    throwIfAborted(options.signal);
    const entry = this.#namespaces.get(options.namespace ?? '')?.get(key);
    if (entry !== undefined) this.#remove(entry);
  }

  async getMany(keys: readonly string[], options: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    const checked = checkOptions(options);
    throwIfAborted(checked.signal);
    const wanted = reading('The list of keys', () => [...keys]);
    const slices = timeSlices(checked.signal);
    const values: (StoreValue | undefined)[] = [];
    while (values.length < wanted.length) {
      const turn = values.length > 0 ? slices.turn() : undefined;
      if (turn !== undefined) await turn;
      const some = wanted.slice(values.length, values.length + AT_ONCE);
      values.push(...copies(reading('The list of keys', () => this.#find(some, checked))));
    }
    return values;
  }

  async setMany(entries: readonly StoreEntry[], options: SetOptions = {}): Promise<void> {
    const checked = checkOptions(options);
    throwIfAborted(checked.signal);
    const all = reading('An entry', () => [...entries]);
    const slices = timeSlices(checked.signal);
    for (let at = 0; at < all.length; at += AT_ONCE) {
      const turn = at > 0 ? slices.turn() : undefined;
      if (turn !== undefined) await turn;
      reading('An entry', () => {
        for (const [key, value] of all.slice(at, at + AT_ONCE))
          this.#write(key, keptValue(key, value), checked);
      });
    }
  }

  async compareAndSet(
    key: string,
    expected: StoreValue | undefined,
    value: StoreValue,
    given: SetOptions = {},
  ): Promise<boolean> {
    const options = checkOptions(given);
    throwIfAborted(options.signal);
    return reading('An entry', () => {
      // Refused whatever stands there.
      const kept = keptValue(key, value);
      const found = this.#find([key], options)[0]?.value;
      const isSame = isEqual(found, expected === undefined ? expected : keptValue(key, expected));
      if (isSame) this.#write(key, kept, options);
      return isSame;
    });
  }

  async *iterate(given: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    const options = checkOptions(given);
    const entries = this.#namespaces.get(options.namespace ?? '');
    for (const key of [...(entries?.keys() ?? [])]) {
      throwIfAborted(options.signal);
      // Looking is not a use.
      const value = copies([this.#live(entries?.get(key), performance.now())])[0];
      if (value !== undefined) yield [key, value];
    }
  }

  #find(keys: readonly string[], { namespace = '' }: KeyValueOptions): (Entry | undefined)[] {
    const entries = this.#namespaces.get(namespace);
    if (entries === undefined) return keys.map(() => undefined);
    const now = performance.now();
    return keys.map((key) => {
      const entry = this.#live(entries.get(key), now);
      if (entry !== undefined) this.#use(entry);
      return entry;
    });
  }

  /** The entry, unless its time is over. */
  #live(entry: Entry | undefined, now: number): Entry | undefined {
    if (entry === undefined || entry.expiresAt > now) return entry;
    this.#remove(entry);
    return undefined;
  }

  #write(key: string, kept: Uint8Array | string, options: SetOptions): void {
    const { ttlMs = Infinity, namespace = '' } = options;
    if (typeof key !== 'string') throw new MortiseError('invalid-request', 'A key is not a string.');
    if (typeof namespace !== 'string')
      throw new MortiseError('invalid-request', 'namespace is not a string.');
    finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true, code: 'invalid-request' });
    // A string takes two bytes a character at most.
    const size = typeof kept === 'string' ? kept.length * 2 : kept.byteLength;
    const bytes = (namespace.length + key.length) * 2 + size;
    if (bytes > this.#maxBytes) {
      const message = `The entry '${key}' takes ${bytes} bytes, the store ${this.#maxBytes}. Raise maxBytes.`;
      throw new MortiseError('invalid-request', message);
    }
    let entries = this.#namespaces.get(namespace);
    if (entries === undefined) this.#namespaces.set(namespace, (entries = new Map<string, Entry>()));
    const replaced = entries.get(key);
    if (replaced !== undefined) this.#remove(replaced);
    const expiresAt = performance.now() + ttlMs;
    const entry: Entry = {
      key,
      namespace,
      value: kept,
      bytes,
      expiresAt,
      older: undefined,
      newer: undefined,
    };
    entries.set(key, entry);
    this.#append(entry);
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes && this.#oldest !== undefined) this.#remove(this.#oldest);
  }

  #remove(entry: Entry): void {
    this.#namespaces.get(entry.namespace)?.delete(entry.key);
    this.#detach(entry);
    this.#bytes -= entry.bytes;
  }

  #use(entry: Entry): void {
    if (entry === this.#newest) return;
    this.#detach(entry);
    this.#append(entry);
  }

  #append(entry: Entry): void {
    entry.older = this.#newest;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #detach(entry: Entry): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = entry.newer = undefined;
  }
}

function keptValue(key: string, value: StoreValue): Uint8Array | string {
  return value instanceof Uint8Array ? Uint8Array.from(value) : jsonText(value, `The value for '${key}'`);
}

function isEqual(a: Uint8Array | string | undefined, b: Uint8Array | string | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** A buffer of copies: so small that it is still in the processor's cache, zeroed, when they are copied into it. */
const BUFFER_BYTES = 393_216; // 384 * 1024

/** Several in one buffer, each at a multiple of 8: thousands of small buffers are slow to make, and to collect. */
function copies(entries: readonly (Entry | undefined)[]): (StoreValue | undefined)[] {
  let left = 0;
  for (const entry of entries) if (typeof entry?.value === 'object') left += aligned(entry.value.length);
  let buffer = new ArrayBuffer(0);
  let at = 0;
  return entries.map((entry) => {
    const value = entry?.value;
    if (typeof value !== 'object') return value === undefined ? undefined : (JSON.parse(value) as JsonValue);
    const size = aligned(value.length);
    if (at + size > buffer.byteLength) {
      buffer = new ArrayBuffer(Math.max(size, Math.min(left, BUFFER_BYTES)));
      at = 0;
    }
    const copy = new Uint8Array(buffer, at, value.length);
    copy.set(value);
    at += size;
    left -= size;
    return copy;
  });
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}
