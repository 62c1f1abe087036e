import {
  storeCall,
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  FILTER_OPERATORS,
  matchesFilter,
  maximalMarginalRelevance,
  type MetadataFilter,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { timeSlices } from '@mortise/core/call';
import { unitVector } from '@mortise/core/embedding';
import { copyNode, sourceId, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { innerProduct } from './inner-products.ts';
import { nearestRows } from './nearest-rows.ts';
import { loadVectors, saveVectors, type SavedVectors } from './saved-vectors.ts';
import { SharedLock } from './shared-lock.ts';
import { VectorRows } from './vector-rows.ts';

/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;
/** Entries that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;

/** What a search is narrowed to, and cancelled by. */
export interface NearestOptions {
  readonly filter?: MetadataFilter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A node that was found, and its cosine. */
export interface NearestNode {
  readonly node: Node;
  readonly score: number;
}

/**
 * Exact search in memory: every vector is compared. Vectors are kept with length 1 in one typed array, so a score is
 * the cosine, and it stands in `evidence.similarity` as well. An `mmr` score is lower: see `maximalMarginalRelevance`.
 *
 * Work on many rows gives the event loop its turns, and is whole for all the same: a query finds what was there when it
 * began, and waits for writes that began before it. An abort is seen until an upsert or a delete has looked at everything;
 * then it is done to its end.
 */
export class MemoryVectorStore implements VectorStore {
  /** The node of each row; a deleted row is filled with the last one. A node is replaced, never changed. */
  readonly #nodes: Node[] = [];
  readonly #rows = new Map<string, number>();
  readonly #idsBySource = new Map<string, Set<string>>();
  readonly #lock = new SharedLock();
  /** Of the first entry on. */
  #vectors: VectorRows | undefined;

  /**
   * What `save` wrote to `path`. Rejects with `not-found` where there is nothing, with `validation` for a file that is
   * damaged or something else, with `configuration` for one of a later version.
   */
  static load(path: string, options: StoreOptions = {}): Promise<MemoryVectorStore> {
    return storeCall(options, async ({ signal }) => {
      const { nodes, vectors } = await loadVectors(path, signal);
      const store = new MemoryVectorStore();
      if (vectors.dimensions > 0) store.#vectors = vectors;
      const slices = timeSlices(signal);
      for (const node of nodes) {
        store.#place(node, store.#nodes.length);
        const turn = slices.turn();
        if (turn !== undefined) await turn;
      }
      return store;
    });
  }

  get support(): VectorStoreSupport {
    const dimensions = this.#vectors?.dimensions;
    return {
      modes: ['dense', 'mmr'],
      operators: FILTER_OPERATORS,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  get size(): number {
    return this.#nodes.length;
  }

  async upsert(entries: readonly VectorEntry[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      await this.#lock.write(() => this.#upsert(entries, signal), signal);
    });
  }

  /**
   * All or nothing: entries are checked and copied behind the last row, where nothing looks, and then take their places
   * without a look at the signal.
   */
  async #upsert(entries: readonly VectorEntry[], signal: AbortSignal | undefined): Promise<void> {
    const looking = timeSlices(signal);
    const nodes: Node[] = [];
    const behind = this.#nodes.length;
    let vectors = this.#vectors;
    for (const entry of entries) {
      const dimensions = checkVectorEntries([entry], vectors?.dimensions) ?? 0;
      const { embedding: _embedding, ...kept } = entry.node;
      vectors ??= new VectorRows(dimensions);
      vectors.setUnit(behind + nodes.length, entry.embedding);
      nodes.push(copyNode(kept));
      const turn = nodes.length % COPIED_AT_ONCE === 0 ? looking.turn() : undefined;
      if (turn !== undefined) await turn;
    }
    if (vectors === undefined) return;
    this.#vectors = vectors;
    const placing = timeSlices();
    for (const [at, node] of nodes.entries()) {
      // No row before it is one that is still to be copied.
      const row = this.#rows.get(node.id) ?? this.#nodes.length;
      this.#place(node, row);
      vectors.copy(behind + at, row);
      const turn = placing.turn();
      if (turn !== undefined) await turn;
    }
  }

  async delete(selection: VectorSelection, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const { filter } = selection;
      if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
      await this.#lock.write(() => this.#delete(selection, signal), signal);
    });
  }

  async #delete(selection: VectorSelection, signal: AbortSignal | undefined): Promise<void> {
    const { ids = [], sourceIds = [], filter } = selection;
    const doomed = new Set(ids);
    for (const source of sourceIds) for (const id of this.#idsBySource.get(source) ?? []) doomed.add(id);
    const looking = timeSlices(signal);
    for (const { id, metadata } of filter === undefined ? [] : this.#nodes) {
      if (filter !== undefined && matchesFilter(metadata, filter)) doomed.add(id);
      const turn = looking.turn();
      if (turn !== undefined) await turn;
    }
    const removing = timeSlices();
    for (const id of doomed) {
      this.#remove(id);
      const turn = removing.turn();
      if (turn !== undefined) await turn;
    }
  }

  async query(query: VectorQuery, given: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(given, async ({ signal }) => {
      checkVectorQuery(query, this.support, this.#vectors?.dimensions);
      return this.#lock.read(() => this.#query(query, signal), signal);
    });
  }

  async #query(query: VectorQuery, signal: AbortSignal | undefined): Promise<NodeWithScore[]> {
    // Writes that it has waited for may have been the first.
    checkVectorQuery(query, this.support, this.#vectors?.dimensions);
    const { mode, topK, filter } = query;
    const embedding = query.embedding as Float32Array;
    const found =
      mode === 'mmr'
        ? await this.#diverse(embedding, topK, filter, query.lambda, signal)
        : (await this.#nearest(embedding, topK, filter, signal)).map(({ node, score }) => ({
            node,
            score,
            similarity: score,
          }));
    const results: NodeWithScore[] = [];
    const slices = timeSlices(signal);
    for (const { node, score, similarity } of found) {
      results.push({ node: copyNode(node), score, evidence: { similarity } });
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    return results;
  }

  /**
   * Writes everything to one file, in whose place the old one stays until the new one is whole. What is upserted or
   * deleted meanwhile is not in it. The folder is made if need be.
   */
  async save(path: string, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      await saveVectors(path, await this.#lock.read(() => this.#copy(signal), signal), signal);
    });
  }

  async #copy(signal: AbortSignal | undefined): Promise<SavedVectors> {
    const slices = timeSlices(signal);
    const from = this.#vectors ?? new VectorRows(0);
    const vectors = new VectorRows(from.dimensions);
    for (let row = 0; row < this.#nodes.length; row += vectors.chunkRows) {
      const rows = Math.min(vectors.chunkRows, this.#nodes.length - row);
      vectors.set(row, from.chunkOf(row).subarray(0, rows * from.dimensions));
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    return { nodes: [...this.#nodes], vectors };
  }

  /** What `query` finds, by the store's own nodes, which must not be changed: for who needs many and returns few. */
  nearest(embedding: Float32Array, topK: number, options: NearestOptions = {}): Promise<NearestNode[]> {
    return storeCall(options, ({ filter, signal }) =>
      this.#lock.read(() => this.#nearest(embedding, topK, filter, signal), signal),
    );
  }

  async #nearest(
    embedding: Float32Array,
    topK: number,
    filter: MetadataFilter | undefined,
    signal: AbortSignal | undefined,
  ): Promise<NearestNode[]> {
    const nodes = this.#nodes;
    const vectors = this.#vectors;
    if (vectors === undefined) return [];
    const passes = (row: number): boolean =>
      filter === undefined || matchesFilter((nodes[row] as Node).metadata, filter);
    const rows = await nearestRows(vectors, nodes.length, topK, unitVector(embedding), passes, signal);
    return rows.map(({ row, score }) => ({
      node: nodes[row] as Node,
      score: Math.max(-1, Math.min(1, score)),
    }));
  }

  /** The cosine of a vector and a node's; undefined for a node that is not there. */
  similarityTo(embedding: Float32Array, id: string): number | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || this.#vectors === undefined) return undefined;
    const query = Float64Array.from(unitVector(embedding));
    const score = innerProduct(query, this.#vectors.chunkOf(row), this.#vectors.offsetOf(row));
    return Math.max(-1, Math.min(1, score));
  }

  /** A copy of a node's vector, with length 1. */
  vectorOf(id: string): Float32Array | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#vectors?.view(row).slice();
  }

  async #diverse(
    embedding: Float32Array,
    topK: number,
    filter: MetadataFilter | undefined,
    lambda: number | undefined,
    signal: AbortSignal | undefined,
  ) {
    const nearest = await this.#nearest(embedding, Math.max(MMR_CANDIDATES, topK * 4), filter, signal);
    const candidates = nearest.map(({ node, score }) => ({
      node,
      similarity: score,
      embedding: this.vectorOf(node.id) as Float32Array,
    }));
    return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) => ({
      ...candidates[index]!,
      score,
    }));
  }

  /** Puts a node into a row, in the place of the one that is there. */
  #place(node: Node, row: number): void {
    this.#forgetSource(this.#nodes[row]);
    this.#nodes[row] = node;
    this.#rows.set(node.id, row);
    const source = sourceId(node);
    if (source === undefined) return;
    const ids = this.#idsBySource.get(source);
    if (ids === undefined) this.#idsBySource.set(source, new Set([node.id]));
    else ids.add(node.id);
  }

  #remove(id: string): void {
    const row = this.#rows.get(id);
    const vectors = this.#vectors;
    if (row === undefined || vectors === undefined) return;
    this.#forgetSource(this.#nodes[row]);
    const last = this.#nodes.length - 1;
    const moved = this.#nodes[last] as Node;
    this.#nodes[row] = moved;
    vectors.copy(last, row);
    this.#nodes.pop();
    this.#rows.set(moved.id, row);
    this.#rows.delete(id);
  }

  #forgetSource(node: Node | undefined): void {
    const source = node === undefined ? undefined : sourceId(node);
    if (node === undefined || source === undefined) return;
    const ids = this.#idsBySource.get(source);
    ids?.delete(node.id);
    if (ids?.size === 0) this.#idsBySource.delete(source);
  }
}
