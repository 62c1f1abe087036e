import { joined } from './line.ts';
import type { Piece } from './pieces.ts';

type Line = readonly Piece[];

/** A line of a run: what of it stands in the left column, and what in the right one. */
interface Halves {
  readonly left: Line;
  readonly right: Line;
}

/** How far apart columns are at least, in sizes of their letters. */
const GUTTER = 1;
/** How many lines have both columns at least. */
const LEAST = 3;
/** Lines within which they have, so that a page of many lines is not read to its end for each of them. */
const WITHIN = 64;
/** How often a part of a page is parted again: a page may be made of any number of columns. */
const DEPTH = 8;

/**
 * Lines in the order of reading. Where lines go across two columns, as some programs draw them, the left one comes first;
 * so it is with three. Only prose is taken for columns: a table's rows stay whole.
 */
export function inColumns(lines: readonly Line[], depth = DEPTH): Line[] {
  if (depth === 0) return [...lines];
  const ordered: (readonly Line[])[] = [];
  for (let at = 0; at < lines.length;) {
    const run = runFrom(lines, at);
    const length = Math.max(1, run.length);
    const halves = [run.map(({ left }) => left), run.map(({ right }) => right)].map((half) =>
      half.filter((line) => line.length > 0),
    );
    // Each may be of more than one column.
    if (run.length > 0 && halves.every(readsOn))
      ordered.push(...halves.map((half) => inColumns(half, depth - 1)));
    else ordered.push(lines.slice(at, at + length));
    at += length;
  }
  return ordered.flat();
}

/** The lines from there on that one gutter parts; none, when few have something on both of its sides. */
function runFrom(lines: readonly Line[], from: number): Halves[] {
  const run: Halves[] = [];
  let both = 0;
  let [leftEnd, rightStart] = [-Infinity, Infinity];
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? [];
    const sorted = line.toSorted((one, other) => one.start - other.start);
    const halves = run.length === 0 ? atWidestGap(sorted) : between(sorted, (leftEnd + rightStart) / 2);
    if (halves === undefined || !isParallel(line, lines[from] ?? [])) break;
    const newEnd = halves.left.reduce((most, { end }) => Math.max(most, end), leftEnd);
    const newStart = halves.right.reduce((least, { start }) => Math.min(least, start), rightStart);
    if (newStart - newEnd < GUTTER * (sorted[0]?.size ?? 1)) break;
    [leftEnd, rightStart] = [newEnd, newStart];
    run.push(halves);
    if (halves.left.length > 0 && halves.right.length > 0) both += 1;
    if (both < LEAST && run.length >= WITHIN) break;
  }
  return both < LEAST ? [] : run;
}

function isParallel([one]: Line, [other]: Line): boolean {
  return one?.angle.join() === other?.angle.join();
}

/** A line parted where its pieces are farthest from each other. */
function atWidestGap(sorted: Line): Halves | undefined {
  let [widest, at] = [0, 0];
  for (const [index, piece] of sorted.entries()) {
    const gap = piece.start - (sorted[index - 1]?.end ?? piece.start);
    if (gap > widest) [widest, at] = [gap, index];
  }
  return at === 0 ? undefined : { left: sorted.slice(0, at), right: sorted.slice(at) };
}

/** A line parted at a place; nothing, when a piece stands across it. */
function between(sorted: Line, place: number): Halves | undefined {
  const left = sorted.filter(({ end }) => end <= place);
  const right = sorted.filter(({ start }) => start >= place);
  return left.length + right.length < sorted.length ? undefined : { left, right };
}

/** Whether these are lines of prose: of several words, and many go on in the middle of a sentence. */
function readsOn(lines: readonly Line[]): boolean {
  const texts = lines.filter((line) => line.length > 0).map((line) => joined(line).trim());
  const words = texts.reduce((sum, text) => sum + text.split(/\s+/).length, 0);
  const goingOn = texts.slice(1).filter((text) => /^\p{Ll}/u.test(text)).length;
  return words >= 3 * texts.length && goingOn >= 0.4 * (texts.length - 1);
}
