import { MortiseError } from '@mortise/core';
import type { SimilarityMode } from '@mortise/core/embedding';

/** How alike two vectors are, measured by a store of its own: higher is more alike in every mode. */
export function frozenSimilarity(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  mode: SimilarityMode = 'cosine',
): number {
  if (a.length !== b.length) {
    const message = `A vector of ${a.length} numbers is like none of ${b.length}. Use one model for both.`;
    throw new MortiseError('invalid-request', message);
  }
  const product = dot(a, b);
  if (mode === 'dot') return product;
  const [ofA, ofB] = [dot(a, a), dot(b, b)];
  if (mode === 'euclidean') return 0 - Math.sqrt(Math.max(0, ofA + ofB - 2 * product));
  const lengths = Math.sqrt(ofA) * Math.sqrt(ofB);
  return lengths === 0 ? 0 : product / lengths;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
