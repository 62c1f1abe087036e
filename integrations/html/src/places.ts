/** A piece of the text that is made, and where it comes from; without places it was put in. */
export interface Piece {
  readonly text: string;
  /** In the source, in UTF-16 units. As long as the text: character by character. */
  readonly start?: number;
  readonly end?: number;
  /** As it stands in the source, where white space in it was collapsed. */
  readonly raw?: string;
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
  readonly raw: string | undefined;
}

/** White space, as HTML and its writers have it. */
export const WHITE = /[ \t\r\n\f\u00a0]/;
export const WHITES = /[ \t\r\n\f\u00a0]+/g;

/** So many pieces are joined at once. */
const JOINED = 4096;
/** Numbers of a run: where it stands, its length, its start and its end. */
const FIELDS = 4;

/** A text made of pieces, that knows where each of its characters comes from. */
export class PlacedText {
  readonly #parts: string[] = [];
  #pieces: string[] = [];
  #length = 0;
  #text: string | undefined;
  /** Numbers and no objects: there are as many runs as there are tags. */
  readonly #runs: number[] = [];
  readonly #raws = new Map<number, string>();

  get text(): string {
    return (this.#text ??= this.#parts.join('') + this.#pieces.join(''));
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add({ text, start, end, raw }: Piece): void {
    if (start !== undefined && end !== undefined && text !== '') {
      if (raw !== undefined) this.#raws.set(this.#runs.length / FIELDS, raw);
      this.#runs.push(this.#length, text.length, start, end);
    }
    this.#length += text.length;
    this.#text = undefined;
    // A text of a million pieces that is put together at its end would stop everything for long.
    if (this.#pieces.push(text) < JOINED) return;
    this.#parts.push(this.#pieces.join(''));
    this.#pieces = [];
  }

  /** Where a stretch of the text comes from; what was put in at its ends counts with what follows and precedes it. */
  sourceRange({ start, end }: Range): Range | undefined {
    const last = this.#runs.length / FIELDS - 1;
    const at = this.#firstEndingAfter(start);
    if (at > last || end <= start) return undefined;
    const atEnd = Math.min(this.#firstEndingAfter(end - 1), last);
    const first = this.#run(at);
    const beyond = this.#run(atEnd);
    const final = beyond !== undefined && beyond.at >= end ? this.#run(atEnd - 1) : beyond;
    if (first === undefined || final === undefined || final.at + final.length <= start) return undefined;
    const [from, to] = [placeIn(first, start), placeIn(final, end - 1)];
    // A cell that spans several rows stands before all of them.
    return { start: Math.min(from.start, to.start), end: Math.max(from.end, to.end) };
  }

  #run(index: number): Run | undefined {
    const [at, length, start, end] = this.#runs.slice(index * FIELDS, (index + 1) * FIELDS);
    if (at === undefined || length === undefined || start === undefined || end === undefined)
      return undefined;
    return { at, length, start, end, raw: this.#raws.get(index) };
  }

  #firstEndingAfter(offset: number): number {
    let [low, high] = [0, this.#runs.length / FIELDS];
    while (low < high) {
      const middle = (low + high) >> 1;
      const [at = 0, length = 0] = this.#runs.slice(middle * FIELDS, middle * FIELDS + 2);
      if (at + length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

/** A reference such as `&amp;` is one place for all that it stands for, white space for its space. */
function placeIn({ at, length, start, end, raw }: Run, offset: number): Range {
  const within = Math.min(Math.max(offset - at, 0), length - 1);
  if (raw !== undefined) return placeInRaw(raw, start, within);
  return end - start === length ? { start: start + within, end: start + within + 1 } : { start, end };
}

function placeInRaw(raw: string, start: number, within: number): Range {
  let longer = 0;
  for (const { 0: white, index } of raw.matchAll(WHITES)) {
    const place = index - longer;
    if (place > within) break;
    if (place === within) return { start: start + index, end: start + index + white.length };
    longer += white.length - 1;
  }
  return { start: start + within + longer, end: start + within + longer + 1 };
}
