import { checkOptions } from '@mortise/core/shared';
import { DocumentLocks, storeCall, storeItems } from '@mortise/core/store';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import type {
  DocumentStore,
  LockOptions,
  SourceRecord,
  SourcesOptions,
  StoreLock,
  StoreOptions,
  TermIndex,
} from '@mortise/core/store';
import { bound, hasTable, inTransaction, laterVersion, SqliteFile } from './database.ts';
import { lockFile } from './file-lock.ts';
import { copyRecord, decodeNode, decodeRecord, eachById, nodesOf } from './node-record.ts';
import type { SqliteKeyValueStoreOptions } from './sqlite.ts';
import { SqliteTerms } from './sqlite-terms.ts';
import { addTermsTo, prepareTerms, TERM_SCHEMA, type TermStatements } from './term-statements.ts';

/** As of `SqliteKeyValueStore`, with which it may share a file. */
export type SqliteDocumentStoreOptions = SqliteKeyValueStoreOptions;

/** Nodes read or written before other work has its turn: `node:sqlite` is synchronous. Some milliseconds. */
const SLICE = 256;
const PAGE = 64;
/** 1 had no terms. */
const LAYOUT = 2;

// No affinity: an id stays text or bytes as it was bound.
const schema = (): string => `
  CREATE TABLE IF NOT EXISTS document_layout (version INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS nodes (row INTEGER PRIMARY KEY, id UNIQUE, json TEXT NOT NULL, embedding BLOB);
  CREATE TABLE IF NOT EXISTS sources (
    row INTEGER PRIMARY KEY, id UNIQUE, json TEXT NOT NULL, unsettled INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS unsettled_sources ON sources (row) WHERE unsettled = 1;
  ${TERM_SCHEMA}
  INSERT INTO document_layout SELECT ${LAYOUT} WHERE NOT EXISTS (SELECT 1 FROM document_layout);
`;

interface Row {
  readonly row: number;
  readonly json: string;
  readonly embedding: Uint8Array | null;
}

/**
 * Nodes and records in one SQLite file in WAL mode. Every record is one transaction, and so are the removal of a
 * document with its nodes and up to 256 nodes of an `upsert`. Several processes may share a file on a local disk; a call
 * waits up to 10 s for another writer, without holding up the event loop, and is `overloaded` then. A file that may not
 * be written is read, and a write is `permission`.
 */
export class SqliteDocumentStore implements DocumentStore {
  readonly #path: string;
  readonly #file: SqliteFile<Database>;
  readonly #locks = new DocumentLocks();

  constructor(options: SqliteDocumentStoreOptions) {
    const { path, durable = false } = checkOptions(options, 'configuration');
    this.#file = new SqliteFile({ path, durable, prepare: prepared });
    this.#path = path;
  }

  async upsert(nodes: readonly Node[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const rows = await eachById(nodes, options, (id, { json, embedding }) => {
        return [bound(id), JSON.stringify(json), embedding ?? null] as const;
      });
      await this.#sliced(rows, options, 'written', (database, slice) =>
        inTransaction(database.connection, () => {
          for (const row of slice) database.upsertNode.run(...row);
        }),
      );
    });
  }

  async get(id: string, given: StoreOptions = {}): Promise<Node | undefined> {
    return storeCall(given, async (options) => {
      return (await this.getMany([id], options))[0];
    });
  }

  async getMany(ids: readonly string[], given: StoreOptions = {}): Promise<(Node | undefined)[]> {
    return storeCall(given, async (options) => {
      const nodes: (Node | undefined)[] = [];
      const read = ({ node }: Database, slice: readonly string[]): (Node | undefined)[] =>
        slice.map((id) => toNode(node.get(bound(id)) as Row | undefined));
      await this.#sliced([...ids], options, 'read', read, (slice) => nodes.push(...slice));
      return nodes;
    });
  }

  async delete(ids: readonly string[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      await this.#sliced([...ids], options, 'written', (database, slice) =>
        inTransaction(database.connection, () => {
          for (const id of slice) database.removeNode.run(bound(id));
        }),
      );
    });
  }

  iterate(given: StoreOptions = {}): AsyncIterable<Node> {
    return storeItems(given, (options) => this.#iterate(options));
  }

  async *#iterate(options: StoreOptions): AsyncIterable<Node> {
    yield* this.#pages(
      ({ nodePage }) => nodePage,
      (row) => toNode(row) as Node,
      options,
    );
  }

  async setSource(record: SourceRecord, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      const json = JSON.stringify(copyRecord(record));
      const unsettled = record.strayIds === undefined ? 0 : 1;
      const id = bound(record.sourceId);
      const { sourceId, nodeIds } = JSON.parse(json) as SourceRecord;
      await this.#file.do('written', options, (database) =>
        inTransaction(database.connection, () => {
          const before = new Set(database.record(sourceId)?.nodeIds);
          const now = new Set(nodeIds);
          for (const nodeId of before) if (!now.has(nodeId)) database.terms.unname(nodeId);
          for (const nodeId of now) if (!before.has(nodeId)) database.terms.name(nodeId);
          database.upsertSource.run(id, json, unsettled);
        }),
      );
    });
  }

  async getSource(sourceId: string, given: StoreOptions = {}): Promise<SourceRecord | undefined> {
    return storeCall(given, async (options) => {
      return this.#file.do('read', options, (database) => database.record(sourceId));
    });
  }

  async deleteSource(sourceId: string, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      await this.#file.do('written', options, (database) =>
        inTransaction(database.connection, () => {
          const record = database.record(sourceId);
          if (record === undefined) return;
          for (const id of nodesOf(record)) {
            database.removeNode.run(bound(id));
            database.terms.unname(id);
          }
          database.removeSource.run(bound(sourceId));
        }),
      );
    });
  }

  sources(given: SourcesOptions = {}): AsyncIterable<SourceRecord> {
    return storeItems(given, (options) => this.#eachSource(options));
  }

  async *#eachSource(options: SourcesOptions): AsyncIterable<SourceRecord> {
    const page = ({ unsettledPage, sourcePage }: Database): StatementSync =>
      options.unsettled === true ? unsettledPage : sourcePage;
    yield* this.#pages(page, ({ json }) => decodeRecord(JSON.parse(json)), options);
  }

  /** A lock on a file beside the database's, which the system lets go of when the process ends. */
  async lock(given: LockOptions = {}): Promise<StoreLock> {
    return storeCall(given, async ({ signal, sourceIds }) => {
      if (this.#path !== ':memory:') return lockFile(`${this.#path}-writer`, this.#path, signal);
      throwIfAborted(signal);
      // It belongs to one instance: nobody else can hold it.
      const release = this.#locks.take('in memory', sourceIds);
      return { release: async () => release() };
    });
  }

  /** Words in the same file, in FTS5, changed with their nodes and records in one transaction. */
  terms(analysis: string): TermIndex {
    return new SqliteTerms(
      {
        do: (what, options, work) => this.#file.do(what, options, work),
        nodes: (statement, options) =>
          this.#pages(
            ({ terms }) => statement(terms),
            (row) => toNode(row) as Node,
            options,
          ),
      },
      analysis,
    );
  }

  /** Closes the file; the store is of no use afterwards. Safe to repeat. */
  close(): void {
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** In pages by row: a cursor left open would keep the log of writes from being folded back. */
  async *#pages<T>(
    statement: (database: Database) => StatementSync,
    read: (row: Row) => T,
    { signal }: StoreOptions,
  ): AsyncIterable<T> {
    for (let last = 0; ;) {
      throwIfAborted(signal);
      const rows = await this.#file.do('read', { signal }, (database) => {
        const found = statement(database).all(last, PAGE) as unknown as Row[];
        return found.map((row) => ({ row: row.row, item: read(row) }));
      });
      for (const { row, item } of rows) {
        last = row;
        throwIfAborted(signal);
        yield item;
      }
      if (rows.length < PAGE) return;
    }
  }

  async #sliced<T, R>(
    items: readonly T[],
    { signal }: StoreOptions,
    what: 'read' | 'written',
    work: (database: Database, slice: readonly T[]) => R,
    take?: (result: R) => void,
  ): Promise<void> {
    for (let at = 0; at < items.length; at += SLICE) {
      if (at > 0) await setImmediate();
      throwIfAborted(signal);
      const result = await this.#file.do(what, { signal }, (database) =>
        work(database, items.slice(at, at + SLICE)),
      );
      take?.(result);
    }
  }
}

interface Database {
  readonly connection: DatabaseSync;
  readonly node: StatementSync;
  readonly upsertNode: StatementSync;
  readonly removeNode: StatementSync;
  readonly nodePage: StatementSync;
  readonly upsertSource: StatementSync;
  readonly removeSource: StatementSync;
  readonly sourcePage: StatementSync;
  readonly unsettledPage: StatementSync;
  readonly terms: TermStatements;
  record(sourceId: string): SourceRecord | undefined;
  close(): void;
}

function prepared(connection: DatabaseSync, isReadOnly: boolean): Database {
  const layoutOf = (): number =>
    Number(connection.prepare('SELECT version FROM document_layout').get()?.['version']);
  if (!isReadOnly || !hasTable(connection, 'document_layout'))
    inTransaction(connection, () => {
      connection.exec(schema());
      if (layoutOf() === 1) addTerms(connection);
    });
  const layout = layoutOf();
  if (layout > LAYOUT) throw laterVersion(layout);
  const record = connection.prepare('SELECT json FROM sources WHERE id = ?');
  let terms: TermStatements | undefined;
  return {
    connection,
    node: connection.prepare('SELECT row, json, embedding FROM nodes WHERE id = ?'),
    upsertNode: connection.prepare(`
      INSERT INTO nodes (id, json, embedding) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET json = excluded.json, embedding = excluded.embedding`),
    removeNode: connection.prepare('DELETE FROM nodes WHERE id = ?'),
    nodePage: connection.prepare('SELECT * FROM nodes WHERE row > ? ORDER BY row LIMIT ?'),
    upsertSource: connection.prepare(`
      INSERT INTO sources (id, json, unsettled) VALUES (?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET json = excluded.json, unsettled = excluded.unsettled`),
    removeSource: connection.prepare('DELETE FROM sources WHERE id = ?'),
    sourcePage: connection.prepare('SELECT * FROM sources WHERE row > ? ORDER BY row LIMIT ?'),
    unsettledPage: connection.prepare(
      'SELECT * FROM sources WHERE unsettled = 1 AND row > ? ORDER BY row LIMIT ?',
    ),
    // A file that is only read may be of a layout without terms.
    get terms() {
      return (terms ??= prepareTerms(connection));
    },
    record(sourceId) {
      const row = record.get(bound(sourceId)) as { json: string } | undefined;
      return row === undefined ? undefined : decodeRecord(JSON.parse(row.json));
    },
    close: () => connection.close(),
  };
}

function addTerms(connection: DatabaseSync): void {
  const rows = connection.prepare('SELECT json FROM sources').all() as { json: string }[];
  addTermsTo(
    connection,
    rows.flatMap(({ json }) => (JSON.parse(json) as SourceRecord).nodeIds),
  );
  connection.prepare('UPDATE document_layout SET version = ?').run(LAYOUT);
}

function toNode(row: Row | undefined): Node | undefined {
  if (row === undefined) return undefined;
  return decodeNode(JSON.parse(row.json), row.embedding ?? undefined);
}
