import type { EmbeddingModel } from '@mortise/core/embedding';
import type { BaseRetrieverOptions, Query, RetrieveCall } from '@mortise/core/retriever';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { fuseScores, weightShares } from '../retrievers/fuse.ts';

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

/** A node that one of the two ways found. */
interface Placed {
  readonly key: string;
  readonly score: number;
}

/** What retrieval by words and by vectors has in common, wherever the nodes are: the options, the question's vector, the fusion. */
export class HybridRanking {
  /** Results, where the call does not say how many. */
  readonly topK: number;
  readonly #shares: readonly number[];
  readonly #candidates: number;

  /** Throws `configuration` for options that make no sense. */
  constructor(given: HybridRetrieverOptions) {
    const options = checkOptions(given, 'configuration');
    const { bm25, vector } = checkOptions(options.weights ?? DEFAULT_WEIGHTS, 'configuration');
    this.topK = wholeNumber('topK', options.topK ?? 10);
    this.#shares = weightShares([bm25, vector]);
    this.#candidates = wholeNumber('candidates', options.candidates ?? 1000);
  }

  /** Whether vectors count at all. */
  get byVector(): boolean {
    return this.#shares[1] !== 0;
  }

  /** How many of each list are fused. */
  depth(topK: number): number {
    return Math.max(topK, this.#candidates);
  }

  /** The question's vector, its own where it has one; undefined where vectors do not count. */
  async embed(
    query: Query,
    model: Pick<EmbeddingModel, 'embedQuery'>,
    { signal, parent }: RetrieveCall,
  ): Promise<Float32Array | undefined> {
    if (!this.byVector) return undefined;
    return query.embedding ?? (await model.embedQuery(query.query, { signal, parent }));
  }

  /** Words and vectors as one list; by id where scores are equal, so that the order does not hang on that of past updates. */
  order(words: readonly Placed[], vectors: readonly Placed[]): Placed[] {
    return fuseScores([words, vectors], this.#shares).sort(
      (a, b) => b.score - a.score || (a.key < b.key ? -1 : 1),
    );
  }
}
