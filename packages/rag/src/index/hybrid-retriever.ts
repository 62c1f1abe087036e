import { runInSlices, timeSlices } from '@mortise/core/call';
import type { EmbeddingModel } from '@mortise/core/embedding';
import {
  BaseRetriever,
  copyNode,
  type BaseRetrieverOptions,
  type Evidence,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import { checkFilter, matchesFilter, type MetadataFilter } from '@mortise/core/store';
import { wholeNumber } from '@mortise/core/shared';
import type { BM25Index, RankedNode } from '../retrievers/bm25-index.ts';
import { fuseScores, weightShares } from '../retrievers/fuse.ts';
import type { MemoryVectorStore } from '../stores/memory-vector-store.ts';

/**
 * Measured on Cranfield with a small local model, nDCG@10 and recall@100: 0.527 and 0.769 for BM25 alone, 0.262 and
 * 0.518 for vectors alone, 0.532 and 0.774 with these weights. With 0.3 for vectors recall is 0.764, below BM25's. A
 * better model may deserve more: `examples/evaluate` measures it.
 */
export const DEFAULT_WEIGHTS: Readonly<HybridWeights> = { bm25: 0.85, vector: 0.15 };

/** How much each of the two ways counts. */
export interface HybridWeights {
  bm25: number;
  vector: number;
}

export interface HybridRetrieverOptions extends BaseRetrieverOptions {
  /** Default: 10. */
  topK?: number | undefined;
  /** Shares of the score, from 0. Default: 0.85 for BM25, 0.15 for vectors. With 0 for vectors nothing is embedded. */
  weights?: HybridWeights | undefined;
  /** How many of each list are fused; never fewer than `topK`. Default: 1,000. */
  candidates?: number | undefined;
}

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
  readonly #topK: number;
  readonly #shares: readonly number[];
  readonly #candidates: number;

  constructor(parts: HybridParts, options: HybridRetrieverOptions = {}) {
    super(options);
    const { topK, shares, candidates } = hybridSettings(options);
    this.#parts = parts;
    this.#topK = topK;
    this.#shares = shares;
    this.#candidates = candidates;
  }

  async doRetrieve(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const { bm25, vectors, lock } = this.#parts;
    const { topK = this.#topK, filters, signal } = call;
    // A filter that will be refused is refused before the question is paid for, and whatever the index holds.
    if (filters !== undefined) checkFilter(filters, vectors.support.operators ?? []);
    if (bm25.size === 0) return [];
    const embedding = await this.#embed(query, call);
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
    const depth = Math.max(topK, this.#candidates);
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
    const lists = [lexical, dense].map((list) => list.map(({ node, score }) => ({ key: node.id, score })));

    const nodes = new Map<string, Node>([...lexical, ...dense].map(({ node }) => [node.id, node]));
    return hybridOrder(lists, this.#shares)
      .slice(0, topK)
      .map(({ key, score }) => {
        const similarity = embedding === undefined ? undefined : vectors.similarityTo(embedding, key);
        const evidence: Evidence = { ...(words.get(key) ?? { bm25: 0, coverage: 0 }) };
        if (similarity !== undefined) evidence.similarity = similarity;
        return { node: copyNode(nodes.get(key) as Node), score, evidence };
      });
  }

  async #embed(query: Query, { signal, parent }: RetrieveCall): Promise<Float32Array | undefined> {
    if (this.#shares[1] === 0) return undefined;
    return query.embedding ?? (await this.#parts.embedding.embedQuery(query.query, { signal, parent }));
  }
}

/** The options with their defaults; throws `configuration` for what is none. */
export function hybridSettings(options: HybridRetrieverOptions) {
  const { bm25, vector } = options.weights ?? DEFAULT_WEIGHTS;
  return {
    topK: wholeNumber('topK', options.topK ?? 10),
    shares: weightShares([bm25, vector]),
    candidates: wholeNumber('candidates', options.candidates ?? 1000),
  };
}

/** Words and vectors as one list; by id where scores are equal, so that the order does not hang on that of past updates. */
export function hybridOrder(
  lists: readonly (readonly { readonly key: string; readonly score: number }[])[],
  shares: readonly number[],
): { key: string; score: number }[] {
  return fuseScores(lists, shares).sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1));
}
