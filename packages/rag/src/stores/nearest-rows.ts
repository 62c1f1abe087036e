import { timeSlices } from '@mortise/core/call';
import { BLOCK_ROWS, innerProduct, innerProducts } from './inner-products.ts';
import { slackOf } from './simd-memory.ts';
import { TopRows, type ScoredRow } from './top-rows.ts';
import type { VectorRows } from './vector-rows.ts';

/** Numbers that are compared in one step, less than a millisecond. */
const STEP_NUMBERS = 262_144;

/** What rows are compared with. */
interface Query {
  readonly numbers: Float32Array;
  /** The same. */
  readonly doubles: Float64Array;
  /** Whether a row may be found; asked last, since most rows never come near the best. */
  readonly passes: (row: number) => boolean;
}

/**
 * The best `topK` of the first `length` rows, by their inner products with a query of length 1, in double precision. In
 * slices of time; rejects with the reason of an aborted signal.
 */
export async function nearestRows(
  vectors: VectorRows,
  length: number,
  topK: number,
  numbers: Float32Array,
  passes: (row: number) => boolean,
  signal: AbortSignal | undefined,
): Promise<ScoredRow[]> {
  const query: Query = { numbers, doubles: Float64Array.from(numbers), passes };
  const top = new TopRows(Math.min(topK, length));
  const slices = timeSlices(signal);
  const step = Math.max(1, Math.floor(STEP_NUMBERS / numbers.length / BLOCK_ROWS)) * BLOCK_ROWS;
  const { chunkRows } = vectors;
  for (let first = 0; first < length;) {
    const end = Math.min(first + step, first - (first % chunkRows) + chunkRows, length);
    // While every row is taken, each must be compared exactly.
    first = top.isFull ? compareRoughly(vectors, query, first, end, top) : first;
    compareExactly(vectors, query, first, end, top);
    first = end;
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  return top.sorted();
}

/**
 * Rows of one chunk by products that are a little off, and exactly those that might be among the best; so that the same are
 * found. Returns the row up to which there were such products.
 */
function compareRoughly(
  vectors: VectorRows,
  { numbers, doubles, passes }: Query,
  from: number,
  end: number,
  top: TopRows,
): number {
  const slack = slackOf(numbers.length);
  const chunk = vectors.chunkOf(from);
  let first = from;
  for (;;) {
    const products = vectors.roughProducts(numbers, first, end - first);
    if (products.length === 0) return first;
    for (let at = 0; at < products.length; at++) {
      if (!top.wouldTake((products[at] as number) + slack)) continue;
      const row = first + at;
      const score = innerProduct(doubles, chunk, vectors.offsetOf(row));
      if (top.wouldTake(score) && passes(row)) top.add(row, score);
    }
    first += products.length;
  }
}

/** Rows of one chunk. */
function compareExactly(
  vectors: VectorRows,
  { doubles, passes }: Query,
  from: number,
  end: number,
  top: TopRows,
): void {
  if (from >= end) return;
  const chunk = vectors.chunkOf(from);
  const scores = new Float64Array(BLOCK_ROWS);
  for (let first = from; first < end; first += BLOCK_ROWS) {
    const rows = Math.min(BLOCK_ROWS, end - first);
    innerProducts(doubles, chunk, vectors.offsetOf(first), rows, scores);
    for (let at = 0; at < rows; at++) {
      const score = scores[at] as number;
      if (top.wouldTake(score) && passes(first + at)) top.add(first + at, score);
    }
  }
}
