export interface ScoredRow {
  readonly row: number;
  readonly score: number;
}

/** The best `capacity` of many rows, in a heap with the worst on top. Of equal scores the lower row wins. */
export class TopRows {
  readonly #capacity: number;
  readonly #heap: ScoredRow[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get isFull(): boolean {
    return this.#heap.length >= this.#capacity;
  }

  /** Rows come in ascending order, so a row of an equal score is worse than what is there. */
  wouldTake(score: number): boolean {
    return !this.isFull || score > (this.#heap[0]?.score ?? Infinity);
  }

  add(row: number, score: number): void {
    if (!this.wouldTake(score)) return;
    const heap = this.#heap;
    if (heap.length < this.#capacity) {
      heap.push({ row, score });
      this.#up(heap.length - 1);
    } else {
      heap[0] = { row, score };
      this.#down(0);
    }
  }

  /** Best first. */
  sorted(): ScoredRow[] {
    return this.#heap.toSorted((x, y) => y.score - x.score || x.row - y.row);
  }

  #up(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(from: number): void {
    for (let at = from; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < this.#heap.length && this.#isWorse(child, worst)) worst = child;
      }
      if (worst === at) return;
      this.#swap(at, worst);
      at = worst;
    }
  }

  #isWorse(at: number, than: number): boolean {
    const [x, y] = [this.#heap[at] as ScoredRow, this.#heap[than] as ScoredRow];
    return x.score < y.score || (x.score === y.score && x.row > y.row);
  }

  #swap(at: number, other: number): void {
    const held = this.#heap[at] as ScoredRow;
    this.#heap[at] = this.#heap[other] as ScoredRow;
    this.#heap[other] = held;
  }
}
