/** Counts work, and says when it is enough for now. */
export class Toll {
  #remaining: number;
  readonly #most: number;

  /** `most`: how much is done between two places where others can have their turn: nodes, and characters by the hundred. */
  constructor(most = 512) {
    this.#most = most;
    this.#remaining = most;
  }

  /** Whether to yield now. A node costs 1, a hundred characters as much. */
  isDue(characters = 0): boolean {
    this.#remaining -= 1 + characters / 100;
    if (this.#remaining > 0) return false;
    this.#remaining = this.#most;
    return true;
  }
}
