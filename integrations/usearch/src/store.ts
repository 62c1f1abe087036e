import { MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted, timeSlices } from '@mortise/core/call';
import { unitVector } from '@mortise/core/embedding';
import { copyNode, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { checkOptions, oneOf, wholeNumber } from '@mortise/core/shared';
import {
  storeCall,
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  FILTER_OPERATORS,
  matchesFilter,
  maximalMarginalRelevance,
  storeFailure,
  type MetadataFilter,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { loadContent, savedGraph, saveContent } from './file.ts';
import { createGraph, inParts, loadGraph, type GraphSettings } from './graph.ts';
import { loadLibrary, type GraphIndex, type Library } from './library.ts';
import { exactHits, graphHits, type Hit } from './search.ts';
import { Table } from './table.ts';

export interface UsearchVectorStoreOptions {
  /** Where `save` writes, and from where the first call loads. Default: it is in memory alone. */
  path?: string | undefined;
  /**
   * `hnsw` walks a graph (Malkov and Yashunin 2018), which finds nearly all of the nearest in a fraction of the time;
   * `exact` compares with every vector. Default: `hnsw`.
   */
  search?: 'hnsw' | 'exact' | undefined;
  /** Of the vectors. Another length in the file is `configuration`. Default: that of the file, or of the first entry. */
  dimensions?: number | undefined;
  /** Neighbours of a node in the graph: more find more, take more memory and time. Default: 16. */
  connectivity?: number | undefined;
  /** Candidates that are looked at when a node is added. Default: 128. */
  expansionAdd?: number | undefined;
  /** Candidates that are looked at in a search. Default: 64. */
  expansionSearch?: number | undefined;
  /** Threads that add to the graph; 0 is one a core. With 1 the same entries make the same graph. Default: 1. */
  threads?: number | undefined;
}

/** Of how many of the nearest `mmr` picks: 4 times as many as it gives, and no fewer than this. */
const MMR_CANDIDATES = 64;
/** Entries that are copied when the call is made, before anything is waited for. */
const COPIED_AT_ONCE = 256;
/** Entries that are removed before timers run. */
const REMOVED_AT_ONCE = 256;

/**
 * Nodes and vectors in memory, searched by usearch, saved to a file when `save` is called. A score is the cosine, and it
 * stands in `evidence.similarity` as well. An `mmr` score is lower: see `maximalMarginalRelevance`.
 */
export class UsearchVectorStore implements VectorStore {
  readonly #path: string | undefined;
  readonly #settings: GraphSettings | undefined;
  #dimensions: number | undefined;
  #table = new Table();
  #graph: GraphIndex | undefined;
  #ready: Promise<Library> | undefined;
  #saving: Promise<unknown> = Promise.resolve();

  constructor(given: UsearchVectorStoreOptions = {}) {
    const options = checkOptions(given, 'configuration');
    const { path, search = 'hnsw', dimensions } = options;
    const { connectivity = 16, expansionAdd = 128, expansionSearch = 64, threads = 1 } = options;
    oneOf('search', search, ['hnsw', 'exact']);
    if (path !== undefined && (typeof path !== 'string' || path === ''))
      throw new MortiseError('configuration', 'path is empty; give the path of a file, or none.');
    if (dimensions !== undefined) wholeNumber('dimensions', dimensions);
    for (const [name, value] of Object.entries({ connectivity, expansionAdd, expansionSearch }))
      wholeNumber(name, value);
    wholeNumber('threads', threads, { least: 0 });
    this.#path = path;
    this.#dimensions = dimensions;
    if (search === 'hnsw') this.#settings = { connectivity, expansionAdd, expansionSearch, threads };
  }

  /** `dimensions` is known once the file was loaded, by any call, or from the options. */
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
      let dimensions = this.#dimensions;
      // Of two with one id the last.
      const byId = new Map<string, VectorEntry>();
      for (const [at, entry] of entries.entries()) {
        const turn = at > 0 && at % COPIED_AT_ONCE === 0 ? slices.turn() : undefined;
        if (turn !== undefined) await turn;
        dimensions = checkVectorEntries([entry], dimensions);
        byId.set(entry.node.id, copied(entry));
      }
      if (byId.size === 0) return;
      const copies = [...byId.values()];
      const library = await this.#loaded(signal);
      await inParts(copies.length, signal, (start, end) => {
        const slice = copies.slice(start, end);
        // The file, or a call at the same time, may have settled the dimensions meanwhile.
        this.#dimensions = checkVectorEntries(slice, this.#dimensions);
        this.#write(library, slice);
      });
    });
  }

  async delete(selection: VectorSelection, given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const { filter } = selection;
      if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
      const [ids, sources] = [[...(selection.ids ?? [])], [...(selection.sourceIds ?? [])]];
      const kept = structuredClone(filter);
      await this.#loaded(signal);
      const doomed = new Set(ids);
      for (const source of sources) for (const id of this.#table.idsOf(source)) doomed.add(id);
      if (kept !== undefined)
        for (const { id, metadata } of this.#table.nodes) if (matchesFilter(metadata, kept)) doomed.add(id);
      const all = [...doomed];
      const slices = timeSlices(signal);
      for (let at = 0; at < all.length; at += REMOVED_AT_ONCE) {
        const turn = slices.turn();
        if (turn !== undefined) await turn;
        this.#remove(all.slice(at, at + REMOVED_AT_ONCE));
      }
    });
  }

  async query(query: VectorQuery, given: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(given, async ({ signal }) => {
      checkVectorQuery(query, this.support, this.#dimensions);
      const { mode, topK, lambda } = query;
      const embedding = unitVector(query.embedding as Float32Array);
      const filter = structuredClone(query.filter);
      const library = await this.#loaded(signal);
      checkVectorQuery({ topK, embedding }, this.support, this.#dimensions);
      if (mode !== 'mmr')
        return this.#hits(library, embedding, topK, filter).map((hit) => this.#found(hit, hit.similarity));

      const candidates = this.#hits(library, embedding, Math.max(MMR_CANDIDATES, topK * 4), filter).map(
        (hit) => ({
          ...hit,
          embedding: this.#table.vector(hit.row),
        }),
      );
      return maximalMarginalRelevance(candidates, topK, lambda).map(({ index, score }) =>
        this.#found(candidates[index]!, score),
      );
    });
  }

  /** `save`, where there is a `path`. */
  async flush(given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async (options) => {
      if (this.#path !== undefined) await this.save(options);
    });
  }

  /**
   * Writes everything to `path`; the old file stays in its place until the new one is whole. What is upserted or deleted
   * meanwhile is not in it. Without a `path` it is `configuration`.
   */
  async save(given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const path = this.#path;
      if (path === undefined) {
        throw new MortiseError(
          'configuration',
          'This store has no path to be saved to. Give it one as `path`.',
        );
      }
      await this.#loaded(signal);
      // One after the other: each removes the graphs that are not its own.
      const saving = this.#saving.then(() => saveContent(path, (graph) => this.#snapshot(graph), signal));
      this.#saving = saving.catch(() => undefined);
      try {
        await (signal === undefined ? saving : raceAbort(saving, signal));
      } catch (error) {
        throwIfAborted(signal);
        throw storeFailure(path, 'saved', error);
      }
    });
  }

  #snapshot(graph: string) {
    const { nodes, labels } = this.#table;
    const vectors = this.#table.vectors().slice();
    this.#graph?.save(graph);
    const content = { nodes: [...nodes], labels: [...labels], vectors, dimensions: this.#dimensions ?? 0 };
    return { content, hasGraph: this.#graph !== undefined };
  }

  async #loaded(signal: AbortSignal | undefined): Promise<Library> {
    this.#ready ??= this.#load().catch((error: unknown) => {
      // The next call tries again.
      this.#ready = undefined;
      throw error;
    });
    const library = await (signal === undefined ? this.#ready : raceAbort(this.#ready, signal));
    throwIfAborted(signal);
    return library;
  }

  async #load(): Promise<Library> {
    const library = await loadLibrary();
    const path = this.#path;
    if (path === undefined) return library;
    try {
      const saved = await loadContent(path);
      if (saved === undefined) return library;
      const { dimensions, nodes, labels, vectors } = saved;
      if (dimensions > 0 && (this.#dimensions ?? dimensions) !== dimensions) {
        const message = `The store ${path} holds vectors of ${dimensions} dimensions, not ${this.#dimensions}. Use the model it was built with, or another file.`;
        throw new MortiseError('configuration', message);
      }
      const table = new Table();
      for (const [row, node] of nodes.entries())
        table.add(node, vectors.subarray(row * dimensions, (row + 1) * dimensions), labels[row]!);
      if (this.#settings !== undefined && table.size > 0) {
        const graph = await savedGraph(path, saved.graph);
        this.#graph = await loadGraph(library, this.#settings, table, dimensions, graph);
      }
      this.#table = table;
      if (dimensions > 0) this.#dimensions = dimensions;
      return library;
    } catch (error) {
      throw storeFailure(path, 'loaded', error);
    }
  }

  #hits(library: Library, query: Float32Array, topK: number, filter: MetadataFilter | undefined): Hit[] {
    const passes = filter === undefined ? undefined : (node: Node) => matchesFilter(node.metadata, filter);
    // Zeros are like nothing; to usearch they are like themselves.
    const isZero = query.every((x) => x === 0);
    const hits =
      this.#graph === undefined || isZero
        ? exactHits(library, this.#table, query, topK, passes)
        : graphHits(library, this.#table, this.#graph, query, topK, passes);
    return isZero ? hits.map(({ row }) => ({ row, similarity: 0 })) : hits;
  }

  #found({ row, similarity }: Hit, score: number): NodeWithScore {
    return { node: copyNode(this.#table.nodes[row]!), score, evidence: { similarity } };
  }

  /** The graph first: what it refuses changes nothing, and a label that nobody has is passed over. */
  #write(library: Library, entries: readonly VectorEntry[]): void {
    const first = this.#table.claim(entries.length);
    if (this.#settings !== undefined) {
      const dimensions = this.#dimensions as number;
      const keys = BigUint64Array.from(entries, (_, at) => BigInt(first + at));
      const vectors = new Float32Array(entries.length * dimensions);
      for (const [at, { embedding }] of entries.entries()) vectors.set(embedding, at * dimensions);
      this.#graph ??= createGraph(library, this.#settings, dimensions);
      this.#graph.add(keys, vectors, this.#settings.threads);
    }
    const replaced: number[] = [];
    for (const [at, { node, embedding }] of entries.entries()) {
      const old = this.#table.remove(node.id);
      if (old !== undefined) replaced.push(old);
      this.#table.add(node, embedding, first + at);
    }
    if (replaced.length > 0) this.#graph?.remove(BigUint64Array.from(replaced, BigInt));
  }

  #remove(ids: Iterable<string>): void {
    const labels: bigint[] = [];
    for (const id of ids) {
      const label = this.#table.remove(id);
      if (label !== undefined) labels.push(BigInt(label));
    }
    // A graph of nothing but what was removed is walked for nothing.
    if (this.#table.size === 0) this.#graph = undefined;
    else if (labels.length > 0) this.#graph?.remove(BigUint64Array.from(labels));
  }
}

/** Of length 1, so that no number leaves the range of 32-bit floats when it is squared. */
function copied({ node, embedding }: VectorEntry): VectorEntry {
  const { embedding: _embedding, ...kept } = node;
  return { node: copyNode(kept), embedding: unitVector(embedding) };
}
