import { unitVector } from '@mortise/core/embedding';
import { BLOCK_ROWS } from './inner-products.ts';
import { SIMD_ROWS, SimdMemory } from './simd-memory.ts';

/** Numbers of a chunk: 4 MiB, which are made or copied in a millisecond or two. */
const CHUNK_NUMBERS = 1_048_576;

const NONE = /* @__PURE__ */ new Float32Array(0);

interface Chunk {
  /** Of length 0 when the memory has grown. */
  numbers: Float32Array;
  readonly place: SimdPlace | undefined;
}

/** Where a chunk begins in a memory, in bytes. */
interface SimdPlace {
  readonly memory: SimdMemory;
  readonly offset: number;
}

/**
 * A matrix that grows by rows, in chunks, so that no growth copies more than one of them. When the first is whole, it goes
 * with all that follow to where WebAssembly compares them, if the runtime has it.
 */
export class VectorRows {
  readonly dimensions: number;
  /** Of each chunk: a multiple of `BLOCK_ROWS`. */
  readonly chunkRows: number;
  readonly #chunks: Chunk[] = [];
  #memory: SimdMemory | undefined;
  #isWithoutMemory = false;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    const blocks = Math.floor(CHUNK_NUMBERS / Math.max(1, dimensions) / BLOCK_ROWS);
    this.chunkRows = Math.max(1, blocks) * BLOCK_ROWS;
  }

  /** The chunk that holds a row, until the next write; it begins at `row - (row % chunkRows)`. */
  chunkOf(row: number): Float32Array {
    const chunk = this.#chunks[Math.floor(row / this.chunkRows)] as Chunk;
    const { place } = chunk;
    if (place !== undefined && chunk.numbers.length === 0)
      chunk.numbers = place.memory.view(place.offset, this.chunkRows * this.dimensions);
    return chunk.numbers;
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

  /**
   * The products of a query and of rows of one chunk from one on, within `slackOf`, until the next call: of no more rows
   * than are left, and of none where nothing compares them but a loop.
   */
  roughProducts(query: Float32Array, row: number, left: number): Float32Array {
    const place = this.#chunks[Math.floor(row / this.chunkRows)]?.place;
    const quarter = Math.floor(Math.min(left, SIMD_ROWS) / 4);
    if (place === undefined || quarter === 0) return NONE;
    return place.memory.products(query, place.offset + this.offsetOf(row) * 4, quarter);
  }

  /** Writes rows one after the other from `row` on; they must not cross a chunk. */
  set(row: number, vectors: Float32Array): void {
    const end = (row % this.chunkRows) * this.dimensions + vectors.length;
    this.#chunkFor(row, end).set(vectors, this.offsetOf(row));
  }

  /** Copies a row to where another is, or to the next one. */
  copy(from: number, to: number): void {
    if (from !== to) this.set(to, this.view(from));
  }

  /** Writes a vector with length 1; a vector of zeros stays one. */
  setUnit(row: number, vector: Float32Array): void {
    const start = this.offsetOf(row);
    const chunk = this.#chunkFor(row, start + this.dimensions);
    unitVector(vector, chunk, start);
  }

  /** A chunk of its size; the first one grows with what it holds. */
  #chunkFor(row: number, numbers: number): Float32Array {
    const at = Math.floor(row / this.chunkRows);
    const whole = this.chunkRows * this.dimensions;
    if (at < this.#chunks.length) {
      const chunk = this.chunkOf(row);
      if (chunk.length >= numbers) return chunk;
      const larger = new Float32Array(Math.min(whole, Math.max(numbers, chunk.length * 2)));
      larger.set(chunk);
      this.#chunks[at] = { numbers: larger, place: undefined };
      return larger;
    }
    if (at === 0) this.#chunks.push({ numbers: new Float32Array(numbers), place: undefined });
    else this.#addWhole(at, whole);
    return this.chunkOf(row);
  }

  #addWhole(at: number, numbers: number): void {
    if (at === 1) {
      const { numbers: first } = this.#chunks[0] as Chunk;
      const moved = this.#allotted(numbers);
      moved.numbers.set(first);
      this.#chunks[0] = moved;
    }
    this.#chunks.push(this.#allotted(numbers));
  }

  #allotted(numbers: number): Chunk {
    const place = this.#placeFor(numbers);
    return { numbers: place?.memory.view(place.offset, numbers) ?? new Float32Array(numbers), place };
  }

  #placeFor(numbers: number): SimdPlace | undefined {
    const place = placeIn(this.#memory, numbers);
    if (place !== undefined || this.#isWithoutMemory) return place;
    // Where one memory has no more room there may be another.
    this.#memory = SimdMemory.create(this.dimensions);
    this.#isWithoutMemory = this.#memory === undefined;
    return placeIn(this.#memory, numbers);
  }
}

function placeIn(memory: SimdMemory | undefined, numbers: number): SimdPlace | undefined {
  const offset = memory?.allot(numbers);
  return memory === undefined || offset === undefined ? undefined : { memory, offset };
}
