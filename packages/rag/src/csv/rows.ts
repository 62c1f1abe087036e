import type { TextPiece } from '../text-piece.ts';

/** A row as it stands in the text. */
export interface CsvRow {
  readonly fields: readonly string[];
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  /** Without the line end. */
  readonly source: string;
  /** The line it begins on, from 1. */
  readonly line: number;
  /** The line it ends on. */
  readonly lastLine: number;
  /** What is wrong with it. */
  readonly problem?: CsvProblem;
}

export type CsvProblem =
  | 'text after a quoted field'
  | 'a quoted field that is not closed'
  | 'too long'
  | 'not text';

/**
 * The rows of RFC 4180: fields between delimiters, quoted ones with line ends and doubled quotes in them. Lines end in
 * CRLF, LF or CR; empty ones are not rows. Each character is looked at once to find where a row ends, and once to read
 * it, and no more than a row and a piece is held.
 */
export class CsvScanner {
  readonly #delimiter: number;
  readonly #most: number;
  /** Within a quoted field; `closed`: after a quote in it, which is its end or the first of two. */
  #at: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #held: string[] = [];
  #length = 0;
  #isBroken = false;
  #start = 0;
  #line = 1;
  #lines = 1;
  /** A CR at the end of a piece, whose LF may follow. */
  #isAfterCr = false;

  constructor(delimiter: string, most: number) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#most = most;
  }

  *push({ text, isBroken }: TextPiece): Generator<CsvRow> {
    let from = 0;
    if (this.#isAfterCr && text.startsWith('\n')) {
      // The row is over, unless the line end is quoted.
      if (this.#length > 0) this.#take('\n');
      else this.#start += 1;
      from = 1;
    }
    if (text !== '') this.#isAfterCr = text.endsWith('\r');
    this.#isBroken ||= isBroken && from < text.length;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code !== LF && code !== CR) {
        this.#step(code);
        continue;
      }
      const width = code === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      this.#lines += 1;
      if (this.#at !== 'quoted') {
        this.#take(text.slice(from, at));
        const row = this.#close(this.#lines - 1);
        if (row !== undefined) yield row;
        this.#start += width;
        this.#line = this.#lines;
        from = at + width;
      }
      at += width - 1;
    }
    this.#take(text.slice(from));
  }

  *end(): Generator<CsvRow> {
    const isAfterEnd = /[\r\n]/.test(this.#held.at(-1)?.at(-1) ?? '');
    const row = this.#close(isAfterEnd ? this.#lines - 1 : this.#lines);
    if (row !== undefined) yield row;
  }

  #step(code: number): void {
    if (this.#at === 'quoted') {
      if (code === QUOTE) this.#at = 'closed';
    } else if (code === this.#delimiter) {
      this.#at = 'start';
    } else {
      this.#at = code === QUOTE && this.#at !== 'plain' ? 'quoted' : 'plain';
    }
  }

  #take(part: string): void {
    this.#length += part.length;
    // What is too long is counted, and not kept.
    if (this.#length > this.#most) this.#held = [];
    else if (part !== '') this.#held.push(part);
  }

  #close(lastLine: number): CsvRow | undefined {
    const length = this.#length;
    const place = { start: this.#start, line: this.#line, lastLine };
    const source = length > this.#most ? undefined : this.#held.join('');
    const isBroken = this.#isBroken;
    this.#start += length;
    [this.#held, this.#length, this.#isBroken, this.#at] = [[], 0, false, 'start'];
    if (length === 0) return undefined;
    if (source === undefined) return { ...place, fields: [], source: '', problem: 'too long' };
    const row = { ...place, source, ...toFields(source, String.fromCharCode(this.#delimiter)) };
    return isBroken ? { ...row, problem: 'not text' } : row;
  }
}

const LF = 10;
const CR = 13;
const QUOTE = 34;

function toFields(source: string, delimiter: string): Pick<CsvRow, 'fields' | 'problem'> {
  const fields: string[] = [];
  let problem: CsvProblem | undefined;
  for (let at = 0; at <= source.length;) {
    let field = '';
    const isQuoted = source[at] === '"';
    if (isQuoted) {
      const end = quoteEnd(source, at);
      if (end === undefined) return { fields, problem: 'a quoted field that is not closed' };
      field = source.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    }
    const next = source.indexOf(delimiter, at);
    const end = next === -1 ? source.length : next;
    if (isQuoted && end > at) problem = 'text after a quoted field';
    fields.push(field + source.slice(at, end));
    at = end + 1;
  }
  return { fields, ...(problem === undefined ? {} : { problem }) };
}

function quoteEnd(source: string, open: number): number | undefined {
  for (let at = source.indexOf('"', open + 1); at !== -1; at = source.indexOf('"', at + 1)) {
    if (source[at + 1] !== '"') return at;
    at += 1;
  }
  return undefined;
}
