import { randomUUID } from 'node:crypto';
import { mkdir, open, opendir, readdir, readFile, rename, rm, stat, unlink, link } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { MortiseError } from '@mortise/core';
import { mapPool, runPool, throwIfAborted, timeSlices } from '@mortise/core/call';
import { checkOptions, sha256Hex, wholeNumber } from '@mortise/core/shared';
import {
  storeCall,
  storeItems,
  storeFailure,
  systemCode,
  type KeyValueOptions,
  type KeyValueStore,
  type SetOptions,
  type StoreEntry,
  type StoreValue,
} from '@mortise/core/store';
import { decodeRecord, encodeRecord, type EntryRecord } from './record.ts';
import { expiry, fromStored, toStored } from './value.ts';

export interface FileKeyValueStoreOptions {
  /** Made when it is first written to. It belongs to the store alone. */
  directory: string;
  /**
   * Waits for the disk before an entry counts as set, so that it outlives a loss of power, at some milliseconds an
   * entry. Default: false: it outlives the process, a kill of it included.
   */
  durable?: boolean | undefined;
  /**
   * Bytes of one entry: a larger one is not written (`invalid-request`), and a file that is larger not read (`validation`).
   * Default: 268,435,456 (256 MiB).
   */
  maxBytes?: number | undefined;
}

/** Files open at once: more than the threads behind `node:fs`, and far below any limit on open files. */
const CONCURRENCY = 16;
/** Bytes of an entry, at most: 256 MiB. */
const DEFAULT_MAX_ENTRY_BYTES = 268_435_456;
const TEMPORARY = 'tmp';
/** Values that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;
/** A write takes no hour: what is older was left by a process that was killed. */
const STALE_MS = 3_600_000;

/**
 * One file an entry, written beside its place and renamed into it: at any moment of a kill an entry is the old one or
 * the new one, never half. Several processes may share a directory. Good for some 100,000 entries; for more, or for
 * many small ones, take `SqliteKeyValueStore`. It has no `compareAndSet`: a rename does not ask what it replaces, and a lock
 * that ends with its process is SQLite's.
 */
export class FileKeyValueStore implements KeyValueStore {
  readonly #directory: string;
  readonly #durable: boolean;
  readonly #maxBytes: number;
  #ready: Promise<void> | undefined;

  constructor(options: FileKeyValueStoreOptions) {
    const {
      directory,
      durable = false,
      maxBytes = DEFAULT_MAX_ENTRY_BYTES,
    } = checkOptions(options, 'configuration');
    if (typeof directory !== 'string' || directory === '')
      throw new MortiseError(
        'configuration',
        'directory is missing; give the path of a folder for the store.',
      );
    this.#directory = resolve(directory);
    this.#durable = durable;
    this.#maxBytes = wholeNumber('maxBytes', maxBytes, { orInfinity: true });
  }

  async get(key: string, given: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    return storeCall(given, async (options) => {
      const path = this.#pathOf(key, options);
      const record = await this.#guarded('read', () => this.#read(path));
      throwIfAborted(options.signal);
      return record?.key === key ? fromStored(record.value) : undefined;
    });
  }

  async set(key: string, value: StoreValue, given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      await this.setMany([[key, value]], options);
    });
  }

  async delete(key: string, given: KeyValueOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const path = this.#pathOf(key, options);
      await this.#guarded('written', () => removed(path));
    });
  }

  async getMany(keys: readonly string[], given: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    return storeCall(given, async (options) => {
      const pool = { concurrency: CONCURRENCY, signal: options.signal };
      return mapPool(keys, pool, (key, signal) => this.get(key, { ...options, signal }));
    });
  }

  async setMany(entries: readonly StoreEntry[], given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const expiresAt = expiry(options.ttlMs);
      // By key, so that the last of two wins; as bytes, so that the caller may go on changing its values.
      const slices = timeSlices(options.signal);
      const records = new Map<string, Uint8Array>();
      for (const [at, [key, value]] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        records.set(key, this.#encoded(key, value, expiresAt));
      }
      await this.#guarded(
        'written',
        async () => {
          await (this.#ready ??= this.#prepare());
          await runPool(records, CONCURRENCY, async ([key, bytes]) => {
            throwIfAborted(options.signal);
            await this.#write(this.#pathOf(key, options), bytes);
          });
        },
        options.signal,
      );
    });
  }

  iterate(given: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: KeyValueOptions): AsyncIterable<StoreEntry> {
    const root = this.#folderOf(options);
    for (const shard of await this.#guarded('read', () => namesIn(root))) {
      const folder = join(root, shard);
      for await (const name of this.#names(folder)) {
        throwIfAborted(options.signal);
        const record = await this.#guarded('read', () => this.#read(join(folder, name)));
        throwIfAborted(options.signal);
        if (record !== undefined) yield [record.key, fromStored(record.value)];
      }
    }
  }

  #folderOf({ namespace = '' }: KeyValueOptions): string {
    // Letter case does not tell folders apart everywhere, and not every character makes a name.
    const plain = /^[a-z0-9-]{0,64}$/.test(namespace);
    return join(this.#directory, plain ? `n-${namespace}` : `h-${hashOf(namespace)}`);
  }

  #pathOf(key: string, options: KeyValueOptions): string {
    const name = hashOf(key);
    return join(this.#folderOf(options), name.slice(0, 2), name);
  }

  #encoded(key: string, value: StoreValue, expiresAt: number): Uint8Array {
    const bytes = encodeRecord({ key, value: toStored(key, value), expiresAt });
    if (bytes.length <= this.#maxBytes) return bytes;
    const message = `The entry '${shown(key)}' takes ${bytes.length} bytes, more than ${this.#maxBytes}, which is maxBytes. Raise maxBytes of the store, or keep less in one entry.`;
    throw new MortiseError('invalid-request', message);
  }

  async #content(path: string): Promise<Buffer | undefined> {
    const size = (await present(stat(path)))?.size ?? 0;
    if (size <= this.#maxBytes) return present(readFile(path));
    const message = `The entry in ${path} cannot be read: it has ${size} bytes, more than ${this.#maxBytes}, which is maxBytes. Raise maxBytes of the store, or remove the file.`;
    throw new MortiseError('validation', message);
  }

  async #read(path: string): Promise<EntryRecord | undefined> {
    const file = await this.#content(path);
    if (file === undefined) return undefined;
    const record = decodeRecord(file);
    if (record === undefined || record.expiresAt > Date.now()) return record;
    await this.#removeExpired(path);
    return undefined;
  }

  /** Another process may have set it anew since it was read: it is taken aside, looked at, and put back if so. */
  async #removeExpired(path: string): Promise<void> {
    const aside = this.#temporary();
    await (this.#ready ??= this.#prepare());
    if ((await present(rename(path, aside).then(() => true))) === undefined) return;
    const file = await this.#content(aside);
    const record = file === undefined ? undefined : decodeRecord(file);
    // Fails where a newer one stands already, which is as well.
    if (record !== undefined && record.expiresAt > Date.now()) await link(aside, path).catch(() => undefined);
    await unlink(aside);
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const temporary = this.#temporary();
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(bytes);
        if (this.#durable) await file.sync();
      } finally {
        await file.close();
      }
      await this.#place(temporary, path);
    } catch (error) {
      await removed(temporary).catch(() => undefined);
      throw error;
    }
  }

  async #place(temporary: string, path: string): Promise<void> {
    const folder = join(path, '..');
    try {
      await rename(temporary, path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      await mkdir(folder, { recursive: true });
      await rename(temporary, path);
    }
    // The file's name stands in its folder, which reaches the disk on its own.
    if (this.#durable) await synced(folder);
  }

  #temporary(): string {
    return join(this.#directory, TEMPORARY, randomUUID());
  }

  async #prepare(): Promise<void> {
    const folder = join(this.#directory, TEMPORARY);
    try {
      await mkdir(folder, { recursive: true });
      for (const name of await readdir(folder)) {
        const path = join(folder, name);
        const found = await present(stat(path));
        if (found !== undefined && found.mtimeMs < Date.now() - STALE_MS) await rm(path, { force: true });
      }
    } catch (error) {
      // The next write may find the disk writable.
      this.#ready = undefined;
      throw error;
    }
  }

  /** Names one by one: a folder may hold more than memory should. */
  async *#names(folder: string): AsyncGenerator<string> {
    const opened = await this.#guarded('read', () => present(opendir(folder)));
    if (opened === undefined) return;
    for await (const { name } of opened) yield name;
  }

  async #guarded<T>(what: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throwIfAborted(signal);
      throw storeFailure(`in ${this.#directory}`, what, error);
    }
  }
}

/** A key may be a whole prompt. */
function shown(key: string): string {
  return key.length > 100 ? `${key.slice(0, 100)}…` : key;
}

/** Over UTF-16 units: two keys with different lone surrogates are two keys. */
function hashOf(text: string): string {
  return sha256Hex(Buffer.from(text, 'utf16le'));
}

/** What is not there is a miss and no failure. */
async function present<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function removed(path: string): Promise<void> {
  await present(unlink(path));
}

async function namesIn(folder: string): Promise<string[]> {
  return (await present(readdir(folder))) ?? [];
}

async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
