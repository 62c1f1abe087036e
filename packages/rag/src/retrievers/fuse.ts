import { MortiseError } from '@mortise/core';
import { contentKey, dedupeNodes, mergeEvidence, type NodeWithScore } from '@mortise/core/retriever';
import { checkOptions, finiteNumber, oneOf, reading } from '@mortise/core/shared';

/**
 * How the scores of lists are made comparable before they are weighted and added up.
 *
 * - `relative-score`: a list's best counts 1, its worst 0, the others by their distance.
 * - `distribution`: the mean less three standard deviations counts 0, the mean and three more 1; beyond them 0 and 1. One
 *   outlier moves the others less.
 * - `reciprocal-rank`: 1 / (k + place), the best's place 0; scores only order a list. (Cormack, Clarke and Büttcher,
 *   "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods", SIGIR 2009, whose places begin
 *   at 1.)
 *
 * In the first two a list whose scores are all equal counts 1 a node when they are above 0, else 0.
 */
export type FusionMode = 'relative-score' | 'distribution' | 'reciprocal-rank';

const MODES: readonly FusionMode[] = ['relative-score', 'distribution', 'reciprocal-rank'];

export interface FuseOptions {
  /** Default: `relative-score`. */
  mode?: FusionMode | undefined;
  /** For `reciprocal-rank`, above 0: how little the first places stand out. Default: 60. */
  k?: number | undefined;
}

/**
 * Lists as one, best first; of equal sums the one that came first. Nodes of equal content and source document are one,
 * with the evidence of all lists. The lists are left as they are. A score that is not finite is `malformed-response`.
 */
export function fuse(
  lists: readonly (readonly NodeWithScore[])[],
  weights: readonly number[],
  options: FuseOptions = {},
): NodeWithScore[] {
  return reading('The lists to fuse', () => fused(lists, weights, checkOptions(options)));
}

function fused(
  lists: readonly (readonly NodeWithScore[])[],
  weights: readonly number[],
  options: FuseOptions,
): NodeWithScore[] {
  const unique = lists.map((list) => dedupeNodes(list));
  const keys = unique.map((list) => list.map(({ node, score }) => ({ key: contentKey(node), score })));
  const results = new Map<string, NodeWithScore>();
  for (const [at, list] of unique.entries()) {
    for (const [place, result] of list.entries()) {
      const key = keys[at]?.[place]?.key as string;
      const known = results.get(key);
      const evidence = mergeEvidence(known?.evidence, result.evidence);
      results.set(key, { ...(known ?? result), ...(evidence === undefined ? {} : { evidence }) });
    }
  }
  return fuseScores(keys, weights, options).map(({ key, score }) => ({
    ...(results.get(key) as NodeWithScore),
    score,
  }));
}

/** The arithmetic of {@link fuse}. */
export function fuseScores<K>(
  lists: readonly (readonly { readonly key: K; readonly score: number }[])[],
  weights: readonly number[],
  { mode = 'relative-score', k = 60 }: FuseOptions = {},
): { key: K; score: number }[] {
  const comparable = comparableBy(mode, k);
  const sums = new Map<K, number>();
  for (const [at, list] of lists.entries()) {
    const scores = list.map(({ score }) => score);
    if (!scores.every(Number.isFinite)) throw notFinite(scores);
    const counts = comparable(scores);
    for (const [place, { key }] of list.entries()) {
      sums.set(key, (sums.get(key) ?? 0) + (weights[at] ?? 0) * (counts[place] as number));
    }
  }
  return Array.from(sums, ([key, score]) => ({ key, score })).sort((a, b) => b.score - a.score);
}

/** Weights brought to a sum of 1; `configuration` when that cannot be done. */
export function weightShares(weights: readonly number[]): number[] {
  for (const weight of weights) finiteNumber('A weight', weight, { least: 0 });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum > 0 && Number.isFinite(sum)) return weights.map((weight) => weight / sum);
  const found = weights.join(', ') || 'none';
  const message = `The weights are ${found}; fusion takes weights from 0, not all of them 0, of a finite sum.`;
  throw new MortiseError('configuration', message);
}

/** The weight of each score of a list. Throws `configuration` for an invalid mode or k. */
export function comparableBy(mode: FusionMode, k: number): (scores: readonly number[]) => number[] {
  oneOf('mode', mode, MODES);
  switch (mode) {
    case 'relative-score':
      return (scores) => between(scores, lowest(scores), highest(scores));
    case 'distribution':
      return (scores) => {
        const mean = average(scores);
        const spread = 3 * Math.sqrt(average(scores.map((score) => (score - mean) ** 2)));
        // Beyond the largest number there is no distribution to speak of.
        return Number.isFinite(spread)
          ? between(scores, mean - spread, mean + spread)
          : between(scores, lowest(scores), highest(scores));
      };
    case 'reciprocal-rank':
      finiteNumber('k', k, { above: 0 });
      return (scores) => {
        const places = [...scores.keys()].sort((a, b) => (scores[b] as number) - (scores[a] as number));
        const counts = scores.map(() => 0);
        for (const [place, at] of places.entries()) counts[at] = 1 / (k + place);
        return counts;
      };
  }
}

function between(scores: readonly number[], low: number, high: number): number[] {
  // Halved, so that the distance of two extreme numbers is a number too.
  const range = high / 2 - low / 2;
  if (lowest(scores) === highest(scores) || !(range > 0)) return scores.map((score) => (score > 0 ? 1 : 0));
  return scores.map((score) => Math.max(0, Math.min(1, (score / 2 - low / 2) / range)));
}

function lowest(scores: readonly number[]): number {
  return scores.reduce((a, b) => Math.min(a, b), Infinity);
}

function highest(scores: readonly number[]): number {
  return scores.reduce((a, b) => Math.max(a, b), -Infinity);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

function notFinite(scores: readonly number[]): MortiseError {
  const score = scores.find((each) => !Number.isFinite(each));
  const message = `A list to fuse has the score ${String(score)}. Scores are finite numbers, higher is better.`;
  return new MortiseError('malformed-response', message);
}
