import { BLOCK_ROWS } from './inner-products.ts';

/** Numbers of a chunk: 4 MiB, which are made or copied in a millisecond or two. */
const CHUNK_NUMBERS = 1_048_576;

/** A matrix that grows by rows, in chunks, so that no growth copies more than one of them. */
export class VectorRows {
  readonly dimensions: number;
  /** Of each chunk: a multiple of `BLOCK_ROWS`. */
  readonly chunkRows: number;
  readonly #chunks: Float32Array[] = [];

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    const blocks = Math.floor(CHUNK_NUMBERS / Math.max(1, dimensions) / BLOCK_ROWS);
    this.chunkRows = Math.max(1, blocks) * BLOCK_ROWS;
  }

  /** The chunk that holds a row; it begins at `row - (row % chunkRows)`. */
  chunkOf(row: number): Float32Array {
    return this.#chunks[Math.floor(row / this.chunkRows)] as Float32Array;
  }

  /** Where a row begins in its chunk. */
  offsetOf(row: number): number {
    return (row % this.chunkRows) * this.dimensions;
  }

  /** A view, until the next write. */
  view(row: number): Float32Array {
    const start = this.offsetOf(row);
    return this.chunkOf(row).subarray(start, start + this.dimensions);
  }

  /** Writes rows one after the other from `row` on; they must not cross a chunk. */
  set(row: number, vectors: Float32Array): void {
    const end = (row % this.chunkRows) * this.dimensions + vectors.length;
    this.#chunkFor(row, end).set(vectors, this.offsetOf(row));
  }

  /** Writes a vector with length 1; a vector of zeros stays one. */
  setUnit(row: number, vector: Float32Array): void {
    const start = this.offsetOf(row);
    const chunk = this.#chunkFor(row, start + this.dimensions);
    const length = lengthOf(vector);
    if (length === 0) chunk.fill(0, start, start + vector.length);
    else for (let at = 0; at < vector.length; at++) chunk[start + at] = (vector[at] as number) / length;
  }

  /** A chunk of its size; the first one grows with what it holds. */
  #chunkFor(row: number, numbers: number): Float32Array {
    const at = Math.floor(row / this.chunkRows);
    const chunk = this.#chunks[at];
    if (chunk !== undefined && chunk.length >= numbers) return chunk;
    const whole = this.chunkRows * this.dimensions;
    const larger = new Float32Array(
      at > 0 ? whole : Math.min(whole, Math.max(numbers, (chunk?.length ?? 0) * 2)),
    );
    if (chunk !== undefined) larger.set(chunk);
    this.#chunks[at] = larger;
    return larger;
  }
}

export function unit(vector: Float32Array): Float32Array {
  const length = lengthOf(vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}

function lengthOf(vector: Float32Array): number {
  let squares = 0;
  for (const x of vector) squares += x * x;
  return Math.sqrt(squares);
}
