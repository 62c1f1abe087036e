import type { Connection } from '@lancedb/lancedb';
import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted, timeSlices } from '@mortise/core/call';
import { unitVector } from '@mortise/core/embedding';
import { nodeFromJson, type NodeWithScore } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  FILTER_OPERATORS,
  maximalMarginalRelevance,
  storeCall,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { createTable, openTable, type Layout, type OpenTable } from './database.ts';
import { encodeText } from './encode.ts';
import { lanceFailure } from './errors.ts';
import { filterSql, isOneOf } from './filter-sql.ts';
import { loadLibrary, type Library } from './library.ts';
import { optimized, type IndexKind } from './optimize.ts';
import { secretsOf, settingsOf, type LanceDbVectorStoreOptions } from './options.ts';
import { sliceOf, tableOf, toRow, type EntryRow } from './rows.ts';
import { found, type Found, type Search } from './search.ts';
import { Writer } from './writer.ts';

/** Entries that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;
/** Ids in one commit. */
const DELETED_AT_ONCE = 5000;
/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;
const MODES = ['dense', 'mmr', 'text', 'hybrid'] as const satisfies VectorStoreSupport['modes'];

/**
 * Nodes with their vectors and the words of their texts in a table of LanceDB. Vectors are kept with length 1; a dense score
 * is the cosine, and it stands in `evidence.similarity` as well, also of a hybrid query. A text score is LanceDB's BM25. A
 * hybrid score is fused from both by relative scores. An `mmr` score is lower than the cosine: see
 * `maximalMarginalRelevance`. Each slice of an upsert and of a delete is one commit, so a kill leaves an entry as it was or
 * as it should be. Several processes may write: who comes too late starts again, and is `conflict` after some tries.
 */
export class LanceDbVectorStore implements VectorStore {
  readonly #uri: string;
  readonly #layout: Layout;
  readonly #index: IndexKind;
  readonly #storageOptions: Readonly<Record<string, string>>;
  readonly #writer = new Writer();
  #dimensions: number | undefined;
  #connection: Promise<Connection> | undefined;
  #table: Promise<OpenTable | undefined> | undefined;
  #closed = false;

  constructor(options: LanceDbVectorStoreOptions) {
    const { uri, layout, index, storageOptions, dimensions } = settingsOf(options);
    this.#uri = uri;
    this.#layout = layout;
    this.#index = index;
    this.#storageOptions = storageOptions;
    this.#dimensions = dimensions;
  }

  /** `dimensions` is known once the table was opened, by any call, or from the options. */
  get support(): VectorStoreSupport {
    const dimensions = this.#dimensions;
    return {
      modes: [...MODES],
      operators: FILTER_OPERATORS,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  async upsert(entries: readonly VectorEntry[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const slices = timeSlices(signal);
      let length = this.#dimensions;
      // Of two with one id the last: LanceDB would keep both.
      const byId = new Map<string, EntryRow>();
      for (const [at, entry] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        length = checkVectorEntries([entry], length);
        const row = toRow(entry);
        byId.set(row.id, row);
      }
      if (length === undefined) return;
      const dimensions = length;
      const rows = [...byId.values()];
      await this.#ready('written', signal, async (library) => {
        for (let at = 0; at < rows.length;) {
          const slice = sliceOf(rows, at);
          at += slice.length;
          await this.#write(signal, async () => {
            const { table, schema } = await this.#made(library, dimensions);
            await table
              .mergeInsert('id')
              .whenMatchedUpdateAll()
              .whenNotMatchedInsertAll()
              .execute(tableOf(library, schema, slice));
            return slice.length;
          });
        }
      });
    });
  }

  async delete(selection: VectorSelection, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const { ids = [], sourceIds = [], filter } = selection;
      if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
      const conditions = [
        ...listed('id', ids.map(encodeText)),
        ...listed('source', sourceIds.map(encodeText)),
        ...(filter === undefined ? [] : [filterSql(filter)]),
      ];
      await this.#ready('written', signal, async (library) => {
        for (const condition of conditions)
          await this.#write(signal, async () => {
            const open = await this.#opened(library);
            return open === undefined ? 0 : (await open.table.delete(condition)).numDeletedRows;
          });
      });
    });
  }

  async query(query: VectorQuery, given: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(given, async ({ signal }) => {
      checkVectorQuery(query, this.support, this.#dimensions);
      const { mode = 'dense', topK, filter, lambda, alpha = 0.5, text = '' } = query;
      if (mode === 'hybrid' && query.text === undefined)
        throw new MortiseError('invalid-request', "A 'hybrid' query needs `text`.");
      if (typeof text !== 'string') throw new MortiseError('invalid-request', '`text` is not a string.');
      const isDiverse = mode === 'mmr';
      const search: Search = {
        mode: mode as (typeof MODES)[number],
        vector: mode === 'text' ? undefined : unitVector(query.embedding as Float32Array),
        text,
        topK: isDiverse ? Math.max(MMR_CANDIDATES, topK * 4) : topK,
        condition: filter === undefined ? undefined : filterSql(filter),
        alpha,
        byIndex: this.#index === 'hnsw',
      };
      return this.#ready('read', signal, async (library) => {
        const open = await this.#opened(library);
        if (open === undefined) return [];
        // The table may have told its dimensions only now.
        const embedding = search.vector;
        if (embedding !== undefined) checkVectorQuery({ topK, embedding }, this.support, open.dimensions);
        const rows = await found(open.table, search);
        if (!isDiverse) return rows.map((row) => toResult(row, row.score));
        const candidates = rows.map((row) => ({
          row,
          similarity: row.score,
          embedding: row.vector as Float32Array,
        }));
        return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) =>
          toResult(candidates[index]!.row, score),
        );
      });
    });
  }

  /**
   * Brings small commits together, brings the indexes up to date, builds the graph of `index: 'hnsw'`, and removes what
   * was replaced or deleted an hour ago and before. A store does so by itself after 100 commits or 10,000 entries of its own, more in a large table.
   */
  async optimize(given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      await this.#ready('optimized', signal, async (library) => {
        await this.#writer.run(signal, () => this.#optimize(library));
      });
    });
  }

  /** Waits for what is being written, and lets go of the table; the store is of no use afterwards. Safe to repeat. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.idle();
    const [table, connection] = [this.#table, this.#connection];
    this.#table = this.#connection = undefined;
    (await table?.catch(() => undefined))?.table.close();
    (await connection?.catch(() => undefined))?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #write(signal: AbortSignal | undefined, work: () => Promise<number>): Promise<void> {
    const library = await loadLibrary();
    await this.#writer.write(signal, work, {
      rows: async () => (await this.#opened(library))?.table.countRows() ?? 0,
      optimize: () => this.#optimize(library),
    });
  }

  async #optimize(library: Library): Promise<void> {
    const open = await this.#opened(library);
    if (open !== undefined) await optimized(library, open.table, this.#index);
  }

  /** Runs `work`, which LanceDB does not end at an abort: then it goes on, and nobody waits for it. */
  async #ready<T>(
    what: string,
    signal: AbortSignal | undefined,
    work: (library: Library) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw this.#closedError();
    try {
      const working = loadLibrary().then(work);
      return await (signal === undefined ? working : raceAbort(working, signal));
    } catch (error) {
      throwIfAborted(signal);
      if (this.#closed) throw this.#closedError();
      throw lanceFailure(this.#uri, what, error, secretsOf(this.#storageOptions));
    }
  }

  async #connected({ lancedb }: Library): Promise<Connection> {
    if (this.#closed) throw this.#closedError();
    // Each read sees what others wrote before it.
    this.#connection ??= lancedb
      .connect(this.#uri, { readConsistencyInterval: 0, storageOptions: { ...this.#storageOptions } })
      .catch((error: unknown) => {
        // The next call tries again.
        this.#connection = undefined;
        throw error;
      });
    return this.#connection;
  }

  /** The table; undefined where nothing was written yet, by whomever. */
  async #opened(library: Library): Promise<OpenTable | undefined> {
    const connection = await this.#connected(library);
    this.#table ??= this.#settled(openTable(library, connection, this.#layout));
    return this.#table;
  }

  async #made(library: Library, dimensions: number): Promise<OpenTable> {
    const connection = await this.#connected(library);
    let open = await this.#opened(library);
    if (open === undefined) {
      this.#table = this.#settled(createTable(library, connection, this.#layout, dimensions));
      open = (await this.#table) as OpenTable;
    }
    if (open.dimensions === dimensions) return open;
    const message = `The entries have ${dimensions} dimensions, the store ${this.#uri} ${open.dimensions}. Use the model it was built with.`;
    throw new MortiseError('invalid-request', message);
  }

  /** What could not be opened, or is not there, is looked for again at the next call. */
  async #settled(opening: Promise<OpenTable | undefined>): Promise<OpenTable | undefined> {
    let open: OpenTable | undefined;
    try {
      open = await opening;
    } finally {
      if (open === undefined) this.#table = undefined;
    }
    if (open === undefined) return undefined;
    if (this.#dimensions !== undefined && this.#dimensions !== open.dimensions) {
      this.#table = undefined;
      open.table.close();
      const message = `The store ${this.#uri} holds vectors of ${open.dimensions} dimensions, not ${this.#dimensions}. Use the model it was built with, or another table.`;
      throw new MortiseError('configuration', message);
    }
    this.#dimensions = open.dimensions;
    return open;
  }

  #closedError(): MortiseError {
    return new MortiseError('configuration', `The store ${this.#uri} is closed. Make a new one.`);
  }
}

function listed(column: 'id' | 'source', texts: readonly string[]): string[] {
  const conditions: string[] = [];
  for (let at = 0; at < texts.length; at += DELETED_AT_ONCE)
    conditions.push(isOneOf(column, texts.slice(at, at + DELETED_AT_ONCE)));
  return conditions;
}

function toResult({ node, similarity }: Found, score: number): NodeWithScore {
  const kept = nodeFromJson(JSON.parse(node));
  return similarity === undefined ? { node: kept, score } : { node: kept, score, evidence: { similarity } };
}
