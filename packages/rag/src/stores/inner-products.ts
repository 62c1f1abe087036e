/** Rows that are compared at once: each number of the query is read once for all four. */
export const BLOCK_ROWS = 4;

/**
 * The inner products of a query and of up to four rows, the first of which begins at `offset`, into `scores`. A row's
 * product does not depend on where in a block it is: the order of its sums is always that of `innerProduct`.
 */
export function innerProducts(
  query: Float64Array,
  vectors: Float32Array,
  offset: number,
  rows: number,
  scores: Float64Array,
): void {
  const { length } = query;
  if (rows < BLOCK_ROWS) {
    for (let row = 0; row < rows; row++) scores[row] = innerProduct(query, vectors, offset + row * length);
    return;
  }
  const second = offset + length;
  const third = second + length;
  const fourth = third + length;
  // Sums that do not wait for each other, in variables of their own: an array of them takes twice the time.
  let [a, b, c, d] = [0, 0, 0, 0];
  let [e, f, g, h] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 1 < length; i += 2) {
    const even = query[i]!;
    const odd = query[i + 1]!;
    a += even * vectors[offset + i]!;
    e += odd * vectors[offset + i + 1]!;
    b += even * vectors[second + i]!;
    f += odd * vectors[second + i + 1]!;
    c += even * vectors[third + i]!;
    g += odd * vectors[third + i + 1]!;
    d += even * vectors[fourth + i]!;
    h += odd * vectors[fourth + i + 1]!;
  }
  if (i < length) {
    const last = query[i]!;
    a += last * vectors[offset + i]!;
    b += last * vectors[second + i]!;
    c += last * vectors[third + i]!;
    d += last * vectors[fourth + i]!;
  }
  scores[0] = a + e;
  scores[1] = b + f;
  scores[2] = c + g;
  scores[3] = d + h;
}

/** The inner product of a query and the row that begins at `offset`. */
export function innerProduct(query: Float64Array, vectors: Float32Array, offset: number): number {
  const { length } = query;
  let evens = 0;
  let odds = 0;
  let i = 0;
  for (; i + 1 < length; i += 2) {
    evens += query[i]! * vectors[offset + i]!;
    odds += query[i + 1]! * vectors[offset + i + 1]!;
  }
  if (i < length) evens += query[i]! * vectors[offset + i]!;
  return evens + odds;
}
