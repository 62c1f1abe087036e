import type { FilterOperator, MetadataFilter } from './filter-contract.ts';
import type { StoreOptions } from './key-value-contract.ts';
import type { JsonValue } from '../shared/json.ts';
import type { Node, NodeWithScore } from '../nodes/contract.ts';
import type { TermIndex } from './term-contract.ts';

/** What an index keeps about a source document: whether it changed, and which nodes it became. */
export interface SourceRecord {
  /** The document's identity: two documents with equal content stay two (I-02). */
  sourceId: string;
  /** Of the content and metadata the nodes were made from. Empty while the first version is being written. */
  hash: string;
  /** The nodes of the version that counts. */
  nodeIds: string[];
  /**
   * Nodes that may be there besides: of a version that is being written, or of one that was replaced and is being
   * removed. They are not part of the index: readers leave them out, and the next ingestion removes them (I-01).
   */
  strayIds?: string[];
  /** What the document was read from (`Document.item`); absent for a document that was made by hand. */
  item?: string;
  /** On the first document of an item that was read to its end and written whole: see {@link ItemState}. */
  read?: ItemState;
  metadata?: { [key: string]: JsonValue };
}

/** What a later ingestion compares, so that it does not read an unchanged item again. */
export interface ItemState {
  /** Of what is made of each document: the transforms and the model with their settings. */
  recipe: string;
  /** How many documents the item gave. */
  documents: number;
  /** Of those documents with their hashes, in any order: another, once one of them was written by somebody else. */
  content?: string;
  /** `ReadItem.version` as it was then. */
  version?: string;
  /** What `ReadItem.contentHash` gave for what was read. */
  contentHash: string;
}

/** Which records are asked for. */
export interface SourcesOptions extends StoreOptions {
  /** Only those with `strayIds`. A hint: a store may give all records, so callers check each. Default: all. */
  unsettled?: boolean | undefined;
}

/** What is locked. */
export interface LockOptions extends StoreOptions {
  /**
   * These documents alone: others may be locked by others meanwhile, the whole store may not. A store that cannot tell
   * documents apart locks the whole of it. Default: the whole store.
   */
  sourceIds?: readonly string[] | undefined;
}

/** A store, or documents of it, held for one writer until it is released or its process ends. */
export interface StoreLock {
  /** Aborted once the lock is lost without having been released: its holder stops writing. Absent: it lasts. */
  readonly lost?: AbortSignal | undefined;
  /** Safe to repeat. */
  release(): Promise<void>;
}

/** Nodes by id, and which document they came from. Values are copies, as in {@link KeyValueStore}. */
export interface DocumentStore {
  /** A node with an id that is there replaces it. */
  upsert(nodes: readonly Node[], options?: StoreOptions): Promise<void>;
  get(id: string, options?: StoreOptions): Promise<Node | undefined>;
  /** In the order of the ids; `undefined` where there is none. */
  getMany(ids: readonly string[], options?: StoreOptions): Promise<(Node | undefined)[]>;
  /** An id that is not there is not an error. */
  delete(ids: readonly string[], options?: StoreOptions): Promise<void>;
  iterate(options?: StoreOptions): AsyncIterable<Node>;
  /** Replaces the record of `record.sourceId`, in one step: a kill leaves the old record or the new one. */
  setSource(record: SourceRecord, options?: StoreOptions): Promise<void>;
  getSource(sourceId: string, options?: StoreOptions): Promise<SourceRecord | undefined>;
  /** Removes every node in the record's `nodeIds` and `strayIds`, then the record. */
  deleteSource(sourceId: string, options?: StoreOptions): Promise<void>;
  sources(options?: SourcesOptions): AsyncIterable<SourceRecord>;
  /**
   * Holds the store, or documents of it, against other writers that ask for this, in other processes too. `conflict`, at
   * once, when another holds any of it. Absent: the store cannot, and its caller sees to it that two writers never meet.
   */
  lock?(options?: LockOptions): Promise<StoreLock>;
  /**
   * The store's index of words, of the terms that this `analysis` makes. It only gives an object; the methods of
   * that object do the work. Absent: the store has none, and its caller keeps one in memory.
   */
  terms?(analysis: string): TermIndex;
}

/** A node with its vector. All vectors of a store have one length and only finite numbers. */
export interface VectorEntry {
  node: Node;
  embedding: Float32Array;
  /** For the modes `sparse` and `hybrid`, where a store takes it from the caller. */
  sparse?: SparseVector;
}

/** Weights by index; the rest is zero. */
export interface SparseVector {
  indices: readonly number[];
  values: readonly number[];
}

/** Nodes by nearness. It refuses what it does not declare in `support`, a wrong dimension and a non-finite vector (S-04). */
export interface VectorStore {
  readonly support: VectorStoreSupport;
  /** An entry replaces the one with its id. When it rejects, some entries may have been written. */
  upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void>;
  /** Deletes what matches any given member. No node of a given source document is left. */
  delete(selection: VectorSelection, options?: StoreOptions): Promise<void>;
  /** Best first; a higher score is better, in every mode and with every metric. */
  query(query: VectorQuery, options?: StoreOptions): Promise<NodeWithScore[]>;
  /** Makes everything that was written outlive the process. Absent: each write does, or the store keeps nothing. */
  flush?(options?: StoreOptions): Promise<void>;
}

/** What a store can do. What is not declared is refused. */
export interface VectorStoreSupport {
  modes: readonly VectorQueryMode[];
  /** Absent: filters are refused. `and`, `or` and `not` are part of every support for filters. */
  operators?: readonly FilterOperator[];
  /** Absent: settled by the first entry. */
  dimensions?: number;
}

/** What to delete; whatever matches any of the three. */
export interface VectorSelection {
  ids?: readonly string[] | undefined;
  /** Ids of source documents. */
  sourceIds?: readonly string[] | undefined;
  filter?: MetadataFilter | undefined;
}

/**
 * `dense` is by vector, `sparse` by weighted terms, `text` by the store's own text search, `hybrid` by `dense` and
 * one of them, `mmr` dense with diversity (maximal marginal relevance, Carbonell and Goldstein 1998).
 */
export type VectorQueryMode = 'dense' | 'sparse' | 'hybrid' | 'text' | 'mmr' | `${string}:${string}`;

/** One search. What the mode requires and is missing is `invalid-request`. */
export interface VectorQuery {
  /** Default: `dense`. */
  mode?: VectorQueryMode | undefined;
  /** At most this many results; a whole number above 0. */
  topK: number;
  /** Required by `dense`, `hybrid` and `mmr`. */
  embedding?: Float32Array | undefined;
  /** Required by `sparse`. */
  sparse?: SparseVector | undefined;
  /** Required by `text`. */
  text?: string | undefined;
  filter?: MetadataFilter | undefined;
  /** `hybrid`: the share of the dense score, 0 to 1. Default: 0.5. */
  alpha?: number | undefined;
  /** `mmr`: relevance against diversity, 1 is relevance alone. Default: 0.5. */
  lambda?: number | undefined;
}
