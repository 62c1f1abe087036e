/** A power of two, so that the place in a block is a matter of bits. */
const BITS = 10;
const BLOCK = 1_024;
const HIGH = 0xd800 >> 10;
const LOW = 0xdc00 >> 10;

/**
 * A text that comes in pieces and is read while it grows. A string that is added to is copied whole by the next look at one
 * of its characters; of this one, a block of 1,024 at most is. Places count UTF-16 code units
 * from 0; characters are code points.
 */
export class GrowingText {
  readonly #blocks: string[] = [];
  #length = 0;
  /** Characters in front of each block that were counted already. */
  readonly #characters: number[] = [0];
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

  /** UTF-16 units that so many characters from the beginning take; all of them where there are fewer. */
  unitsOf(characters: number): number {
    // Of all blocks but the last, which grows.
    for (let block = this.#characters.length; block < this.#blocks.length; block++)
      this.#characters.push((this.#characters[block - 1] as number) + this.#charactersIn(block - 1));
    let block = 0;
    for (let end = this.#characters.length; end - block > 1;) {
      const middle = (block + end) >> 1;
      if ((this.#characters[middle] as number) < characters) block = middle;
      else end = middle;
    }
    let place = block * BLOCK;
    let left = characters - (this.#characters[block] as number);
    // A character that begins in this block may end in the next one.
    while (place < this.#length && (left > 0 || this.#isWithin(place)))
      if (!this.#isWithin(place++)) left -= 1;
    return place;
  }

  #charactersIn(block: number): number {
    let count = 0;
    const end = Math.min(this.#length, (block + 1) * BLOCK);
    for (let place = block * BLOCK; place < end; place++) if (!this.#isWithin(place)) count += 1;
    return count;
  }

  /** Whether the unit there is the second one of its character. */
  #isWithin(place: number): boolean {
    return this.#surrogateAt(place) === LOW && this.#surrogateAt(place - 1) === HIGH;
  }

  /** What sort of surrogate the unit is: these 6 bits say so. */
  #surrogateAt(place: number): number {
    return (this.#blocks[place >> BITS]?.charCodeAt(place & (BLOCK - 1)) ?? 0) >> 10;
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
