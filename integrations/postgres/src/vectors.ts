import { MortiseError } from '@mortise/core';
import { timeSlices } from '@mortise/core/call';
import { unitVector } from '@mortise/core/embedding';
import { nodeFromJson, nodeToJson, sourceId, type NodeWithScore } from '@mortise/core/retriever';
import { checkOptions, oneOf, sha256Hex, wholeNumber } from '@mortise/core/shared';
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
import { Database, type PostgresOptions, type Row } from './database.ts';
import { encodeKey, keyList, plainText } from './encode.ts';
import { filterSql, Values } from './filter-sql.ts';
import { membersOf, type Members } from './members.ts';
import { parsed } from './node-record.ts';
import { depthOf, searchSql, vectorText, type Search, type Searched } from './search.ts';
import { checkName, type Layout, type Tables } from './tables.ts';

export interface PostgresVectorStoreOptions extends PostgresOptions {
  /** Of the vectors, 1 to 16,000; a graph takes 2,000, of half numbers 4,000. The table is made for them. */
  dimensions: number;
  /**
   * `exact` compares with every vector that the filter lets pass. `hnsw` goes along a graph, which is built at the first call
   * over what is there: a search finds most of the nearest, and all that a filter lets pass. Default: `exact`.
   */
  index?: 'exact' | 'hnsw' | undefined;
  /** Keeps the vectors in numbers of 16 bits, in half the room; scores are right to some three digits. Default: false. */
  half?: boolean | undefined;
  /** A text search configuration of the database, by whose rules words are cut and stemmed. Default: `english`. */
  language?: string | undefined;
  /**
   * Members of the metadata that have an index each, for `==`, `in`, `contains`, `any` and `all`. Letters, digits, `_`, `.`
   * and `-`. Default: none; a filter then looks at every node.
   */
  indexedKeys?: readonly string[] | undefined;
}

/** What one statement takes. */
const SLICE_CHARACTERS = 1_048_576;
const SLICE = 256;
/** Ids in one statement. */
const DELETED_AT_ONCE = 1000;
/** Entries that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;
/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;
/** Of a node's text, for words alone: what Postgres makes of it has to stay below a megabyte. */
const LONGEST_TEXT = 200_000;
const MODES = ['dense', 'mmr', 'text', 'hybrid'] as const satisfies VectorStoreSupport['modes'];

/**
 * Nodes with their vectors in a table, by pgvector, with the words of their texts beside them. Vectors are kept with length
 * 1; a dense score is the cosine, and it stands in `evidence.similarity` as well, also of a hybrid query. A text score is
 * BM25 over the words that Postgres makes of a text. A hybrid score is fused from both in the same statement, by relative scores. An `mmr` score is lower
 * than the cosine: see `maximalMarginalRelevance`. Each slice of an upsert, and a delete, is one statement.
 */
export class PostgresVectorStore implements VectorStore {
  readonly support: VectorStoreSupport;
  readonly #database: Database;
  readonly #searched: Searched;
  readonly #hasGraph: boolean;

  constructor(given: PostgresVectorStoreOptions) {
    const options = checkOptions(given, 'configuration');
    const { index = 'exact', half = false, language = 'english', indexedKeys = [] } = options;
    const hasGraph = oneOf('index', index, ['exact', 'hnsw']) === 'hnsw';
    const most = hasGraph ? (half ? 4000 : 2000) : 16_000;
    const dimensions = wholeNumber('dimensions', options.dimensions, { most });
    checkName('language', language, 63);
    const keys = checkKeys(indexedKeys);
    this.#database = new Database(options, (tables) =>
      layoutOf(tables, { dimensions, half: half === true, language, hasGraph, keys }),
    );
    this.#searched = { table: this.#database.tables.of('vectors'), half: half === true, language };
    this.#hasGraph = hasGraph;
    this.support = { modes: [...MODES], operators: FILTER_OPERATORS, dimensions };
  }

  async upsert(entries: readonly VectorEntry[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const slices = timeSlices(signal);
      const rows = new Map<string, EntryRow>();
      for (const [at, entry] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        checkVectorEntries([entry], this.support.dimensions);
        const row = toRow(entry);
        rows.set(row.id, row);
      }
      // In one order, so that two writers do not wait for each other.
      const sorted = [...rows.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      for (let at = 0; at < sorted.length;) {
        const slice = sliceOf(sorted, at);
        at += slice.length;
        await this.#database.rows('written', this.#upsertSql(slice), signal);
      }
    });
  }

  async delete(selection: VectorSelection, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const { ids = [], sourceIds = [], filter } = selection;
      if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
      const wanted = [
        ...listed('id', ids),
        ...listed('source', sourceIds),
        ...(filter === undefined ? [] : [(values: Values) => filterSql(filter, values)]),
      ];
      for (const condition of wanted) {
        const values = new Values();
        const text = `DELETE FROM ${this.#searched.table} WHERE ${condition(values)}`;
        await this.#database.rows('written', { text, values: values.all }, signal);
      }
    });
  }

  async query(query: VectorQuery, given: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(given, async ({ signal }) => {
      checkVectorQuery(query, this.support);
      const { mode = 'dense', topK, filter, lambda, alpha = 0.5, text = '' } = query;
      if (mode === 'hybrid' && query.text === undefined)
        throw new MortiseError('invalid-request', "A 'hybrid' query needs `text`.");
      if (typeof text !== 'string') throw new MortiseError('invalid-request', '`text` is not a string.');
      const isDiverse = mode === 'mmr';
      const search: Search = {
        mode: mode as (typeof MODES)[number],
        embedding: mode === 'text' ? undefined : unitVector(query.embedding as Float32Array),
        text,
        topK: isDiverse ? Math.max(MMR_CANDIDATES, topK * 4) : topK,
        filter,
        alpha,
        alongGraph: this.#hasGraph && mode !== 'text',
      };
      const rows = await this.#found(search, signal);
      if (!isDiverse) return rows.map((row) => toResult(row, numberOf(row['score'])));
      const candidates = rows.map((row) => ({
        row,
        similarity: numberOf(row['similarity']),
        embedding: Float32Array.from(parsed(row['embedding']) as number[]),
      }));
      return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) =>
        toResult(candidates[index]!.row, score),
      );
    });
  }

  /** Closes the pool that a `connectionString` made; the store is of no use afterwards. Safe to repeat. */
  async close(): Promise<void> {
    await this.#database.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A graph is left after some 20,000 vectors, so that a filter may let more pass than were found: then all are looked at. */
  async #found(search: Search, signal: AbortSignal | undefined): Promise<Row[]> {
    const rows = await this.#database.rows('read', searchSql(this.#searched, search), signal);
    if (!search.alongGraph || numberOf(rows[0]?.['near'] ?? 0) >= depthOf(search)) return rows;
    const all = searchSql(this.#searched, { ...search, alongGraph: false });
    return this.#database.rows('read', all, signal);
  }

  #upsertSql(rows: readonly EntryRow[]): { text: string; values: unknown[] } {
    const { table, half, language } = this.#searched;
    const type = half ? 'halfvec' : 'vector';
    const values: unknown[] = [language];
    const tuples = rows.map(({ id, source, json, metadata, folded, words, vector }) => {
      const at = values.push(id, source, json, metadata, folded, words, vector) - 6;
      return `($${at}, $${at + 1}, $${at + 2}, ($${at + 3}::text)::jsonb, ($${at + 4}::text)::jsonb, to_tsvector($1::text::regconfig, $${at + 5}::text), ($${at + 6}::text)::${type})`;
    });
    const columns = ['source', 'node', 'metadata', 'folded', 'words', 'embedding'];
    const text = `INSERT INTO ${table} (id, ${columns.join(', ')}) VALUES ${tuples.join(', ')}
      ON CONFLICT (id) DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`;
    return { text, values };
  }
}

interface Made {
  readonly dimensions: number;
  readonly half: boolean;
  readonly language: string;
  readonly hasGraph: boolean;
  readonly keys: readonly string[];
}

function layoutOf(tables: Tables, { dimensions, half, language, hasGraph, keys }: Made): Layout {
  const table = tables.of('vectors');
  const type = half ? 'halfvec' : 'vector';
  const byKey = keys.map((key) => [
    `vectors_of_${sha256Hex(key).slice(0, 12)}`,
    `ON ${table} USING gin ((metadata -> '${key}') jsonb_path_ops)`,
  ]);
  const graph = hasGraph ? [['vectors_graph', `ON ${table} USING hnsw (embedding ${type}_ip_ops)`]] : [];
  return {
    part: 'vectors',
    version: 1,
    about: `${dimensions} dimensions${half ? ' in halves' : ''}, words in ${language}`,
    steps: [
      [
        `IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'vector') THEN CREATE EXTENSION vector; END IF`,
        `CREATE TABLE ${table} (
      id text COLLATE "C" PRIMARY KEY, source text COLLATE "C", node text NOT NULL, metadata jsonb NOT NULL,
      folded jsonb, words tsvector NOT NULL, embedding ${type}(${dimensions}) NOT NULL)`,
        `CREATE INDEX ${tables.index('vectors_by_source')} ON ${table} (source) WHERE source IS NOT NULL`,
        `CREATE INDEX ${tables.index('vectors_by_word')} ON ${table} USING gin (words)`,
      ],
    ],
    indexes: Object.fromEntries([...byKey, ...graph]) as Record<string, string>,
  };
}

/** They stand in SQL as they are. */
function checkKeys(keys: readonly string[]): string[] {
  const list = Array.isArray(keys) ? [...(keys as readonly unknown[])] : [undefined];
  return list.map((key) => {
    if (typeof key === 'string' && /^[\w.-]{1,100}$/.test(key)) return key;
    const message =
      '`indexedKeys` takes a list of keys of letters, digits, `_`, `.` and `-`, at most 100 of them.';
    throw new MortiseError('configuration', message);
  });
}

/** An entry as it is bound: nothing of it is the caller's any more. */
interface EntryRow extends Members {
  readonly id: string;
  readonly source: string | null;
  readonly json: string;
  readonly words: string;
  readonly vector: string;
}

function toRow({ node, embedding }: VectorEntry): EntryRow {
  const { embedding: _embedding, ...kept } = node;
  const source = sourceId(node);
  return {
    ...membersOf(node.metadata),
    id: encodeKey(node.id),
    source: source === undefined ? null : encodeKey(source),
    json: JSON.stringify(nodeToJson(kept)),
    words: plainText(node.text, LONGEST_TEXT),
    vector: vectorText(unitVector(embedding)),
  };
}

function listed(column: string, texts: readonly string[]): ((values: Values) => string)[] {
  const all = [...texts];
  const lists: string[] = [];
  for (let at = 0; at < all.length; at += DELETED_AT_ONCE)
    lists.push(keyList(all.slice(at, at + DELETED_AT_ONCE)));
  return lists.map(
    (list) => (values) =>
      `${column} IN (SELECT jsonb_array_elements_text((${values.bind(list, 'text')})::jsonb))`,
  );
}

function sliceOf(rows: readonly EntryRow[], from: number): EntryRow[] {
  let characters = 0;
  let to = from;
  for (; to < rows.length && to - from < SLICE && characters < SLICE_CHARACTERS; to++)
    characters += rows[to]!.json.length + rows[to]!.vector.length;
  return rows.slice(from, to);
}

function toResult(row: Row, score: number): NodeWithScore {
  const node = nodeFromJson(parsed(row['node']));
  const { similarity } = row;
  return similarity == null
    ? { node, score }
    : { node, score, evidence: { similarity: numberOf(similarity) } };
}

function numberOf(value: unknown): number {
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new MortiseError(
    'malformed-response',
    'The client gave something else where a column holds a number. Leave its type parsers as they are.',
  );
}
