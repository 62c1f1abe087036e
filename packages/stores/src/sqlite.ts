import { checkOptions } from '@mortise/core/shared';
import { storeCall, storeItems } from '@mortise/core/store';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted, timeSlices } from '@mortise/core/call';
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
import { bound, hasTable, inTransaction, laterVersion, SqliteFile, unbound } from './database.ts';
import { expiry, fromStored, toStored, type StoredValue } from './value.ts';

export interface SqliteKeyValueStoreOptions {
  /** The database's file, made at the first use with its folder. `:memory:` keeps nothing. */
  path: string;
  /**
   * Waits for the disk at every write, so that it outlives a loss of power. Default: false: it outlives the process,
   * a kill of it included.
   */
  durable?: boolean | undefined;
}

/** What stands in one row. */
interface Row {
  readonly value: Uint8Array;
  readonly json: number;
  readonly expires_at: number | null;
}

/** A value above which `node:sqlite`, which is synchronous, would hold up the event loop for long: some 10 ms. */
const SLICE_BYTES = 4_194_304;
/** Keys that are looked up at once: some 5 ms. */
const SLICE = 512;
/** Values that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 2048;
const PAGE = 64;
/** The layout below. A file with a higher number was written by a later version. */
const LAYOUT = 1;

// No affinity: a key stays text or bytes as it was bound.
const schema = (): string => `
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, namespace, key, value BLOB NOT NULL, json INTEGER NOT NULL, expires_at REAL,
    UNIQUE (namespace, key)
  );
  CREATE INDEX IF NOT EXISTS entries_by_expiry ON entries (expires_at) WHERE expires_at IS NOT NULL;
  PRAGMA user_version = ${LAYOUT};
`;

/**
 * One SQLite file in WAL mode, on `node:sqlite`: every `set` and each slice of a `setMany` is a transaction, so a kill
 * leaves the old or the new. Several processes may share a file on a local disk; a call waits up to 10 s for another
 * writer, without holding up the event loop, and is `overloaded` then. A file that may not be written is read, and a
 * write is `permission`. Expired entries are removed as others are written.
 */
export class SqliteKeyValueStore implements KeyValueStore {
  readonly #file: SqliteFile<Database>;

  constructor(options: SqliteKeyValueStoreOptions) {
    const { path, durable = false } = checkOptions(options, 'configuration');
    this.#file = new SqliteFile({ path, durable, prepare: prepared });
  }

  async get(key: string, given: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    return storeCall(given, async (options) => {
      return this.#file.do('read', options, (database) => database.read(key, options));
    });
  }

  async set(key: string, value: StoreValue, given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      await this.setMany([[key, value]], options);
    });
  }

  async delete(key: string, given: KeyValueOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const name = [bound(options.namespace), bound(key)] as const;
      await this.#file.do('written', options, ({ remove }) => void remove.run(...name));
    });
  }

  async getMany(keys: readonly string[], given: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    return storeCall(given, async (options) => {
      const wanted = [...keys];
      const values: (StoreValue | undefined)[] = [];
      while (values.length < wanted.length) {
        if (values.length > 0) await setImmediate();
        throwIfAborted(options.signal);
        const slice = await this.#file.do('read', options, (database) => {
          const read: (StoreValue | undefined)[] = [];
          let bytes = 0;
          for (const key of wanted.slice(values.length, values.length + SLICE)) {
            const value = database.read(key, options);
            read.push(value);
            bytes += value instanceof Uint8Array ? value.length : 0;
            if (bytes > SLICE_BYTES) break;
          }
          return read;
        });
        values.push(...slice);
      }
      throwIfAborted(options.signal);
      return values;
    });
  }

  async setMany(entries: readonly StoreEntry[], given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const expiresAt = expiry(options.ttlMs);
      const namespace = bound(options.namespace);
      const slices = timeSlices(options.signal);
      const rows: ({ readonly key: ReturnType<typeof bound> } & StoredValue)[] = [];
      for (const [at, [key, value]] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        rows.push({ key: bound(key), ...toStored(key, value) });
      }
      for (let at = 0; at < rows.length;) {
        throwIfAborted(options.signal);
        if (at > 0) await setImmediate();
        at = await this.#file.do('written', options, (database) =>
          database.transaction(() => {
            let bytes = 0;
            let next = at;
            for (; next < rows.length && bytes < SLICE_BYTES; next++) {
              const { key, bytes: value, json } = rows[next]!;
              database.upsert.run(namespace, key, value, Number(json), finite(expiresAt));
              bytes += value.length;
            }
            database.prune.run(Date.now());
            return next;
          }),
        );
      }
    });
  }

  async compareAndSet(
    key: string,
    expected: StoreValue | undefined,
    value: StoreValue,
    given: SetOptions = {},
  ): Promise<boolean> {
    return storeCall(given, async (options) => {
      const expiresAt = finite(expiry(options.ttlMs));
      const wanted = expected === undefined ? undefined : toStored(key, expected);
      const { bytes, json } = toStored(key, value);
      const name = [bound(options.namespace), bound(key)] as const;
      return this.#file.do('written', options, (database) =>
        // It holds the file from before the look: nobody writes between that and the write.
        database.transaction(() => {
          const row = database.select.get(...name) as unknown as Row | undefined;
          if (!isSame(row, wanted)) return false;
          database.upsert.run(...name, bytes, Number(json), expiresAt);
          return true;
        }),
      );
    });
  }

  iterate(given: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: KeyValueOptions): AsyncIterable<StoreEntry> {
    // In pages by row: a cursor left open would keep the log of writes from being folded back.
    for (let last = 0; ;) {
      throwIfAborted(options.signal);
      const rows = await this.#file.do('read', options, ({ page }) => {
        const found = page.all(bound(options.namespace), last, PAGE);
        return (found as unknown as (Row & { id: number; key: string | Uint8Array })[]).map((row) => {
          return { id: row.id, key: unbound(row.key), value: live(row) };
        });
      });
      for (const { id, key, value } of rows) {
        last = id;
        throwIfAborted(options.signal);
        if (value !== undefined) yield [key, value];
      }
      if (rows.length < PAGE) return;
    }
  }

  /** Closes the file; the store is of no use afterwards. Safe to repeat. */
  close(): void {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

interface Database {
  readonly select: StatementSync;
  readonly upsert: StatementSync;
  readonly remove: StatementSync;
  readonly prune: StatementSync;
  readonly page: StatementSync;
  read(key: string, options: KeyValueOptions): StoreValue | undefined;
  transaction<T>(work: () => T): T;
  close(): void;
}

function prepared(database: DatabaseSync): Database {
  const layout = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  if (layout > LAYOUT) throw laterVersion(layout);
  if (layout < LAYOUT || !hasTable(database, 'entries')) database.exec(schema());
  const select = database.prepare(
    'SELECT value, json, expires_at FROM entries WHERE namespace = ? AND key = ?',
  );
  return {
    select,
    upsert: database.prepare(`
      INSERT INTO entries (namespace, key, value, json, expires_at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (namespace, key) DO UPDATE
      SET value = excluded.value, json = excluded.json, expires_at = excluded.expires_at`),
    remove: database.prepare('DELETE FROM entries WHERE namespace = ? AND key = ?'),
    prune: database.prepare('DELETE FROM entries WHERE expires_at <= ?'),
    page: database.prepare(
      'SELECT * FROM entries NOT INDEXED WHERE namespace = ? AND id > ? ORDER BY id LIMIT ?',
    ),
    read(key, options) {
      const row = select.get(bound(options.namespace), bound(key)) as unknown as Row | undefined;
      return row === undefined ? undefined : live(row);
    },
    transaction: (work) => inTransaction(database, work),
    close: () => database.close(),
  };
}

function isSame(row: Row | undefined, wanted: StoredValue | undefined): boolean {
  if (row === undefined || isOver(row)) return wanted === undefined;
  return (
    wanted !== undefined && wanted.json === (row.json === 1) && Buffer.compare(wanted.bytes, row.value) === 0
  );
}

function isOver({ expires_at: expiresAt }: Row): boolean {
  return expiresAt !== null && expiresAt <= Date.now();
}

function live(row: Row): StoreValue | undefined {
  return isOver(row) ? undefined : fromStored({ bytes: row.value, json: row.json === 1 });
}

function finite(expiresAt: number): number | null {
  return expiresAt === Infinity ? null : expiresAt;
}
