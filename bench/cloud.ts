/** The vectors that stores are searched for, and the nodes that have them. */
import { createTextNode } from '@mortise/core';
import { unitVector } from '@mortise/core/embedding';
import type { VectorEntry } from '@mortise/core/store';

export const ROWS = Number(process.env['VECTOR_ROWS'] ?? 100_000);
export const DIMENSIONS = 384;
/** How many of the nearest are asked for. */
export const TOP = 10;
export const QUERIES = 5;

/** Around 500 centres, as the vectors of texts are, of length 1, from a fixed sequence. */
export function cloud(rows: number, seed: number): Float32Array {
  let state = seed;
  const next = (): number => (state = (state * 48_271) % 2_147_483_647) / 1_073_741_823.5 - 1;
  const centres = Array.from({ length: 500 }, () => Float32Array.from({ length: DIMENSIONS }, next));
  const matrix = new Float32Array(rows * DIMENSIONS);
  for (let row = 0; row < rows; row++) {
    const centre = centres[Math.floor(((next() + 1) / 2) * 500) % 500]!;
    const vector = matrix.subarray(row * DIMENSIONS, (row + 1) * DIMENSIONS);
    for (let i = 0; i < DIMENSIONS; i++) vector[i] = centre[i]! + next();
    unitVector(vector, vector);
  }
  return matrix;
}

export const rowOf = (matrix: Float32Array, row: number): Float32Array =>
  matrix.slice(row * DIMENSIONS, (row + 1) * DIMENSIONS);

/** Near a row, as a question is near its answer. */
export function queriesOf(matrix: Float32Array): Float32Array[] {
  const noise = cloud(QUERIES, 12);
  return Array.from({ length: QUERIES }, (_, at) => {
    const row = rowOf(matrix, (at * 19_001) % ROWS);
    const other = rowOf(noise, at);
    return unitVector(row.map((x, i) => x + 0.5 * other[i]!));
  });
}

export function entriesOf(matrix: Float32Array, rows = ROWS): VectorEntry[] {
  return Array.from({ length: rows }, (_, row) => ({
    node: createTextNode({
      id: `${row}`,
      text: `The text of node ${row}.`,
      metadata: { row, even: row % 2 === 0 },
    }),
    embedding: rowOf(matrix, row),
  }));
}
