import { composed } from './accents.ts';
import type { Piece } from './pieces.ts';

/** The text of what stands on one line. */
export function joined(line: readonly Piece[]): string {
  const parts: string[] = [];
  let last: Piece | undefined;
  for (const piece of inOrder(line)) {
    const accented =
      last !== undefined && isOver(last, piece) ? composed(parts.at(-1) ?? '', piece.text) : undefined;
    if (accented !== undefined) parts.splice(-1, 1, ...accented);
    else {
      if (last !== undefined && (piece.isApart || isGap(last, piece))) parts.push(' ');
      parts.push(piece.text);
    }
    last = piece;
  }
  return parts.join('');
}

/** Whether one begins where the other has not ended yet, as an accent that is drawn above its letter. */
function isOver(last: Piece, piece: Piece): boolean {
  return piece.start < last.end - last.size * GAP;
}

/** pdf.js itself puts spaces into its items where letters are a tenth of their size apart. */
const GAP = 0.1;
/** Letters may stand over one another a little, and marks over their letter wholly. */
const OVERLAP = -1;

function isGap(last: Piece, piece: Piece): boolean {
  const size = Math.min(last.size, piece.size);
  const gap = (last.isRtl && piece.isRtl ? last.start - piece.end : piece.start - last.end) / size;
  return gap > GAP || gap < OVERLAP;
}

/** As it stands, if that only goes on; else by place. */
function inOrder(line: readonly Piece[]): readonly Piece[] {
  const goesOn = line.every((piece, at) => {
    const before = line[at - 1];
    return before === undefined || piece.start >= before.start;
  });
  const rtl = line.reduce((sum, { isRtl, text }) => sum + (isRtl ? 1 : -1) * lettersOf(text), 0) > 0;
  if (goesOn && !rtl) return line;
  const sorted = line
    .map((piece) => ({ ...piece, isApart: false }))
    .toSorted((one, other) => (rtl ? other.end - one.end : one.start - other.start));
  return rtl ? withRunsForward(sorted) : sorted;
}

function lettersOf(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

/** In a line from right to left, what runs from left to right keeps its own order. */
function withRunsForward(sorted: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let run: Piece[] = [];
  for (const piece of sorted) {
    if (piece.isRtl) {
      for (const each of run.reverse()) result.push(each);
      result.push(piece);
      run = [];
    } else run.push(piece);
  }
  return [...result, ...run.reverse()];
}
