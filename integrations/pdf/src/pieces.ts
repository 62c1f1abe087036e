/** A run of text as pdf.js gives it; marks of structure among them have no `str`. */
export interface TextItem {
  readonly str?: string;
  /** Of a mark of structure: that it begins or ends. */
  readonly type?: string;
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
export interface Piece {
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

export function measured(
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
export function isTwice({ text, start, across, size, angle }: Piece, drawn: Set<string>): boolean {
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
export function isOneLine(line: readonly Piece[], piece: Piece): boolean {
  const last = line.at(-1) as Piece;
  const isParallel = last.angle[0] * piece.angle[0] + last.angle[1] * piece.angle[1] > 0.99;
  if (!isParallel) return false;
  const step = Math.abs(piece.across - last.across);
  const size = Math.max(piece.size, last.size);
  if (step < size * 0.3) return true;
  const gap = piece.start - last.end;
  return step < size * 0.7 && gap < size * 0.3 && gap > -size * 0.3;
}
