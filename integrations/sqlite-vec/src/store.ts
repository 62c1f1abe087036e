import { setImmediate } from 'node:timers/promises';
import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted, timeSlices } from '@mortise/core/call';
import { bytesToVector } from '@mortise/core/embedding';
import { nodeFromJson, type NodeWithScore } from '@mortise/core/retriever';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import {
  storeCall,
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  createWhenFree,
  FILTER_OPERATORS,
  maximalMarginalRelevance,
  type OpenedSqliteFile,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { openDatabase, vectorLibrary, type Database } from './database.ts';
import { encodeText } from './encode.ts';
import { storeError } from './errors.ts';
import { filterSql, type Sql } from './filter-sql.ts';
import { deleteRows, rowNumbers, toRow, writeRow, type EntryRow } from './rows.ts';
import { nearest } from './search.ts';

export interface SqliteVecVectorStoreOptions {
  /** The database's file, made at the first use with its folder. `:memory:` keeps nothing. It may hold other tables. */
  path: string;
  /** Of the vectors. Another length in the file is `configuration`. Default: that of the file, or of the first entry. */
  dimensions?: number | undefined;
  /**
   * Waits for the disk at every write, so that it outlives a loss of power. Default: false: it outlives the process,
   * a kill of it included.
   */
  durable?: boolean | undefined;
  /** The path of the library of `sqlite-vec`, without its ending or with it. Default: that of the package `sqlite-vec`. */
  extension?: string | undefined;
}

/** What is written in one transaction: `node:sqlite` is synchronous, and holds up the event loop for some 20 ms. */
const SLICE_BYTES = 1_048_576;
/** Entries that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;
/** Nodes that are deleted in one transaction: some 10 ms. */
const DELETED_AT_ONCE = 256;
/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;

/**
 * Nodes with their vectors in one SQLite file, searched exactly by `sqlite-vec`. A score is the cosine, and it stands
 * in `evidence.similarity` as well. An `mmr` score is lower: see `maximalMarginalRelevance`. Each slice of an upsert
 * and of a delete is a transaction, so a kill leaves an entry as it was or as it should be. A call waits up to 10 s for
 * another writer, without holding up the event loop, and is `overloaded` then. A file that may not be written is
 * searched, and a write is `permission`.
 */
export class SqliteVecVectorStore implements VectorStore {
  readonly #path: string;
  readonly #durable: boolean;
  readonly #extension: string | undefined;
  readonly #whenFree = createWhenFree();
  #dimensions: number | undefined;
  #open: Promise<OpenedSqliteFile<Database>> | undefined;
  #closed = false;

  constructor(options: SqliteVecVectorStoreOptions) {
    const { path, dimensions, durable = false, extension } = checkOptions(options, 'configuration');
    if (typeof path !== 'string' || path === '')
      throw new MortiseError('configuration', 'path is missing; give the path of a file for the store.');
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    this.#path = path;
    this.#dimensions = dimensions;
    this.#durable = durable;
    this.#extension = extension;
  }

  /** `dimensions` is known once the file was opened, by any call, or from the options. */
  get support(): VectorStoreSupport {
    const dimensions = this.#dimensions;
    return {
      modes: ['dense', 'mmr'],
      operators: FILTER_OPERATORS,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  async upsert(entries: readonly VectorEntry[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const slices = timeSlices(signal);
      let length = this.#dimensions;
      const rows: EntryRow[] = [];
      for (const [at, entry] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        length = checkVectorEntries([entry], length);
        rows.push(toRow(entry));
      }
      if (length === undefined) return;
      const dimensions = length;
      const database = await this.#database(signal);
      for (let at = 0; at < rows.length;) {
        if (at > 0) await setImmediate();
        throwIfAborted(signal);
        at = await this.#guarded('written', signal, () =>
          database.transaction(() => {
            this.#settle(database, dimensions);
            return writeSlice(database, rows, at);
          }),
        );
        this.#dimensions = dimensions;
      }
    });
  }

  async delete(selection: VectorSelection, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const { ids = [], sourceIds = [], filter } = selection;
      if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
      const condition = filter === undefined ? undefined : filterSql(filter);
      const [keys, sources] = [ids.map(encodeText), sourceIds.map(encodeText)];
      const database = await this.#database(signal);
      // Of a file that may not be written nothing can be deleted; nothing is.
      if (keys.length === 0 && sources.length === 0 && condition === undefined) return;
      for (let at = 0; at < keys.length; at += DELETED_AT_ONCE) {
        if (at > 0) await setImmediate();
        throwIfAborted(signal);
        await this.#guarded('written', signal, () =>
          database.transaction(() => {
            for (const key of keys.slice(at, at + DELETED_AT_ONCE)) deleteRows(database, 'id = ?', [key]);
          }),
        );
      }
      for (let at = 0; at < sources.length; at += DELETED_AT_ONCE) {
        const values = sources.slice(at, at + DELETED_AT_ONCE);
        const text = `source IN (${values.map(() => '?').join(', ')})`;
        await this.#deleteWhere(database, { text, values }, signal);
      }
      if (condition !== undefined) await this.#deleteWhere(database, condition, signal);
    });
  }

  /** Looked for once, and again where something was written between two transactions: a row may be another node's then. */
  async #deleteWhere(database: Database, condition: Sql, signal: AbortSignal | undefined): Promise<void> {
    let left: { readonly rows: readonly number[]; readonly stamp: string } | undefined;
    do {
      if (left !== undefined) await setImmediate();
      throwIfAborted(signal);
      const before = left;
      left = await this.#guarded('written', signal, () =>
        database.transaction(() => {
          const rows = before?.stamp === database.stamp() ? before.rows : rowNumbers(database, condition);
          for (const row of rows.slice(0, DELETED_AT_ONCE)) deleteRows(database, 'row = ?', [row]);
          return { rows: rows.slice(DELETED_AT_ONCE), stamp: database.stamp() };
        }),
      );
    } while (left.rows.length > 0);
  }

  async query(query: VectorQuery, given: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(given, async ({ signal }) => {
      checkVectorQuery(query, this.support, this.#dimensions);
      const { mode, topK, filter, lambda } = query;
      const embedding = (query.embedding as Float32Array).slice();
      const condition = filter === undefined ? undefined : filterSql(filter);
      const database = await this.#database(signal);
      // The file may have told its dimensions only now.
      checkVectorQuery({ topK, embedding }, this.support, this.#dimensions);
      const isDiverse = mode === 'mmr';
      const rows = await nearest(
        {
          embedding,
          topK: isDiverse ? Math.max(MMR_CANDIDATES, topK * 4) : topK,
          condition,
          withEmbedding: isDiverse,
        },
        signal,
        (work) => this.#guarded('read', signal, () => work(database)),
      );
      const found = (json: string, score: number, similarity: number): NodeWithScore => {
        try {
          return { node: nodeFromJson(JSON.parse(json)), score, evidence: { similarity } };
        } catch (error) {
          throw storeError(this.#path, 'read', error);
        }
      };
      if (!isDiverse) return rows.map(({ json, similarity }) => found(json, similarity, similarity));
      const candidates = rows.map((row) => ({
        ...row,
        embedding: bytesToVector(row.embedding) as Float32Array,
      }));
      return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) => {
        const { json, similarity } = candidates[index]!;
        return found(json, score, similarity);
      });
    });
  }

  /** Closes the file; the store is of no use afterwards. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#open;
    this.#open = undefined;
    // What failed to open is closed.
    (await opening?.catch(() => undefined))?.opened.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #database(signal: AbortSignal | undefined): Promise<Database> {
    if (this.#closed) throw this.#closedError();
    this.#open ??= this.#opened(signal);
    const opening = this.#open;
    const file = await (signal === undefined ? opening : raceAbort(opening, signal));
    throwIfAborted(signal);
    if (this.#closed) throw this.#closedError();
    if (!file.isStale()) return file.opened;
    if (this.#open === opening) {
      this.#open = undefined;
      file.opened.close();
    }
    return this.#database(signal);
  }

  async #opened(signal: AbortSignal | undefined): Promise<OpenedSqliteFile<Database>> {
    try {
      const library = await vectorLibrary(this.#extension);
      const file = await this.#whenFree(() => openDatabase(this.#path, this.#durable, library), { signal });
      const saved = file.opened.about('dimensions');
      if (saved !== undefined && this.#dimensions !== undefined && saved !== this.#dimensions) {
        file.opened.close();
        const message = `The store ${this.#path} holds vectors of ${saved} dimensions, not ${this.#dimensions}. Use the model it was built with, or another file.`;
        throw new MortiseError('configuration', message);
      }
      this.#dimensions ??= saved;
      return file;
    } catch (error) {
      // The next call tries again.
      this.#open = undefined;
      throwIfAborted(signal);
      throw storeError(this.#path, 'opened', error);
    }
  }

  /** The first entry settles the dimensions, for every process on the file. */
  #settle(database: Database, length: number): void {
    const saved = database.about('dimensions');
    if (saved === undefined) database.setAbout('dimensions', length);
    else if (saved !== length) {
      const message = `The entries have ${length} dimensions, the store ${this.#path} ${saved}. Use the model it was built with.`;
      throw new MortiseError('invalid-request', message);
    }
  }

  async #guarded<T>(what: string, signal: AbortSignal | undefined, work: () => T): Promise<T> {
    try {
      return await this.#whenFree(
        () => {
          if (this.#closed) throw this.#closedError();
          return work();
        },
        { signal },
      );
    } catch (error) {
      throwIfAborted(signal);
      throw storeError(this.#path, what, error);
    }
  }

  #closedError(): MortiseError {
    return new MortiseError('configuration', `The store ${this.#path} is closed. Make a new one.`);
  }
}

/** Writes from `at` on until there is enough for one transaction; returns where it stopped. */
function writeSlice(database: Database, rows: readonly EntryRow[], at: number): number {
  let bytes = 0;
  let next = at;
  for (; next < rows.length && bytes < SLICE_BYTES; next++) {
    const row = rows[next]!;
    writeRow(database, row);
    bytes += row.json.length + row.embedding.length;
  }
  return next;
}
