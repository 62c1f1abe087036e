/** How long work goes on before others have their turn, in milliseconds. */
const SLICE = 12;

/** Long work in slices: between two of them the event loop runs, and the signal is looked at. */
export class Pace {
  readonly #signal: AbortSignal | undefined;
  #since = performance.now();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.throwIfAborted();
  }

  /** Waits for a turn of the event loop where the slice is over. Rejects with the reason of an aborted signal. */
  async rest(): Promise<void> {
    if (performance.now() - this.#since < SLICE) return;
    await new Promise((done) => setTimeout(done));
    this.#signal?.throwIfAborted();
    this.#since = performance.now();
  }

  /** Runs to the end of what yields in between. */
  async run<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const { done, value } = work.next();
      if (done === true) return value;
      await this.rest();
    }
  }
}

/** Counts work, and says when it is enough for now. */
export class Toll {
  #left: number;
  readonly #most: number;

  /** `most`: how much is done between two places where others can have their turn: nodes, and characters by the hundred. */
  constructor(most = 512) {
    this.#most = most;
    this.#left = most;
  }

  /** Whether to yield now. A node costs 1, a hundred characters as much. */
  isDue(characters = 0): boolean {
    this.#left -= 1 + characters / 100;
    if (this.#left > 0) return false;
    this.#left = this.#most;
    return true;
  }
}
