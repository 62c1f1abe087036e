import { LONGEST_TAG } from './starts.ts';

/** GFM: whether a line stands under a header of as many cells, and makes a table of it. */
export function isDelimiterRow(line: string, header: string): boolean {
  if (line.length > LONGEST_TAG || !/^[|:-]/.test(line) || !line.includes('|')) return false;
  const cells = cellsOf(line);
  return cells.every((cell) => /^:?-+:?$/.test(cell.trim())) && cells.length === cellsOf(header).length;
}

function cellsOf(row: string): string[] {
  const text = row.trim();
  const cells: string[] = [];
  let start = text.startsWith('|') ? 1 : 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '|') {
      cells.push(text.slice(start, at));
      start = at + 1;
    }
  }
  if (start < text.length) cells.push(text.slice(start));
  return cells;
}
