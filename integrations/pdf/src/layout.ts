import { composed } from './accents.ts';
import { mendHyphens } from './hyphens.ts';

/** A run of text as pdf.js gives it; marks of structure among them have no `str`. */
export interface TextItem {
  readonly str?: string;
  /** `rtl` where its letters run from right to left. */
  readonly dir?: string;
  /** From the space of the font to that of the page: `[a, b, c, d, x, y]`. */
  readonly transform?: readonly number[];
  readonly width?: number;
  readonly height?: number;
  readonly fontName?: string;
  readonly hasEOL?: boolean;
}

/** What is known of a font, by its name in the page. */
export type TextStyles = Readonly<Record<string, { readonly vertical?: boolean }>>;

/** An item, measured along its own line. */
interface Piece {
  readonly text: string;
  readonly isRtl: boolean;
  /** Cosine and sine of the direction in which its line runs. */
  readonly angle: readonly [number, number];
  /** Where it begins and ends along that direction, and where its line is across it; in points, as all sizes. */
  readonly start: number;
  readonly end: number;
  readonly across: number;
  /** Of the font. */
  readonly size: number;
  /** White space stands in front of it. */
  isApart: boolean;
}

/**
 * The text of a page, in the order in which the file draws it, which is nearly always that of reading.
 *
 * What stands on one line is put from left to right (or the other way, where the script does so) and gets a space where
 * there is a gap: table cells and headings are often drawn one by one, in any order, without a space between them. What
 * is drawn twice at one place, to look bold, counts once. Words cut at the end of a line are mended.
 */
export function layOut(items: readonly TextItem[], styles: TextStyles): string {
  const lines: string[] = [];
  let line: Piece[] = [];
  let isApart = false;
  let above: Piece | undefined;
  const end = (): void => {
    const [piece] = line;
    if (piece === undefined) return;
    const alone = line.length === 1 && IDEOGRAPH.test(piece.text) ? piece : undefined;
    if (above !== undefined && alone !== undefined && isBelow(above, alone))
      lines.push(`${lines.pop() ?? ''}${alone.text}`);
    else lines.push(joined(line));
    above = alone;
    line = [];
    isApart = false;
  };
  const drawn = new Set<string>();
  for (const item of items) {
    const { str: text, transform } = item;
    if (text === undefined) continue;
    // The text of a form that a program makes anew has no places.
    if (transform === undefined) {
      end();
      if (text.trim() !== '') lines.push(text);
      continue;
    }
    if (text.trim() === '') isApart = true;
    else {
      const piece = measured(item, text, transform, styles, isApart);
      if (!isTwice(piece, drawn)) {
        if (line.length > 0 && !isOneLine(line, piece)) end();
        line.push(piece);
      }
      isApart = false;
    }
    if (item.hasEOL === true) end();
  }
  end();
  return mendHyphens(lines);
}

/** One character of a script that is also written from top to bottom. */
const IDEOGRAPH =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303F\u30FC\uFE10-\uFE1F\uFE30-\uFE4F\uFF00-\uFFEF]$/u;

/** Columns are at times drawn by characters that stand upright each on a line of its own. */
function isBelow(above: Piece, piece: Piece): boolean {
  const down = (above.across - piece.across) / above.size;
  return Math.abs(above.start - piece.start) < above.size && down > 0.5 && down < 1.5;
}

function measured(
  item: TextItem,
  text: string,
  transform: readonly number[],
  styles: TextStyles,
  isApart: boolean,
): Piece {
  const [a = 1, b = 0, c = 0, d = 1, x = 0, y = 0] = transform;
  const isVertical = styles[item.fontName ?? '']?.vertical === true;
  // Vertical text runs against the height of its letters.
  const [dx, dy] = isVertical ? [-c, -d] : [a, b];
  const length = Math.hypot(dx, dy) || 1;
  const angle = [dx / length, dy / length] as const;
  const start = x * angle[0] + y * angle[1];
  const advance = (isVertical ? item.height : item.width) ?? 0;
  const size = (isVertical ? Math.hypot(a, b) : Math.hypot(c, d)) || 1;
  return {
    text,
    isRtl: item.dir === 'rtl',
    angle,
    start,
    end: start + advance,
    across: y * angle[0] - x * angle[1],
    size,
    isApart,
  };
}

/** Whether the same text was drawn at the same place before: a tenth of a letter beside it is how bold is faked. */
function isTwice({ text, start, across, size, angle }: Piece, drawn: Set<string>): boolean {
  const step = size / 4;
  const [row, column] = [across / step, start / step];
  const keyOf = (r: number, c: number): string => `${r} ${c} ${angle[0].toFixed(1)} ${text}`;
  // Either way of rounding: two places near each other may stand on two sides of one border, not of both.
  const keys = [keyOf(Math.round(row), Math.round(column)), `/${keyOf(Math.floor(row), Math.floor(column))}`];
  const isKnown = keys.some((key) => drawn.has(key));
  for (const key of keys) drawn.add(key);
  return isKnown;
}

/** Small steps up and down on a line are raised and lowered letters. */
function isOneLine(line: readonly Piece[], piece: Piece): boolean {
  const last = line.at(-1) as Piece;
  const isParallel = last.angle[0] * piece.angle[0] + last.angle[1] * piece.angle[1] > 0.99;
  if (!isParallel) return false;
  const step = Math.abs(piece.across - last.across);
  const size = Math.max(piece.size, last.size);
  if (step < size * 0.3) return true;
  const gap = piece.start - last.end;
  return step < size * 0.7 && gap < size * 0.3 && gap > -size * 0.3;
}

function joined(line: readonly Piece[]): string {
  let text = '';
  let last: Piece | undefined;
  for (const piece of inOrder(line)) {
    const accented = last !== undefined && isOver(last, piece) ? composed(text, piece.text) : undefined;
    if (accented !== undefined) text = accented;
    else {
      if (last !== undefined && (piece.isApart || isGap(last, piece))) text += ' ';
      text += piece.text;
    }
    last = piece;
  }
  return text;
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
      result.push(...run, piece);
      run = [];
    } else run.unshift(piece);
  }
  return [...result, ...run];
}
