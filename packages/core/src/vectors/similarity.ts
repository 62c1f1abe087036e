import { reading } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';

/** `euclidean` is the negated distance, so that higher is nearer in every mode. */
export type SimilarityMode = 'cosine' | 'dot' | 'euclidean';

/**
 * How alike two vectors are; higher is more alike in every mode. `cosine` is -1 to 1, and 0 when either is all zeros;
 * `dot` is the inner product; `euclidean` is the distance negated, so at most 0. Sums are in double precision.
 * Vectors of different lengths are `invalid-request`.
 */
export function similarity(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  mode: SimilarityMode = 'cosine',
): number {
  const result = reading('A vector', () => {
    sameLength(a, b);
    return measure(a, b, mode);
  });
  if (!Number.isNaN(result)) return result;
  throw new MortiseError(
    'invalid-request',
    'A vector holds a number that is not finite; it is like no other.',
  );
}

function measure(a: ArrayLike<number>, b: ArrayLike<number>, mode: SimilarityMode): number {
  switch (mode) {
    case 'cosine':
      return cosine(a, b);
    case 'dot':
      return dot(a, b);
    case 'euclidean':
      // + 0 makes 0 of -0.
      return -Math.sqrt(squaredDistance(a, b)) + 0;
    default:
      throw new MortiseError(
        'invalid-request',
        `'${String(mode)}' is not a similarity; take cosine, dot or euclidean.`,
      );
  }
}

function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    product += x * y;
    aa += x * x;
    bb += y * y;
  }
  // Two roots, not one of the product, which may be 0 or Infinity where they are not.
  const norms = Math.sqrt(aa) * Math.sqrt(bb);
  if (norms > 0 && norms < Infinity) return Math.max(-1, Math.min(1, product / norms));
  return extremeCosine(a, b);
}

/** Zero vectors, and doubles whose squares leave the range: brought to at most 1 first, which keeps the angle. */
function extremeCosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [largestA, largestB] = [largest(a), largest(b)];
  if (largestA === 0 || largestB === 0) return 0;
  if (!Number.isFinite(largestA) || !Number.isFinite(largestB)) return NaN;
  return cosine(
    Array.from(a, (x) => x / largestA),
    Array.from(b, (x) => x / largestB),
  );
}

function largest(vector: ArrayLike<number>): number {
  let result = 0;
  // Math.max hands on NaN, a comparison would not.
  for (let i = 0; i < vector.length; i++) result = Math.max(result, Math.abs(vector[i]!));
  return result;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum;
}

/** The mean of several vectors, number by number: one vector for several queries. None is `invalid-request`. */
export function meanEmbedding(embeddings: readonly ArrayLike<number>[]): Float32Array {
  const [first] = embeddings;
  if (first === undefined) throw new MortiseError('invalid-request', 'There is no mean of no embeddings.');
  const sums = new Float64Array(first.length);
  for (const embedding of embeddings) {
    sameLength(first, embedding);
    for (let i = 0; i < sums.length; i++) sums[i]! += embedding[i]!;
  }
  return Float32Array.from(sums, (sum) => sum / embeddings.length);
}

function sameLength(a: ArrayLike<number>, b: ArrayLike<number>): void {
  // What has no length, as a DataView, would be like anything without one number of it being looked at.
  for (const vector of [a, b])
    if (!Number.isInteger(vector?.length))
      throw new MortiseError('invalid-request', 'A vector is a list of numbers; this one has no length.');
  if (a.length === b.length) return;
  const message = `Vectors of ${a.length} and ${b.length} numbers cannot be compared. Embed both with one model.`;
  throw new MortiseError('invalid-request', message);
}
