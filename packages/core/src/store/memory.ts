import { throwIfAborted } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import type { JsonValue } from '../json.ts';
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from './contract.ts';

export interface MemoryKeyValueStoreOptions {
  /**
   * Bytes of keys and values together, above 0; what was used least recently makes room, in whatever namespace.
   * A single entry above it is refused as `invalid-request`. Default: 256 MiB. `Infinity` keeps everything.
   */
  maxBytes?: number | undefined;
}

interface Entry {
  readonly key: string;
  /** JSON is kept as its text: measurable, and fresh for every reader. */
  readonly value: Uint8Array | string;
  readonly bytes: number;
  /** On the clock of `performance.now()`. */
  readonly expiresAt: number;
}

const DEFAULT_MAX_BYTES = 256 * 1024 * 1024;

/** A cache in this process's memory, gone with it: the least recently used entries make room for new ones. */
export class MemoryKeyValueStore implements KeyValueStore {
  readonly #maxBytes: number;
  /** In the order of use, oldest first: a `Map` keeps the order of insertion, and a hit inserts again. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(options: MemoryKeyValueStoreOptions = {}) {
    const { maxBytes = DEFAULT_MAX_BYTES } = options;
    if (!(maxBytes > 0))
      throw new MortiseError('configuration', `maxBytes is ${maxBytes}; it takes a number above 0.`);
    this.#maxBytes = maxBytes;
  }

  /** What the entries take now, keys included: an estimate that leaves out the engine's own overhead. */
  get bytes(): number {
    return this.#bytes;
  }

  async get(key: string, options: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    throwIfAborted(options.signal);
    return this.#read(place(key, options));
  }

  async set(key: string, value: StoreValue, options: SetOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    this.#write(key, value, options);
  }

  async delete(key: string, options: KeyValueOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    this.#remove(place(key, options));
  }

  async getMany(keys: readonly string[], options: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    throwIfAborted(options.signal);
    const found = keys.map((key) => this.#find(place(key, options), true));
    return copies(found);
  }

  async setMany(entries: readonly StoreEntry[], options: SetOptions = {}): Promise<void> {
    throwIfAborted(options.signal);
    for (const [key, value] of entries) this.#write(key, value, options);
  }

  async *iterate(options: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    const prefix = place('', options);
    for (const [id, { key }] of [...this.#entries]) {
      throwIfAborted(options.signal);
      if (!id.startsWith(prefix)) continue;
      const value = this.#peek(id);
      if (value !== undefined) yield [key, value];
    }
  }

  #read(id: string): StoreValue | undefined {
    return copies([this.#find(id, true)])[0];
  }

  /** A copy of the value, without counting as a use. */
  #peek(id: string): StoreValue | undefined {
    return copies([this.#find(id, false)])[0];
  }

  /** What is kept, which nobody outside may get hold of. */
  #find(id: string, used: boolean): Uint8Array | string | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= performance.now()) {
      this.#remove(id);
      return undefined;
    }
    if (used) {
      this.#entries.delete(id);
      this.#entries.set(id, entry);
    }
    return entry.value;
  }

  #write(key: string, value: StoreValue, options: SetOptions): void {
    const { ttlMs = Infinity } = options;
    if (!(ttlMs > 0))
      throw new MortiseError('invalid-request', `ttlMs is ${ttlMs}; it takes a number above 0.`);
    const id = place(key, options);
    const kept = value instanceof Uint8Array ? Uint8Array.from(value) : jsonText(key, value);
    // A string takes two bytes a character at most.
    const bytes = id.length * 2 + (typeof kept === 'string' ? kept.length * 2 : kept.byteLength);
    if (bytes > this.#maxBytes) {
      const message = `The entry '${key}' takes ${bytes} bytes, the store ${this.#maxBytes}. Raise maxBytes.`;
      throw new MortiseError('invalid-request', message);
    }
    this.#remove(id);
    this.#entries.set(id, { key, value: kept, bytes, expiresAt: performance.now() + ttlMs });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(oldest);
    }
  }

  #remove(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
  }
}

/** In one buffer, each at a multiple of 8: thousands of small ones are slow to make, and to collect. */
function copies(kept: readonly (Uint8Array | string | undefined)[]): (StoreValue | undefined)[] {
  let size = 0;
  for (const value of kept) if (typeof value === 'object') size += aligned(value.length);
  const buffer = new ArrayBuffer(size);
  let at = 0;
  return kept.map((value) => {
    if (typeof value !== 'object') return value === undefined ? undefined : (JSON.parse(value) as JsonValue);
    const copy = new Uint8Array(buffer, at, value.length);
    copy.set(value);
    at += aligned(value.length);
    return copy;
  });
}

function aligned(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** Length-framed, so that no namespace and key make up another's. */
function place(key: string, { namespace = '' }: KeyValueOptions): string {
  return `${namespace.length}:${namespace}:${key}`;
}

function jsonText(key: string, value: JsonValue): string {
  const text = JSON.stringify(value) as string | undefined;
  if (text !== undefined) return text;
  throw new MortiseError('invalid-request', `The value for '${key}' is neither bytes nor JSON.`);
}
