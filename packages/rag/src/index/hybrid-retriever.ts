import { runInSlices, timeSlices } from '@mortise/core/call';
import type { EmbeddingModel } from '@mortise/core/embedding';
import {
  BaseRetriever,
  copyNode,
  type Evidence,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { checkOptions } from '@mortise/core/shared';
import { checkFilter, matchesFilter, type MetadataFilter } from '@mortise/core/store';
import type { BM25Index, RankedNode } from '../retrievers/bm25-index.ts';
import type { MemoryVectorStore } from '../stores/memory-vector-store.ts';
import { HybridRanking, type HybridRetrieverOptions } from './hybrid-ranking.ts';

/** Runs a search while nothing changes what it searches. */
export interface SearchLock {
  read<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** The two ways of finding that are combined. */
export interface HybridParts {
  readonly bm25: BM25Index;
  readonly vectors: MemoryVectorStore;
  readonly embedding: Pick<EmbeddingModel, 'embedQuery'>;
  /** A lock that is read while both are searched, for callers that change the two together. Default: none. */
  readonly lock?: SearchLock | undefined;
}

/**
 * BM25 and vectors over the same nodes, fused by relative score as in `FusionRetriever`. Scores are relative: 1 is the
 * best of both lists, whatever the question. Whether it is any good stands in `evidence`, in full for every result:
 * `similarity`, `coverage` and `bm25`.
 */
export class HybridRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly #parts: HybridParts;
  readonly #ranking: HybridRanking;

  constructor(parts: HybridParts, options: HybridRetrieverOptions = {}) {
    super(options);
    this.#parts = checkOptions(parts, 'configuration');
    this.#ranking = new HybridRanking(options);
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const { bm25, vectors, lock } = this.#parts;
    const { topK = this.#ranking.topK, filters, signal } = call;
    // A filter that will be refused is refused before the question is paid for, and whatever the index holds.
    if (filters !== undefined) checkFilter(filters, vectors.support.operators ?? []);
    if (bm25.size === 0) return [];
    const embedding = await this.#ranking.embed(query, this.#parts.embedding, call);
    const search = (): Promise<NodeWithScore[]> =>
      this.#search(query.query, embedding, topK, filters, signal);
    return lock === undefined ? search() : lock.read(search, signal);
  }

  async #search(
    question: string,
    embedding: Float32Array | undefined,
    topK: number,
    filter: MetadataFilter | undefined,
    signal: AbortSignal | undefined,
  ): Promise<NodeWithScore[]> {
    const { bm25, vectors } = this.#parts;
    const depth = this.#ranking.depth(topK);
    const slices = timeSlices(signal);
    const ranked = await runInSlices(bm25.rankedSteps(question), slices);
    const lexical: RankedNode[] = [];
    const words = new Map<string, { readonly bm25: number; readonly coverage: number }>();
    for (const found of ranked) {
      const { node, score, coverage } = found;
      words.set(node.id, { bm25: score, coverage });
      if (lexical.length < depth && (filter === undefined || matchesFilter(node.metadata, filter)))
        lexical.push(found);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    const dense = embedding === undefined ? [] : await vectors.nearest(embedding, depth, { filter, signal });
    const placed = (list: readonly NodeWithScore[]) =>
      list.map(({ node, score }) => ({ key: node.id, score }));

    const nodes = new Map<string, Node>([...lexical, ...dense].map(({ node }) => [node.id, node]));
    return this.#ranking
      .order(placed(lexical), placed(dense))
      .slice(0, topK)
      .map(({ key, score }) => {
        const similarity = embedding === undefined ? undefined : vectors.similarityTo(embedding, key);
        const evidence: Evidence = { ...(words.get(key) ?? { bm25: 0, coverage: 0 }) };
        if (similarity !== undefined) evidence.similarity = similarity;
        return { node: copyNode(nodes.get(key) as Node), score, evidence };
      });
  }
}
