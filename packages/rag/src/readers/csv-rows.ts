/** A row as it stands in the text. */
export interface CsvRow {
  readonly fields: readonly string[];
  /** Where it begins in the text, in UTF-16 units. */
  readonly start: number;
  /** Without the line end. */
  readonly source: string;
  /** The line it begins on, from 1. */
  readonly line: number;
  /** What is wrong with it. */
  readonly problem?: 'text after a quoted field' | 'a quoted field that is not closed' | 'too long';
}

/**
 * The rows of RFC 4180: fields between delimiters, quoted ones with line ends and doubled quotes in them. Lines end in
 * CRLF, LF or CR; empty ones are no rows. Each character is looked at once to find where a row ends, and once to read
 * it, and no more than a row and a piece is held.
 */
export async function* csvRows(
  pieces: AsyncIterable<string>,
  delimiter: string,
  most: number,
): AsyncGenerator<CsvRow> {
  const state: State = { at: 'start' };
  let held: string[] = [];
  let length = 0;
  let start = 0;
  let line = 1;
  let lines = 1;

  const take = (part: string): void => {
    length += part.length;
    // What is too long is counted, and not kept.
    if (length <= most) held.push(part);
    else held = [];
  };
  const close = (): CsvRow | undefined => {
    const row =
      length === 0 ? undefined : toRow(length > most ? undefined : held.join(''), delimiter, start, line);
    start += length;
    [held, length] = [[], 0];
    state.at = 'start';
    return row;
  };

  for await (const piece of withWholeLineEnds(pieces)) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code !== LF && code !== CR) {
        step(state, piece[at] as string, delimiter);
        continue;
      }
      const width = code === CR && piece.charCodeAt(at + 1) === LF ? 2 : 1;
      lines += 1;
      if (state.at !== 'quoted') {
        take(piece.slice(from, at));
        const row = close();
        if (row !== undefined) yield row;
        start += width;
        line = lines;
        from = at + width;
      }
      at += width - 1;
    }
    take(piece.slice(from));
  }
  const row = close();
  if (row !== undefined) yield row;
}

/** A piece does not end between CR and LF. */
async function* withWholeLineEnds(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let kept = '';
  for await (const piece of pieces) {
    const text = kept + piece;
    kept = text.endsWith('\r') ? '\r' : '';
    yield kept === '' ? text : text.slice(0, -1);
  }
  if (kept !== '') yield kept;
}

const LF = 10;
const CR = 13;

interface State {
  /** `closed`: after a quote within a quoted field, which is its end or the first of two. */
  at: 'start' | 'plain' | 'quoted' | 'closed';
}

function step(state: State, character: string, delimiter: string): void {
  if (state.at === 'quoted') {
    if (character === '"') state.at = 'closed';
  } else if (character === delimiter) {
    state.at = 'start';
  } else if (character === '"' && state.at !== 'plain') {
    state.at = 'quoted';
  } else {
    state.at = 'plain';
  }
}

/** Undefined: it was too long to be kept. */
function toRow(source: string | undefined, delimiter: string, start: number, line: number): CsvRow {
  if (source === undefined) return { fields: [], start, source: '', line, problem: 'too long' };
  const fields: string[] = [];
  let problem: CsvRow['problem'];
  for (let at = 0; at <= source.length;) {
    let field = '';
    const isQuoted = source[at] === '"';
    if (isQuoted) {
      const end = quoteEnd(source, at);
      if (end === undefined)
        return { fields, start, source, line, problem: 'a quoted field that is not closed' };
      field = source.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
    }
    const next = source.indexOf(delimiter, at);
    const end = next === -1 ? source.length : next;
    if (isQuoted && end > at) problem = 'text after a quoted field';
    fields.push(field + source.slice(at, end));
    at = end + 1;
  }
  return { fields, start, source, line, ...(problem === undefined ? {} : { problem }) };
}

function quoteEnd(source: string, open: number): number | undefined {
  for (let at = open + 1; at < source.length; at++) {
    if (source[at] !== '"') continue;
    if (source[at + 1] !== '"') return at;
    at += 1;
  }
  return undefined;
}
