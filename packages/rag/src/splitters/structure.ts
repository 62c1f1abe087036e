import type { Node } from '@mortise/core/retriever';
import { scanMarkdown } from '../markdown/scan.ts';
import { declaredDelimiter, detectDelimiter, SAMPLE_LENGTH } from '../csv/delimiter.ts';
import { CsvScanner } from '../csv/rows.ts';
import { SectionBuilder, type Section } from './sections.ts';

/** What a text is read as: `text` has no headings, `csv` is one table. */
export type TextFormat = 'markdown' | 'text' | 'csv' | 'csv-without-header';

/** What the media type of a node says; RFC 4180 has `text/csv; header=absent`. */
export function formatOf({ metadata }: Node): TextFormat {
  const { mediaType } = metadata;
  const type = typeof mediaType === 'string' ? mediaType.toLowerCase() : '';
  if (type.startsWith('text/markdown')) return 'markdown';
  if (!type.startsWith('text/csv')) return 'text';
  return type.includes('header=absent') ? 'csv-without-header' : 'csv';
}

/** A stretch of a text that is one block, in UTF-16 units, with whole lines. */
export interface Block {
  readonly start: number;
  /** Where the white space at its beginning ends. */
  readonly first: number;
  readonly end: number;
  /** Undefined: fenced code. */
  readonly table?: Table;
}

export interface Table {
  /** Its header as it stands, without what rules it off; empty where it has none. */
  readonly header: string;
  /** Where its rows begin, the first one's place included; undefined: at each line. */
  readonly rows?: readonly number[];
}

/** The blocks of a text that are not cut like prose, in order. */
export class TextStructure {
  readonly #blocks: readonly Block[];
  readonly #shift: number;

  constructor(blocks: readonly Block[], shift = 0) {
    this.#blocks = blocks;
    this.#shift = shift;
  }

  /** The same, seen from a part of the text that begins there. */
  from(start: number): TextStructure {
    return new TextStructure(this.#blocks, this.#shift + start);
  }

  /** The block that a place is in; it may begin before the text does. */
  blockAt(offset: number): Block | undefined {
    if (this.#blocks.length === 0) return undefined;
    const at = offset + this.#shift;
    const found =
      this.#blocks[lastAtMost(this.#blocks.length, (index) => (this.#blocks[index] as Block).start <= at)];
    if (found === undefined || at >= found.end) return undefined;
    const { start, first, end } = found;
    return { ...found, start: start - this.#shift, first: first - this.#shift, end: end - this.#shift };
  }

  /** The places in a block where one of its lines or rows begins, behind `start` and before `end`. */
  *lineStarts(text: string, { table }: Block, start: number, end: number): Generator<number> {
    const rows = table?.rows;
    if (rows === undefined) {
      for (let at = lineEnd(text, start, end); at < end; at = lineEnd(text, at, end)) yield at;
      return;
    }
    const first = lastAtMost(rows.length, (index) => (rows[index] as number) - this.#shift <= start) + 1;
    for (let index = first; index < rows.length; index++) {
      const at = (rows[index] as number) - this.#shift;
      if (at >= end) return;
      yield at;
    }
  }
}

/** Where the line ends that a place is in, behind its line end, or `end`: no further is looked. */
export function lineEnd(text: string, at: number, end: number): number {
  for (let from = at; from < end; from += LOOK) {
    const found = text.slice(from, Math.min(end, from + LOOK)).indexOf('\n');
    if (found !== -1) return from + found + 1;
  }
  return end;
}

/** Lines are short: looking for the end of one in all of a long text would look at all of it, again and again. */
const LOOK = 1_024;

/** The last index for which that holds, where it holds up to one and for none after; -1: for none. */
export function lastAtMost(length: number, holds: (index: number) => boolean): number {
  let [low, high] = [-1, length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

export interface ReadText {
  readonly sections: readonly Section[];
  readonly structure: TextStructure;
}

/** Reads the structure of a text in steps. `deepest`: headings that begin sections, 1 to 6. */
export function* readStructure(text: string, format: TextFormat, deepest = 6): Generator<void, ReadText> {
  if (format === 'csv' || format === 'csv-without-header') return yield* readTable(text, format === 'csv');
  // Headings do not count in plain text, and without these marks there is no fence and no table either.
  if (format === 'text' && !MARKS.some((mark) => text.includes(mark))) {
    const sections = text.trim() === '' ? [] : [{ start: 0, end: text.length, headings: [] }];
    return { sections, structure: new TextStructure([]) };
  }
  const builder = new SectionBuilder(format === 'markdown' ? deepest : 0);
  const blocks: { start: number; first: number; end: number; table?: Table }[] = [];
  const begin = (start: number, end: number, table?: Table): void => {
    const first = start + (/[ \t]*/y.exec(text.slice(start, end))?.[0].length ?? 0);
    blocks.push({ start, first, end, ...(table === undefined ? {} : { table }) });
  };
  let next = STEP;
  for (const line of scanMarkdown(text)) {
    builder.add(line);
    const open = blocks.at(-1);
    if (line.fence === 'open') begin(line.start, line.end);
    else if (line.header !== undefined) begin(line.header.start, line.end, { header: line.header.text });
    else if (open !== undefined && (line.fence !== undefined || line.table === 'row')) open.end = line.end;
    if (line.end < next) continue;
    next = line.end + STEP;
    yield;
  }
  return { sections: builder.end(text), structure: new TextStructure(blocks) };
}

/** Without one of them no line opens a fence, and none rules off the header of a table. */
const MARKS = ['```', '~~~', '|'];

/** Characters between two steps. */
const STEP = 65_536;

/** CSV as one section that is one table. */
function* readTable(text: string, hasHeader: boolean): Generator<void, ReadText> {
  const sample = text.slice(0, SAMPLE_LENGTH);
  const declared = declaredDelimiter(sample);
  const delimiter = declared ?? detectDelimiter(sample, sample.length === text.length, ',') ?? ',';
  const scanner = new CsvScanner(delimiter, Infinity);
  const rows: number[] = [];
  let header = '';
  const take = (row: { start: number; source: string }): void => {
    rows.push(row.start);
    if (rows.length === (declared === undefined ? 1 : 2) && hasHeader) header = row.source;
  };
  for (let at = 0; at < text.length; at += STEP) {
    for (const row of scanner.push({ text: text.slice(at, at + STEP), isBroken: false })) take(row);
    yield;
  }
  for (const row of scanner.end()) take(row);
  if (rows.length === 0) return { sections: [], structure: new TextStructure([]) };
  const block = { start: 0, first: rows[0] as number, end: text.length, table: { header, rows } };
  return {
    sections: [{ start: 0, end: text.length, headings: [] }],
    structure: new TextStructure([block]),
  };
}
