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
