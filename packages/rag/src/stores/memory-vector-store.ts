import {
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
import { copyNode, sourceId, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { BLOCK_ROWS, innerProduct, innerProducts } from './inner-products.ts';
import { loadVectors, saveVectors } from './saved-vectors.ts';
import { TopRows } from './top-rows.ts';

/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;

/**
 * Exact search in memory: every vector is compared. Vectors are kept with length 1 in one typed array, so a score is
 * the cosine, and it stands in `evidence.similarity` as well. An `mmr` score is lower: see `maximalMarginalRelevance`.
 */
export class MemoryVectorStore implements VectorStore {
  /** The node of each row; a deleted row is filled with the last one. A node is replaced, never changed. */
  readonly #nodes: Node[] = [];
  readonly #rows = new Map<string, number>();
  readonly #idsBySource = new Map<string, Set<string>>();
  #vectors: Float32Array = new Float32Array(0);
  #dimensions: number | undefined;

  /**
   * What `save` wrote to `path`. Rejects with `not-found` where there is nothing, with `validation` for a file that is
   * damaged or something else, with `configuration` for one of a later version.
   */
  static async load(path: string, options: StoreOptions = {}): Promise<MemoryVectorStore> {
    const { nodes, vectors, dimensions } = await loadVectors(path, options.signal);
    const store = new MemoryVectorStore();
    store.#vectors = vectors;
    if (dimensions > 0) store.#dimensions = dimensions;
    for (const node of nodes) store.#place(node, store.#nodes.length);
    return store;
  }

  get support(): VectorStoreSupport {
    const dimensions = this.#dimensions;
    return {
      modes: ['dense', 'mmr'],
      operators: FILTER_OPERATORS,
      ...(dimensions === undefined ? {} : { dimensions }),
    };
  }

  get size(): number {
    return this.#nodes.length;
  }

  async upsert(entries: readonly VectorEntry[], options: StoreOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const dimensions = checkVectorEntries(entries, this.#dimensions);
    if (dimensions === undefined) return;
    this.#dimensions = dimensions;
    this.#reserve(this.#nodes.length + entries.length, dimensions);
    for (const { node, embedding } of entries) {
      const row = this.#rows.get(node.id) ?? this.#nodes.length;
      const { embedding: _embedding, ...kept } = node;
      this.#place(copyNode(kept), row);
      this.#vectors.set(unit(embedding), row * dimensions);
    }
  }

  async delete(selection: VectorSelection, options: StoreOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const { ids = [], sourceIds = [], filter } = selection;
    if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
    const doomed = new Set(ids);
    for (const source of sourceIds) for (const id of this.#idsBySource.get(source) ?? []) doomed.add(id);
    if (filter !== undefined)
      for (const { id, metadata } of this.#nodes) if (matchesFilter(metadata, filter)) doomed.add(id);
    for (const id of doomed) this.#remove(id);
  }

  async query(query: VectorQuery, options: StoreOptions = {}): Promise<NodeWithScore[]> {
    options.signal?.throwIfAborted();
    checkVectorQuery(query, this.support, this.#dimensions);
    const { mode, topK, filter } = query;
    const embedding = query.embedding as Float32Array;
    const found =
      mode === 'mmr'
        ? this.#diverse(embedding, topK, filter, query.lambda)
        : this.nearest(embedding, topK, filter).map(({ node, score }) => ({
            node,
            score,
            similarity: score,
          }));
    return found.map(({ node, score, similarity }) => ({
      node: copyNode(node),
      score,
      evidence: { similarity },
    }));
  }

  /**
   * Writes everything to one file, in whose place the old one stays until the new one is whole. What is upserted or
   * deleted meanwhile is not in it. The folder is made if need be.
   */
  async save(path: string, options: StoreOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    const dimensions = this.#dimensions ?? 0;
    const vectors = this.#vectors.slice(0, this.#nodes.length * dimensions);
    await saveVectors(path, { nodes: [...this.#nodes], vectors, dimensions }, options.signal);
  }

  /** What `query` finds, by the store's own nodes, which must not be changed: for who needs many and returns few. */
  nearest(
    embedding: Float32Array,
    topK: number,
    filter?: MetadataFilter,
  ): { readonly node: Node; readonly score: number }[] {
    const query = Float64Array.from(unit(embedding));
    const vectors = this.#vectors;
    const { length } = this.#nodes;
    const top = new TopRows(Math.min(topK, length));
    const scores = new Float64Array(BLOCK_ROWS);
    for (let first = 0; first < length; first += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, length - first);
      innerProducts(query, vectors, first * query.length, rows, scores);
      for (let at = 0; at < rows; at++) {
        const score = scores[at] as number;
        // The filter is asked last: most rows never come near the best.
        if (!top.wouldTake(score)) continue;
        const { metadata } = this.#nodes[first + at] as Node;
        if (filter === undefined || matchesFilter(metadata, filter)) top.add(first + at, score);
      }
    }
    return top
      .sorted()
      .map(({ row, score }) => ({ node: this.#nodes[row] as Node, score: Math.max(-1, Math.min(1, score)) }));
  }

  /** The cosine of a vector and a node's; undefined for a node that is not there. */
  similarityTo(embedding: Float32Array, id: string): number | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const query = Float64Array.from(unit(embedding));
    return Math.max(-1, Math.min(1, innerProduct(query, this.#vectors, row * query.length)));
  }

  /** A copy of a node's vector, with length 1. */
  vectorOf(id: string): Float32Array | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || this.#dimensions === undefined) return undefined;
    return this.#vectors.slice(row * this.#dimensions, (row + 1) * this.#dimensions);
  }

  #diverse(
    embedding: Float32Array,
    topK: number,
    filter: MetadataFilter | undefined,
    lambda: number | undefined,
  ) {
    const candidates = this.nearest(embedding, Math.max(MMR_CANDIDATES, topK * 4), filter).map(
      ({ node, score }) => ({ node, similarity: score, embedding: this.vectorOf(node.id) as Float32Array }),
    );
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
    if (row === undefined || this.#dimensions === undefined) return;
    this.#forgetSource(this.#nodes[row]);
    const last = this.#nodes.length - 1;
    const moved = this.#nodes[last] as Node;
    this.#nodes[row] = moved;
    this.#vectors.copyWithin(row * this.#dimensions, last * this.#dimensions, (last + 1) * this.#dimensions);
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

  #reserve(rows: number, dimensions: number): void {
    if (rows * dimensions <= this.#vectors.length) return;
    const larger = new Float32Array(Math.max(rows, this.#nodes.length * 2) * dimensions);
    larger.set(this.#vectors.subarray(0, this.#nodes.length * dimensions));
    this.#vectors = larger;
  }
}

function unit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const x of vector) squares += x * x;
  const length = Math.sqrt(squares);
  return length === 0 ? vector : vector.map((x) => x / length);
}
