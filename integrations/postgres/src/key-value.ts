import type { JsonValue } from '@mortise/core';
import { throwIfAborted, timeSlices } from '@mortise/core/call';
import { checkOptions, checkTexts, finiteNumber, jsonText } from '@mortise/core/shared';
import {
  leasedKeys,
  leaseOf,
  storeCall,
  storeItems,
  type KeyLock,
  type KeyLockOptions,
  type KeyValueOptions,
  type KeyValueStore,
  type SetOptions,
  type StoreEntry,
  type StoreValue,
} from '@mortise/core/store';
import { Database, type PostgresOptions, type Row } from './database.ts';
import { bytesOf, decodeText, encodeKey, encodeText, keyList, textOf } from './encode.ts';
import { parsed } from './node-record.ts';
import type { Layout, Tables } from './tables.ts';

/** How the database is reached, and what its table is called. Several stores may share both. */
export interface PostgresKeyValueStoreOptions extends PostgresOptions {}

/** What one statement takes. */
const SLICE_BYTES = 4_194_304;
const SLICE = 256;
const PAGE = 64;
/** Values that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 2048;
/** What the namespaces of locks begin with: no other one does, as an escape of `encodeText` goes on otherwise. */
const LOCKS = '\u0001lock ';
/** Milliseconds between two removals of entries whose time is over. */
const PRUNED_EVERY = 60_000;
/** Milliseconds, some 3,000 years: beyond it an entry stays for ever. */
const LONGEST_TTL = 1e14;

/** By the server's clock: the machines that share a table have each its own. */
const LIVE = '(expires_at IS NULL OR expires_at > now())';

const layout = (tables: Tables): Layout => {
  const entries = tables.of('entries');
  return {
    part: 'entries',
    version: 1,
    about: 'entries',
    steps: [
      [
        `CREATE TABLE ${entries} (
      namespace text COLLATE "C" NOT NULL, key text COLLATE "C" NOT NULL, long_key text,
      value bytea NOT NULL, json boolean NOT NULL, expires_at timestamptz, PRIMARY KEY (namespace, key))`,
        `CREATE INDEX ${tables.index('entries_by_expiry')} ON ${entries} (expires_at) WHERE expires_at IS NOT NULL`,
      ],
    ],
  };
};

/**
 * Keys to values in a table, for any number of machines. Every `set`, each slice of a `setMany` and `compareAndSet` is one
 * statement, so a kill leaves the old or the new. A ttl runs by the server's clock; expired entries are removed as others
 * are written, once a minute.
 */
export class PostgresKeyValueStore implements KeyValueStore {
  readonly #database: Database;
  #prunedAt = -Infinity;

  constructor(options: PostgresKeyValueStoreOptions) {
    this.#database = new Database(checkOptions(options, 'configuration'), layout);
  }

  async get(key: string, given: KeyValueOptions = {}): Promise<StoreValue | undefined> {
    return storeCall(given, async (options) => (await this.getMany([key], options))[0]);
  }

  async set(key: string, value: StoreValue, given: SetOptions = {}): Promise<void> {
    return storeCall(given, (options) => this.setMany([[key, value]], options));
  }

  async delete(key: string, given: KeyValueOptions = {}): Promise<void> {
    return storeCall(given, async ({ namespace = '', signal }) => {
      const text = `DELETE FROM ${this.#entries} WHERE namespace = $1 AND key = $2`;
      const values = [encodeKey(namespace), encodeKey(key)];
      await this.#database.rows('written', { text, values }, signal);
    });
  }

  async getMany(keys: readonly string[], given: KeyValueOptions = {}): Promise<(StoreValue | undefined)[]> {
    return storeCall(given, async ({ namespace = '', signal }) => {
      const wanted = [...keys];
      const values: (StoreValue | undefined)[] = [];
      const text = `SELECT key, value, json FROM ${this.#entries} WHERE namespace = $1 AND ${LIVE}
        AND key IN (SELECT jsonb_array_elements_text(($2::text)::jsonb))`;
      for (let at = 0; at < wanted.length; at += SLICE) {
        const slice = wanted.slice(at, at + SLICE);
        const sql = { text, values: [encodeKey(namespace), keyList(slice)] };
        const rows = await this.#database.rows('read', sql, signal);
        const found = new Map(rows.map((row) => [row['key'], row]));
        // Of a key that stands twice in the list each has a copy of its own.
        values.push(...slice.map((key) => valueOf(found.get(encodeKey(key)))));
      }
      return values;
    });
  }

  async setMany(entries: readonly StoreEntry[], given: SetOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const { namespace = '', signal } = options;
      const ttl = lifetime(options.ttlMs);
      const space = encodeKey(namespace);
      const slices = timeSlices(signal);
      const rows = new Map<string, Stored>();
      for (const [at, [key, value]] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        rows.set(encodeKey(key), toStored(key, value));
      }
      await this.#prune(signal);
      // In one order, so that two writers do not wait for each other.
      const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
      for (let at = 0; at < sorted.length;) {
        const slice = sliceOf(sorted, at);
        at += slice.length;
        await this.#database.rows('written', this.#upsert(space, slice, ttl), signal);
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
      const { namespace = '', signal } = options;
      const wanted = expected === undefined ? undefined : toStored(key, expected);
      const stored = toStored(key, value);
      const ttl = lifetime(options.ttlMs);
      const name = [encodeKey(namespace), encodeKey(key)];
      const sql =
        wanted === undefined
          ? this.#insert(name, stored, ttl)
          : {
              text: `UPDATE ${this.#entries} SET value = $3::bytea, json = $4::boolean, expires_at = ${expiry('$5')}
                WHERE namespace = $1 AND key = $2 AND ${LIVE} AND value = $6::bytea AND json = $7::boolean
                RETURNING true AS done`,
              values: [...name, stored.bytes, stored.json, ttl, wanted.bytes, wanted.json],
            };
      return (await this.#database.rows('written', sql, signal)).length === 1;
    });
  }

  /** By rows of the same table, which expire: it needs no connection of its own, and goes through a pooler. */
  async lock(keys: readonly string[], given: KeyLockOptions = {}): Promise<KeyLock> {
    return storeCall(given, async (options) => {
      const { namespace = '', signal } = options;
      const leaseMs = leaseOf(options);
      const byKey = new Map(checkTexts('The list of keys', keys).map((key) => [encodeKey(key), key]));
      const holder = new TextEncoder().encode(crypto.randomUUID());
      const held = [`${LOCKS}${encodeKey(namespace)}`, holder] as const;
      const entries = this.#entries;
      const run = async (text: string, some: readonly string[], values: unknown[], signal?: AbortSignal) => {
        if (some.length === 0) return [];
        const sql = { text, values: [...held, JSON.stringify(some), ...values] };
        return this.#database.rows('written', sql, signal);
      };
      await this.#prune(signal);
      // In one order, so that two who lock do not wait for each other.
      const taken = await run(
        `INSERT INTO ${entries} AS entry (namespace, key, value, json, expires_at)
        SELECT $1, key, $2::bytea, false, ${expiry('$4')} FROM jsonb_array_elements_text(($3::text)::jsonb) AS key
        ORDER BY key COLLATE "C" ON CONFLICT (namespace, key) DO UPDATE
        SET value = excluded.value, expires_at = excluded.expires_at WHERE entry.expires_at <= now() RETURNING key`,
        [...byKey.keys()],
        [leaseMs],
        signal,
      );
      const got = new Set(taken.map((row) => textOf(row['key'])));
      const ours = [...byKey.keys()].filter((key) => got.has(key));
      const mine = `WHERE namespace = $1 AND value = $2::bytea AND key IN (SELECT jsonb_array_elements_text(($3::text)::jsonb))`;
      return leasedKeys({
        keys: ours.map((key) => byKey.get(key) as string),
        leaseMs,
        renew: async () =>
          (
            await run(`UPDATE ${entries} SET expires_at = ${expiry('$4')} ${mine} RETURNING key`, ours, [
              leaseMs,
            ])
          ).length,
        release: async () => void (await run(`DELETE FROM ${entries} ${mine}`, ours, [])),
      });
    });
  }

  iterate(given: KeyValueOptions = {}): AsyncIterable<StoreEntry> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate({ namespace = '', signal }: KeyValueOptions): AsyncIterable<StoreEntry> {
    const text = `SELECT key, long_key, value, json FROM ${this.#entries}
      WHERE namespace = $1 AND ($2::text IS NULL OR key > $2::text) AND ${LIVE} ORDER BY key LIMIT ${PAGE}`;
    for (let last: string | null = null; ;) {
      const sql: { text: string; values: unknown[] } = { text, values: [encodeKey(namespace), last] };
      const rows = await this.#database.rows('read', sql, signal);
      for (const row of rows) {
        last = textOf(row['key']);
        throwIfAborted(signal);
        yield [decodeText(textOf(row['long_key'] ?? last)), valueOf(row) as StoreValue];
      }
      if (rows.length < PAGE) return;
    }
  }

  /** Closes the pool that a `connectionString` made; the store is of no use afterwards. Safe to repeat. */
  async close(): Promise<void> {
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #entries(): string {
    return this.#database.tables.of('entries');
  }

  #upsert(namespace: string, rows: readonly (readonly [string, Stored])[], ttl: number | null) {
    const values: unknown[] = [namespace, ttl];
    const tuples = rows.map(([key, { long, bytes, json }]) => {
      const at = values.push(key, long, bytes, json) - 3;
      return `($1, $${at}, $${at + 1}, $${at + 2}::bytea, $${at + 3}::boolean, ${expiry('$2')})`;
    });
    const text = `INSERT INTO ${this.#entries} (namespace, key, long_key, value, json, expires_at) VALUES ${tuples.join(', ')}
      ON CONFLICT (namespace, key) DO UPDATE
      SET value = excluded.value, json = excluded.json, expires_at = excluded.expires_at`;
    return { text, values };
  }

  /** Nothing is expected: what has expired is nothing. */
  #insert(name: readonly string[], { long, bytes, json }: Stored, ttl: number | null) {
    const text = `INSERT INTO ${this.#entries} AS entry (namespace, key, long_key, value, json, expires_at)
      VALUES ($1, $2, $6, $3::bytea, $4::boolean, ${expiry('$5')})
      ON CONFLICT (namespace, key) DO UPDATE
      SET value = excluded.value, json = excluded.json, expires_at = excluded.expires_at
      WHERE entry.expires_at <= now() RETURNING true AS done`;
    return { text, values: [...name, bytes, json, ttl, long] };
  }

  async #prune(signal: AbortSignal | undefined): Promise<void> {
    const now = performance.now();
    if (now - this.#prunedAt < PRUNED_EVERY) return;
    this.#prunedAt = now;
    const text = `DELETE FROM ${this.#entries} WHERE ctid IN (
      SELECT ctid FROM ${this.#entries} WHERE expires_at <= now() LIMIT 10000 FOR UPDATE SKIP LOCKED)`;
    await this.#database.rows('written', { text, values: [] }, signal);
  }
}

/** A value as it is bound. */
interface Stored {
  /** The whole key where it is too long for an index. */
  readonly long: string | null;
  readonly bytes: Uint8Array;
  /** The bytes are JSON as UTF-8, not the caller's own. */
  readonly json: boolean;
}

function toStored(key: string, value: StoreValue): Stored {
  const whole = encodeText(key);
  const long = encodeKey(key) === whole ? null : whole;
  if (value instanceof Uint8Array) return { long, bytes: Uint8Array.from(value), json: false };
  return { long, bytes: new TextEncoder().encode(jsonText(value, `The value for '${key}'`)), json: true };
}

function valueOf(row: Row | undefined): StoreValue | undefined {
  if (row === undefined) return undefined;
  const bytes = bytesOf(row['value']);
  return row['json'] === true ? (parsed(new TextDecoder().decode(bytes)) as JsonValue) : bytes;
}

/** Milliseconds, or null for ever. */
function lifetime(ttlMs: number | undefined): number | null {
  if (ttlMs === undefined) return null;
  finiteNumber('ttlMs', ttlMs, { above: 0, orInfinity: true, code: 'invalid-request' });
  return ttlMs > LONGEST_TTL ? null : ttlMs;
}

function expiry(ttl: string): string {
  return `now() + ${ttl}::float8 * interval '1 millisecond'`;
}

function sliceOf<T extends readonly [string, Stored]>(rows: readonly T[], from: number): T[] {
  let bytes = 0;
  let to = from;
  for (; to < rows.length && to - from < SLICE && bytes < SLICE_BYTES; to++)
    bytes += rows[to]![1].bytes.length;
  return rows.slice(from, to);
}
