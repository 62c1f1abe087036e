import { throwIfAborted } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import { checkOptions } from '@mortise/core/shared';
import {
  storeCall,
  storeItems,
  type DocumentStore,
  type LockOptions,
  type SourceRecord,
  type SourcesOptions,
  type StoreLock,
  type StoreOptions,
} from '@mortise/core/store';
import { Database, type PostgresOptions, type Row } from './database.ts';
import { encodeKey, keyList, textOf } from './encode.ts';
import { AdvisoryLocks } from './lock.ts';
import { copyRecord, nodeRows, toNode, toRecord, type NodeRow } from './node-record.ts';
import type { Layout, Tables } from './tables.ts';

/** How the database is reached, and what its tables are called. Several stores may share both. */
export interface PostgresDocumentStoreOptions extends PostgresOptions {}

/** What one statement takes. */
const SLICE_CHARACTERS = 2_097_152;
const SLICE = 256;
const PAGE = 64;

const layout = (tables: Tables): Layout => {
  const sources = tables.of('sources');
  return {
    part: 'documents',
    version: 1,
    about: 'documents',
    steps: [
      [
        `CREATE TABLE ${tables.of('nodes')} (id text COLLATE "C" PRIMARY KEY, node text NOT NULL, embedding bytea)`,
        `CREATE TABLE ${sources} (
      id text COLLATE "C" PRIMARY KEY, record text NOT NULL, node_ids jsonb NOT NULL, unsettled boolean NOT NULL)`,
        `CREATE INDEX ${tables.index('sources_unsettled')} ON ${sources} (id) WHERE unsettled`,
      ],
    ],
  };
};

/**
 * Nodes and records in two tables, for any number of machines. A record is set by one statement, and so is the removal of
 * a document with its nodes: a kill leaves the old or the new. Every 256 nodes of an `upsert` are one.
 */
export class PostgresDocumentStore implements DocumentStore {
  readonly #database: Database;
  /**
   * Holds the store or documents of it for one writer, by locks of a connection of its own, which the server lets go of
   * when the connection ends. However many documents this process holds, it is one connection. Absent unless the client is a pool, or was made from a `connectionString`: with one session for
   * everybody, everybody has what it has locked.
   */
  readonly lock?: (options?: LockOptions) => Promise<StoreLock>;

  constructor(options: PostgresDocumentStoreOptions) {
    this.#database = new Database(checkOptions(options, 'configuration'), layout);
    const { session } = this.#database;
    if (session !== undefined) {
      const locks = new AdvisoryLocks(this.#database, session);
      this.lock = (given = {}) => storeCall(given, (options) => locks.lock(options));
    }
  }

  async upsert(nodes: readonly Node[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const rows = await nodeRows(nodes, options);
      for (let at = 0; at < rows.length;) {
        const slice = sliceOf(rows, at);
        at += slice.length;
        const values: unknown[] = [];
        const tuples = slice.map(({ id, json, embedding }) => {
          const first = values.push(id, json, embedding) - 2;
          return `($${first}, $${first + 1}, $${first + 2}::bytea)`;
        });
        const text = `INSERT INTO ${this.#nodes} (id, node, embedding) VALUES ${tuples.join(', ')}
          ON CONFLICT (id) DO UPDATE SET node = excluded.node, embedding = excluded.embedding`;
        await this.#database.rows('written', { text, values }, options.signal);
      }
    });
  }

  async get(id: string, given: StoreOptions = {}): Promise<Node | undefined> {
    return storeCall(given, async (options) => (await this.getMany([id], options))[0]);
  }

  async getMany(ids: readonly string[], given: StoreOptions = {}): Promise<(Node | undefined)[]> {
    return storeCall(given, async ({ signal }) => {
      const wanted = [...ids];
      const nodes: (Node | undefined)[] = [];
      const text = `SELECT id, node, embedding FROM ${this.#nodes} WHERE ${LISTED}`;
      for (let at = 0; at < wanted.length; at += SLICE) {
        const slice = wanted.slice(at, at + SLICE);
        const rows = await this.#database.rows('read', { text, values: [keyList(slice)] }, signal);
        const found = new Map(rows.map((row) => [row['id'], row]));
        for (const id of slice) {
          const row = found.get(encodeKey(id));
          nodes.push(row === undefined ? undefined : toNode(row));
        }
      }
      return nodes;
    });
  }

  async delete(ids: readonly string[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const doomed = [...ids];
      const text = `DELETE FROM ${this.#nodes} WHERE ${LISTED}`;
      for (let at = 0; at < doomed.length; at += SLICE) {
        const values = [keyList(doomed.slice(at, at + SLICE))];
        await this.#database.rows('written', { text, values }, signal);
      }
    });
  }

  iterate(given: StoreOptions = {}): AsyncIterable<Node> {
    return storeItems(given, (options) => this.#pages(`${this.#nodes} WHERE true`, toNode, options));
  }

  async setSource(record: SourceRecord, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const copy = copyRecord(record);
      const { sourceId, nodeIds, strayIds } = copy;
      const text = `INSERT INTO ${this.#sources} (id, record, node_ids, unsettled)
        VALUES ($1, $2, ($3::text)::jsonb, $4::boolean) ON CONFLICT (id) DO UPDATE
        SET record = excluded.record, node_ids = excluded.node_ids, unsettled = excluded.unsettled`;
      const ids = keyList([...nodeIds, ...(strayIds ?? [])]);
      const values = [encodeKey(sourceId), JSON.stringify(copy), ids, strayIds !== undefined];
      await this.#database.rows('written', { text, values }, signal);
    });
  }

  async getSource(sourceId: string, given: StoreOptions = {}): Promise<SourceRecord | undefined> {
    return storeCall(given, async ({ signal }) => {
      const text = `SELECT record FROM ${this.#sources} WHERE id = $1`;
      const [row] = await this.#database.rows('read', { text, values: [encodeKey(sourceId)] }, signal);
      return row === undefined ? undefined : toRecord(row['record']);
    });
  }

  async deleteSource(sourceId: string, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const text = `WITH source AS (DELETE FROM ${this.#sources} WHERE id = $1 RETURNING node_ids)
        DELETE FROM ${this.#nodes} WHERE id IN (SELECT jsonb_array_elements_text(node_ids) FROM source)`;
      await this.#database.rows('written', { text, values: [encodeKey(sourceId)] }, signal);
    });
  }

  sources(given: SourcesOptions = {}): AsyncIterable<SourceRecord> {
    return storeItems(given, (options) => {
      const from = `${this.#sources} WHERE ${options.unsettled === true ? 'unsettled' : 'true'}`;
      return this.#pages(from, ({ record }) => toRecord(record), options);
    });
  }

  /** Closes the pool that a `connectionString` made; the store is of no use afterwards. Safe to repeat. */
  async close(): Promise<void> {
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  get #nodes(): string {
    return this.#database.tables.of('nodes');
  }

  get #sources(): string {
    return this.#database.tables.of('sources');
  }

  /** In pages by id: no cursor, which would hold a connection and a snapshot for as long as its reader takes. */
  async *#pages<T>(from: string, read: (row: Row) => T, { signal }: StoreOptions): AsyncIterable<T> {
    const text = `SELECT * FROM ${from} AND ($1::text IS NULL OR id > $1::text) ORDER BY id LIMIT ${PAGE}`;
    for (let last: string | null = null; ;) {
      const sql: { text: string; values: unknown[] } = { text, values: [last] };
      const rows = await this.#database.rows('read', sql, signal);
      for (const row of rows) {
        last = textOf(row['id']);
        throwIfAborted(signal);
        yield read(row);
      }
      if (rows.length < PAGE) return;
    }
  }
}

const LISTED = 'id IN (SELECT jsonb_array_elements_text(($1::text)::jsonb))';

function sliceOf(rows: readonly NodeRow[], from: number): NodeRow[] {
  let characters = 0;
  let to = from;
  for (; to < rows.length && to - from < SLICE && characters < SLICE_CHARACTERS; to++)
    characters += rows[to]!.json.length;
  return rows.slice(from, to);
}
