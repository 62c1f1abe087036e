import { MortiseError } from '@mortise/core';
import type {
  KeyValueOptions,
  KeyValueStore,
  SetOptions,
  StoreEntry,
  StoreValue,
} from '@mortise/core/store';

interface Row {
  readonly value: StoreValue;
  readonly until: number;
}

/** A store that implements the interface and extends nothing. */
export class FrozenKeyValueStore implements KeyValueStore {
  readonly #rows = new Map<string, Map<string, Row>>();

  async get(key: string, options: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    const [value] = await this.getMany([key], options);
    return value;
  }

  async set(key: string, value: StoreValue, options?: SetOptions): Promise<void> {
    await this.setMany([[key, value]], options);
  }

  async delete(key: string, { namespace = '', signal }: KeyValueOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#rows.get(namespace)?.delete(key);
  }

  async getMany(
    keys: readonly string[],
    { namespace = '', signal }: KeyValueOptions = {},
  ): Promise<(StoreValue | undefined)[]> {
    signal?.throwIfAborted();
    const rows = this.#rows.get(namespace);
    return keys.map((key) => {
      const row = rows?.get(key);
      return row === undefined || row.until <= Date.now() ? undefined : structuredClone(row.value);
    });
  }

  async setMany(
    entries: readonly StoreEntry[],
    { namespace = '', ttlMs = Infinity, signal }: SetOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    if (!(ttlMs > 0)) throw new MortiseError('invalid-request', `ttlMs is ${ttlMs}; it takes a number above 0.`);
    const rows = this.#rows.get(namespace) ?? new Map<string, Row>();
    this.#rows.set(namespace, rows);
    const foreign = entries.find(([, value]) => (value as unknown) === undefined);
    if (foreign !== undefined) throw new MortiseError('invalid-request', `The value of '${foreign[0]}' is not JSON.`);
    for (const [key, value] of entries) rows.set(key, { value: structuredClone(value), until: Date.now() + ttlMs });
  }

  async *iterate({ namespace = '', signal }: KeyValueOptions = {}): AsyncGenerator<StoreEntry> {
    for (const [key, { value, until }] of [...(this.#rows.get(namespace) ?? [])]) {
      signal?.throwIfAborted();
      if (until > Date.now()) yield [key, structuredClone(value)];
    }
  }
}
