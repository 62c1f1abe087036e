import { MortiseError } from '@mortise/core';
import {
  BaseRetriever,
  contentKey,
  mergeEvidence,
  type BaseRetrieverOptions,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';

/** What is combined, and how. */
export interface FusionRetrieverOptions extends BaseRetrieverOptions {
  retrievers: readonly WeightedRetriever[];
  /** Default: 10. */
  topK?: number | undefined;
  /** How many results are asked of each retriever; never fewer than `topK`. Default: 100. */
  candidates?: number | undefined;
}

/** A retriever, and how much it counts. */
export interface WeightedRetriever {
  retriever: Retriever;
  /** Its share, from 0; the shares are brought to a sum of 1. Default: 1. */
  weight?: number | undefined;
}

/**
 * Several retrievers as one, by relative score: each list's scores are brought to 0 (its worst) to 1 (its best), each
 * node gets the weighted sum over the lists, and no list adds nothing. Scores are relative, so they say nothing
 * about how good the best is: `evidence` of all lists is kept for that.
 *
 * A list whose scores are all equal counts 1 a node when they are above 0, else 0. A retriever that fails fails the
 * whole: an answer from half of the sources would look like any other.
 */
export class FusionRetriever extends BaseRetriever {
  // The retrievers below refuse a filter that they cannot honour.
  override readonly supportsFilters = true;
  readonly #retrievers: readonly Retriever[];
  readonly #shares: readonly number[];
  readonly #topK: number;
  readonly #candidates: number;

  constructor(options: FusionRetrieverOptions) {
    super(options);
    this.#retrievers = options.retrievers.map(({ retriever }) => retriever);
    this.#shares = weightShares(options.retrievers.map(({ weight = 1 }) => weight));
    this.#topK = options.topK ?? 10;
    this.#candidates = options.candidates ?? 100;
  }

  async retrieveNodes(query: Query, call: RetrieveCall): Promise<NodeWithScore[]> {
    const topK = call.topK ?? this.#topK;
    const asked = { ...call, topK: Math.max(topK, this.#candidates) };
    const lists = await Promise.all(this.#retrievers.map((retriever) => retriever.retrieve(query, asked)));
    return fuse(lists, this.#shares).slice(0, topK);
  }
}

/** Best first; of equal sums the one that came first. The lists are left as they are. */
export function fuse(
  lists: readonly (readonly NodeWithScore[])[],
  weights: readonly number[],
): NodeWithScore[] {
  const keys = lists.map((list) => list.map(({ node, score }) => ({ key: contentKey(node), score })));
  const results = new Map<string, NodeWithScore>();
  for (const [at, list] of lists.entries()) {
    for (const [place, result] of list.entries()) {
      const key = keys[at]?.[place]?.key as string;
      const known = results.get(key);
      const evidence = mergeEvidence(known?.evidence, result.evidence);
      results.set(key, { ...(known ?? result), ...(evidence === undefined ? {} : { evidence }) });
    }
  }
  return fuseScores(keys, weights).map(({ key, score }) => ({
    ...(results.get(key) as NodeWithScore),
    score,
  }));
}

/** The arithmetic of {@link FusionRetriever}. */
export function fuseScores<K>(
  lists: readonly (readonly { readonly key: K; readonly score: number }[])[],
  weights: readonly number[],
): { key: K; score: number }[] {
  const sums = new Map<K, number>();
  for (const [at, list] of lists.entries()) {
    const relative = relativeScores(list);
    for (const [place, { key }] of list.entries()) {
      sums.set(key, (sums.get(key) ?? 0) + (weights[at] ?? 0) * (relative[place] ?? 0));
    }
  }
  return Array.from(sums, ([key, score]) => ({ key, score })).sort((a, b) => b.score - a.score);
}

function relativeScores(list: readonly { readonly score: number }[]): number[] {
  const scores = list.map(({ score }) => score);
  const best = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const worst = scores.reduce((a, b) => Math.min(a, b), Infinity);
  if (best === worst) return scores.map((score) => (score > 0 ? 1 : 0));
  return scores.map((score) => (score - worst) / (best - worst));
}

/** Weights brought to a sum of 1; `configuration` when that cannot be done. */
export function weightShares(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > 0 && Number.isFinite(sum) && weights.every((weight) => weight >= 0)) {
    return weights.map((weight) => weight / sum);
  }
  const found = weights.join(', ') || 'none';
  const message = `Fusion needs weights from 0, not all of them 0; it got ${found}.`;
  throw new MortiseError('configuration', message);
}
