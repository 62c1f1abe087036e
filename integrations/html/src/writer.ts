import type { Block } from './blocks.ts';
import { Toll } from './toll.ts';
import { WHITE, WHITES, type Piece, type Range } from './places.ts';

/** What of an element's surroundings decides how its text is written. */
export interface Setting {
  readonly isContent: boolean;
  readonly isHeader: boolean;
  readonly quotes: number;
  readonly group: number | undefined;
  readonly heading: number | undefined;
  readonly item: Item | undefined;
}

/** What stands before its first line, and before the others. */
export interface Item {
  bullet: string | undefined;
  readonly indent: string;
}

const NOT_WHITE = /[^ \t\r\n\f\u00a0]/;

/** Makes blocks of text, with white space as a browser shows it. */
export class BlockWriter {
  readonly blocks: Block[] = [];
  #block: Block | undefined;
  /** The cell that is open; within it nothing begins a block. */
  #cell: Piece[] | undefined;
  /** White space that is shown if text follows. */
  #space: Piece | undefined;
  /** The next text does not belong to the word before it. */
  #isApart = false;

  get isInCell(): boolean {
    return this.#cell !== undefined;
  }

  /** Text without places stands in an attribute. */
  text(text: string, place: Range | undefined, at: Setting): void {
    const { start = 0, end = 0 } = place ?? {};
    if (place === undefined || end - start !== text.length) this.#words(text, place, false, at);
    else if (this.#cell === undefined || !text.includes('|')) this.#words(text, place, true, at);
    else
      for (const { 0: part, index } of text.matchAll(/\||[^|]+/g)) {
        const partPlace = { start: start + index, end: start + index + part.length };
        // A bar would be the end of the cell.
        if (part === '|') this.put({ text: '\\|', ...partPlace }, at);
        else this.#words(part, partPlace, true, at);
      }
  }

  #words(text: string, place: Range | undefined, isVerbatim: boolean, at: Setting): void {
    const lead = text.search(NOT_WHITE);
    if (lead === -1) return text === '' ? undefined : this.#owe(place);
    let last = text.length;
    while (WHITE.test(text.charAt(last - 1))) last -= 1;
    const raw = text.slice(lead, last);
    const words = raw.replace(WHITES, ' ');
    if (place === undefined || !isVerbatim) {
      if (lead > 0) this.#owe(place);
      this.put(
        {
          ...(place && { start: place.start, end: place.end }),
          text: this.#cell === undefined ? words : words.replaceAll('|', '\\|'),
        },
        at,
      );
      if (last < text.length) this.#owe(place);
      return;
    }
    const [start, end] = [place.start + lead, place.start + last];
    if (lead > 0) this.#owe({ start: place.start, end: start });
    this.put({ text: words, start, end, ...(words === raw ? {} : { raw }) }, at);
    if (last < text.length) this.#owe({ start: end, end: place.end });
  }

  #owe(place: Range | undefined): void {
    this.#space ??= place === undefined ? { text: ' ' } : { text: ' ', start: place.start, end: place.end };
  }

  /** A piece, with the space before it that is owed. */
  put(piece: Piece, at: Setting): void {
    const pieces = this.#cell ?? (this.#block ??= begin(at)).pieces;
    const last = pieces.at(-1)?.text ?? '\n';
    if (this.#isApart && WORD_END.test(last.slice(-2)) && WORD_START.test(piece.text))
      this.#space ??= { text: ' ' };
    this.#isApart = false;
    if (this.#space !== undefined && last !== '\n' && !last.endsWith(' ')) pieces.push(this.#space);
    this.#space = undefined;
    pieces.push(piece);
  }

  /** A formula: LaTeX as it stands, other signs with names and numbers apart. */
  *formula(pieces: readonly Piece[], isLatex: boolean, at: Setting): Generator<void, undefined> {
    const toll = new Toll();
    for (const { text, start, end } of pieces) {
      if (toll.isDue(text.length)) yield;
      this.text(text, start === undefined || end === undefined ? undefined : { start, end }, at);
      if (!isLatex) this.apart();
    }
    this.#space = undefined;
  }

  /** What stood before and what follows are not one word, though nothing stands between them. */
  apart(): void {
    this.#isApart = true;
  }

  /** A mark behind what was written, where there is something. */
  mark(text: string): void {
    (this.#cell ?? this.#block?.pieces)?.push({ text });
  }

  /** The character that the next one stands behind: a space where one is owed, nothing at the beginning of a block. */
  before(): string {
    if (this.#space !== undefined) return ' ';
    return (this.#cell ?? this.#block?.pieces)?.at(-1)?.text.slice(-1) ?? '';
  }

  /** The block that is open ends here. In a cell it is only a space. */
  boundary(): void {
    if (this.#cell !== undefined) {
      this.#space ??= { text: ' ' };
      return;
    }
    const block = this.#block;
    this.#block = undefined;
    this.#space = undefined;
    if (block?.pieces.some(({ text }) => text.trim() !== '' && text !== '`') === true)
      this.blocks.push(block);
  }

  lineBreak(): void {
    if (this.#cell !== undefined || this.#block?.kind === 'heading') this.#space ??= { text: ' ' };
    else if (this.#block !== undefined) {
      this.#space = undefined;
      this.#block.pieces.push({ text: '\n' });
    }
  }

  openCell(): void {
    this.boundary();
    this.#cell = [];
  }

  closeCell(): Piece[] {
    const pieces = this.#cell ?? [];
    this.#cell = undefined;
    this.#space = undefined;
    return pieces;
  }

  /** A block that is whole. */
  add(block: Block): void {
    this.boundary();
    this.blocks.push(block);
  }
}

const WORD_START = /^[\p{L}\p{N}]/u;
const WORD_END = /[\p{L}\p{N}]$/u;

function begin({ isContent, isHeader, quotes, group, heading, item }: Setting): Block {
  const quote = '> '.repeat(quotes);
  const shared = { pieces: [], isContent, isHeader };
  if (heading !== undefined)
    return { ...shared, kind: 'heading', prefix: `${'#'.repeat(heading)} `, indent: '' };
  if (item === undefined) return { ...shared, kind: 'text', prefix: quote, indent: quote };
  const { bullet, indent } = item;
  item.bullet = undefined;
  return {
    ...shared,
    kind: bullet === undefined ? 'text' : 'item',
    prefix: quote + (bullet ?? indent),
    indent: quote + indent,
    ...(group === undefined ? {} : { group }),
  };
}
