/** The places of the scores above 0, best first, one after the other: a heap, since few are asked for. */
export class BestFirst {
  readonly #scores: Float64Array;
  /** Children of `at` stand at `2 * at + 1` and the next place. */
  readonly #heap: number[] = [];

  constructor(scores: Float64Array) {
    this.#scores = scores;
    for (let place = 0; place < scores.length; place++) if (scores[place]! > 0) this.#heap.push(place);
    for (let at = (this.#heap.length >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  next(): number | undefined {
    const [best] = this.#heap;
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return best;
    this.#heap[0] = last;
    this.#sink(0);
    return best;
  }

  #sink(from: number): void {
    const [heap, scores] = [this.#heap, this.#scores];
    const place = heap[from]!;
    let at = from;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && scores[heap[child + 1]!]! > scores[heap[child]!]!) child += 1;
      if (scores[heap[child]!]! <= scores[place]!) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = place;
  }
}
