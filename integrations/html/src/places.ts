/** A piece of the text that is made, and where it comes from; without places it was put in. */
export interface Piece {
  readonly text: string;
  /** In the source, in UTF-16 units. As long as the text: character by character. */
  readonly start?: number;
  readonly end?: number;
}

/** A stretch of a text, in UTF-16 units, the end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

interface Run extends Range {
  /** Where it stands in the text that was made. */
  readonly at: number;
  readonly length: number;
}

/** A text made of pieces, that knows where each of its characters comes from. */
export class PlacedText {
  #text = '';
  readonly #runs: Run[] = [];

  get text(): string {
    return this.#text;
  }

  add({ text, start, end }: Piece): void {
    if (start !== undefined && end !== undefined && text !== '')
      this.#runs.push({ at: this.#text.length, length: text.length, start, end });
    this.#text += text;
  }

  /** Where a stretch of the text comes from; what was put in at its ends counts with what follows and precedes it. */
  sourceRange({ start, end }: Range): Range | undefined {
    const first = this.#runs[this.#firstEndingAfter(start)];
    const last = this.#runs[this.#firstEndingAfter(end - 1)] ?? this.#runs.at(-1);
    if (first === undefined || last === undefined || end <= start) return undefined;
    const before = last.at >= end ? this.#runs[this.#firstEndingAfter(end - 1) - 1] : last;
    if (before === undefined || before.at + before.length <= start) return undefined;
    const [from, to] = [placeIn(first, start), placeIn(before, end - 1)];
    // A cell that spans several rows stands before all of them.
    return { start: Math.min(from.start, to.start), end: Math.max(from.end, to.end) };
  }

  #firstEndingAfter(offset: number): number {
    let [low, high] = [0, this.#runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const { at, length } = this.#runs[middle] as Run;
      if (at + length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** A reference such as `&amp;` is one place for all that it stands for. */
function placeIn({ at, length, start, end }: Run, offset: number): Range {
  if (end - start !== length) return { start, end };
  const within = Math.min(Math.max(offset - at, 0), length - 1);
  return { start: start + within, end: start + within + 1 };
}
