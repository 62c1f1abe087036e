import { similarity } from './similarity.ts';
import { reading, finiteNumber, wholeNumber } from '../shared/options.ts';

/** What may be picked: how near it is to the query, as a cosine, and its vector. */
export interface MmrCandidate {
  readonly similarity: number;
  readonly embedding: Float32Array;
}

/** A candidate by its place, and what it was worth when it was picked. */
export interface MmrPick {
  readonly index: number;
  readonly score: number;
}

/**
 * Maximal marginal relevance (Carbonell and Goldstein 1998): picks one after the other what is near the query and far
 * from everything picked before. A score is `lambda * similarity - (1 - lambda) * m`, with `m` the greatest cosine to
 * one picked before; for the first it is -1, the least there is, so that scores fall from pick to pick. Of equal ones
 * the earlier candidate is picked. The time is that of `topK` passes over the candidates.
 */
export function maximalMarginalRelevance(
  candidates: readonly MmrCandidate[],
  topK: number,
  lambda = 0.5,
): MmrPick[] {
  wholeNumber('topK', topK, { least: 0, code: 'invalid-request' });
  finiteNumber('lambda', lambda, { least: 0, most: 1, code: 'invalid-request' });
  return reading('A candidate', () => picked(candidates, topK, lambda));
}

function picked(candidates: readonly MmrCandidate[], topK: number, lambda: number): MmrPick[] {
  const picks: MmrPick[] = [];
  const nearest = candidates.map(() => -1);
  const remaining = new Set(candidates.keys());
  while (picks.length < topK && remaining.size > 0) {
    let best: MmrPick | undefined;
    for (const index of remaining) {
      const score = lambda * candidates[index]!.similarity - (1 - lambda) * nearest[index]!;
      if (best === undefined || score > best.score) best = { index, score };
    }
    const pick = best as MmrPick;
    picks.push(pick);
    remaining.delete(pick.index);
    const { embedding } = candidates[pick.index]!;
    for (const index of remaining)
      nearest[index] = Math.max(nearest[index]!, similarity(candidates[index]!.embedding, embedding));
  }
  return picks;
}
