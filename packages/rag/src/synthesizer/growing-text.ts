/** A power of two, so that the place in a block is a matter of bits. */
const BITS = 10;
const BLOCK = 1 << BITS;

/**
 * A text that comes in pieces and is read while it grows. A string that is added to is copied whole by the next look at one
 * of its characters; of this one, a block of 1,024 at most is. Places count UTF-16 code units from 0.
 */
export class GrowingText {
  readonly #blocks: string[] = [];
  #length = 0;
  /** Nothing here looks at its characters. */
  #whole = '';

  get length(): number {
    return this.#length;
  }

  push(piece: string): void {
    this.#whole += piece;
    this.#length += piece.length;
    const last = this.#blocks.at(-1);
    let at = 0;
    if (last !== undefined && last.length < BLOCK) {
      at = BLOCK - last.length;
      this.#blocks[this.#blocks.length - 1] = last + piece.slice(0, at);
    }
    for (; at < piece.length; at += BLOCK) this.#blocks.push(piece.slice(at, at + BLOCK));
  }

  /** Undefined before the text and behind it. */
  at(place: number): string | undefined {
    return this.#blocks[place >> BITS]?.[place & (BLOCK - 1)];
  }

  /** From a place of 0 or more to before another. */
  slice(start: number, end: number): string {
    const first = start >> BITS;
    const blocks = this.#blocks.slice(first, (end >> BITS) + 1).join('');
    return blocks.slice(start - first * BLOCK, Math.max(end - first * BLOCK, 0));
  }

  toString(): string {
    return this.#whole;
  }
}
