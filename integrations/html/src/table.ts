import type { Block } from './blocks.ts';
import type { TableFacts } from './builder.ts';
import { Toll } from './toll.ts';
import type { Piece } from './places.ts';
import { isElement, type ElementNode } from './tree.ts';

/** A cell, with what it says. */
export interface Cell {
  readonly pieces: readonly Piece[];
  readonly columns: number;
  /** 0: to the last row of the table. */
  readonly rows: number;
}

/** A listing with the numbers of its lines in cells of their own. */
export function isListing(facts: TableFacts, table: ElementNode): boolean {
  const { hasCode, hasCodeCells, hasLineNumbers } = facts;
  return (hasLineNumbers && (hasCode || hasCodeCells)) || (hasCode && isNumbersBesideCode(table));
}

/** Lays out a page, and is not a data table. */
export function isLayout(facts: TableFacts, { attributes }: ElementNode): boolean {
  if (attributes['role'] === 'presentation' || attributes['role'] === 'none') return true;
  return facts.hasCode || facts.isNested || (facts.hasBlocks && !facts.hasHeaders);
}

/** One row of two listings, the first of them numbers. */
function isNumbersBesideCode(table: ElementNode): boolean {
  const [row, second] = rowsOf(table);
  const [numbers, code, third] = row === undefined ? [] : cellsOf(row);
  if (second !== undefined || third !== undefined || numbers === undefined || code === undefined)
    return false;
  return numbers.isNumbers && numbers.letters > 0 && code.letters > 0;
}

const GROUPS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot']);

/** The rows of a table, those of tables in it aside. */
export function rowsOf(table: ElementNode): ElementNode[] {
  const parts = table.children.filter((child) => isElement(child));
  return parts
    .flatMap((part) => (GROUPS.has(part.name) ? part.children.filter((child) => isElement(child)) : [part]))
    .filter(({ name }) => name === 'tr');
}

export function cellsOf(row: ElementNode): ElementNode[] {
  return row.children
    .filter((child) => isElement(child))
    .filter(({ name }) => name === 'td' || name === 'th');
}

/** As HTML bounds them. */
const MAX_COLUMNS = 1000;
/** What is longer stands in the first of the places that its cell spans. */
const MAX_REPEATED = 200;

export function spanOf({ attributes }: ElementNode): { readonly columns: number; readonly rows: number } {
  const number = (value: string | undefined) => {
    const found = /^\s{0,9}(\d{1,6})/.exec(value ?? '')?.[1];
    return found === undefined ? 1 : Number(found);
  };
  return {
    columns: Math.min(number(attributes['colspan']) || 1, MAX_COLUMNS),
    rows: number(attributes['rowspan']),
  };
}

/**
 * The rows as lines of Markdown, with as many columns each, and the rule below the first, which is taken for the header. A
 * cell that spans several places says the same in all of them, if it is short. A table that would have more than ten
 * places for each of its cells is written without spans.
 */
export function* tableBlocks(
  rows: readonly (readonly Cell[])[],
  shared: Omit<Block, 'pieces'>,
): Generator<void, Block[]> {
  const grid = (yield* gridOf(rows)) ?? rows.map((row) => row.map(({ pieces }) => pieces));
  const width = grid.reduce((most, line) => Math.max(most, line.length), 0);
  const rule = { ...shared, pieces: [{ text: `|${' --- |'.repeat(width)}` }] };
  // One long row among many short ones would make all of them long.
  const isEven = grid.length * width <= placesFor(rows);
  const blocks: Block[] = [];
  const toll = new Toll();
  for (const [at, line] of grid.entries()) {
    blocks.push({ ...shared, pieces: yield* lineOf(line, isEven ? width : line.length, toll) });
    if (at === 0) blocks.push(rule);
  }
  return blocks;
}

function* lineOf(line: Places, width: number, toll: Toll): Generator<void, Piece[]> {
  const pieces: Piece[] = [{ text: '| ' }];
  for (let column = 0; column < width; column += 1) {
    if (toll.isDue()) yield;
    if (column > 0) pieces.push({ text: ' | ' });
    for (const piece of line[column] ?? []) pieces.push(piece);
  }
  pieces.push({ text: ' |' });
  return pieces;
}

type Places = (readonly Piece[] | undefined)[];

function* gridOf(rows: readonly (readonly Cell[])[]): Generator<void, Places[] | undefined> {
  let places = 0;
  const toll = new Toll();
  const most = placesFor(rows);
  const grid: Places[] = rows.map(() => []);
  /** Columns in which a cell begins; those behind are only the end of spans. */
  let width = 0;
  for (const [at, row] of rows.entries()) {
    const line = grid[at] as Places;
    let column = 0;
    for (const cell of row) {
      if (toll.isDue()) yield;
      while (column in line) column += 1;
      width = Math.max(width, column + 1);
      const last = cell.rows === 0 ? rows.length : Math.min(at + cell.rows, rows.length);
      places += (last - at) * cell.columns;
      if (places > most) return undefined;
      const repeated = isShort(cell) ? cell.pieces : undefined;
      for (let below = at; below < last; below += 1)
        for (let beside = column; beside < column + cell.columns; beside += 1)
          (grid[below] as Places)[beside] ??= below === at && beside === column ? cell.pieces : repeated;
      column += cell.columns;
    }
  }
  for (const line of grid) line.length = Math.min(line.length, width);
  return grid;
}

const placesFor = (rows: readonly (readonly Cell[])[]): number =>
  10_000 + 10 * rows.reduce((sum, row) => sum + row.length, 0);

function isShort({ pieces }: Cell): boolean {
  let length = 0;
  for (const { text } of pieces) if ((length += text.length) > MAX_REPEATED) return false;
  return true;
}
