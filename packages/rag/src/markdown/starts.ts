import type { Cursor } from './line.ts';

/** A fence of code, as its first line opens it. */
export interface Fence {
  /** ` or ~ */
  readonly mark: string;
  readonly length: number;
}

/** CommonMark 4.5: three ticks or more without another tick behind them, or three tildes. */
export function fenceOf({ line, next }: Cursor): Fence | undefined {
  const mark = line[next];
  if (mark !== '`' && mark !== '~') return undefined;
  const end = runEnd(line, next, mark);
  if (end - next < 3 || (mark === '`' && line.includes('`', end))) return undefined;
  return { mark, length: end - next };
}

/** At least as long as the one that opened, with nothing behind it. */
export function closesFence({ line, next, isIndented }: Cursor, { mark, length }: Fence): boolean {
  if (isIndented || line[next] !== mark) return false;
  const end = runEnd(line, next, mark);
  return end - next >= length && isBlankFrom(line, end);
}

/** CommonMark 4.2: one to six `#`, then a space or the end. */
export function hashHeading({ line, next }: Cursor): { level: number; title: string } | undefined {
  if (line[next] !== '#') return undefined;
  const end = runEnd(line, next, '#');
  const level = end - next;
  if (level > 6 || (end < line.length && line[end] !== ' ' && line[end] !== '\t')) return undefined;
  return { level, title: withoutClosing(line.slice(end).trim()) };
}

/** `title ##` is `title`, `title#` is not. */
function withoutClosing(title: string): string {
  let end = title.length;
  while (end > 0 && title[end - 1] === '#') end--;
  const isClosing = end < title.length && (end === 0 || title[end - 1] === ' ' || title[end - 1] === '\t');
  return isClosing ? title.slice(0, end).trimEnd() : title;
}

/** CommonMark 4.3: the level that a line of `=` or `-` gives to the paragraph above. */
export function underlineLevel({ line, next }: Cursor): 1 | 2 | undefined {
  const mark = line[next];
  if (mark !== '=' && mark !== '-') return undefined;
  if (!isBlankFrom(line, runEnd(line, next, mark))) return undefined;
  return mark === '=' ? 1 : 2;
}

/** CommonMark 4.1: three or more of `*`, `_` or `-`, with nothing but white space between them. */
export function isThematicBreak({ line, next }: Cursor): boolean {
  const mark = line[next];
  if (mark !== '*' && mark !== '_' && mark !== '-') return false;
  let marks = 0;
  for (let at = next; at < line.length; at++) {
    if (line[at] === mark) marks += 1;
    else if (line[at] !== ' ' && line[at] !== '\t') return false;
  }
  return marks >= 3;
}

/**
 * CommonMark 5.2: moves past a marker of a list, and gives the columns that what belongs to the item is indented by, from
 * where the marker's white space begins.
 */
export function listItem(cursor: Cursor, isInParagraph: boolean): number | undefined {
  const { line, next, indent } = cursor;
  const width = markerWidth(line, next, isInParagraph);
  if (width === 0) return undefined;
  const after = line[next + width];
  if (after !== undefined && after !== ' ' && after !== '\t') return undefined;
  const isEmpty = isBlankFrom(line, next + width);
  if (isInParagraph && isEmpty) return undefined;
  cursor.skip(width);
  // Five columns are one, and code that is indented by four.
  const spaces = isEmpty || cursor.indent > 4 ? 1 : cursor.indent;
  cursor.skipColumns(spaces);
  return indent + width + spaces;
}

/** Of `-`, `+`, `*`, or up to nine digits and `.` or `)`; in a paragraph only a list from 1 begins. */
function markerWidth(line: string, at: number, isInParagraph: boolean): number {
  const mark = line[at];
  if (mark === '-' || mark === '+' || mark === '*') return 1;
  let digits = 0;
  while (digits < 10 && isDigit(line.charCodeAt(at + digits))) digits++;
  const end = line[at + digits];
  if (digits === 0 || digits > 9 || (end !== '.' && end !== ')')) return 0;
  return isInParagraph && Number(line.slice(at, at + digits)) !== 1 ? 0 : digits + 1;
}

/** CommonMark 4.6: what ends a block of HTML; `blank` where a blank line does. */
export type HtmlEnd = RegExp | 'blank';

/** `mayBeTag`: it may also begin with a whole tag of any name, which cannot interrupt a paragraph. */
export function htmlBlock({ line, next }: Cursor, mayBeTag: boolean): HtmlEnd | undefined {
  if (line[next] !== '<') return undefined;
  const text = line.slice(next, next + LONGEST_TAG);
  for (const [begin, end] of HTML_BLOCKS) if (begin.test(text)) return end;
  return mayBeTag && WHOLE_TAG.test(text.trimEnd()) ? 'blank' : undefined;
}

/** A tag is looked for in so many characters. */
export const LONGEST_TAG = 2_000;

const BLOCK_NAMES =
  'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul';

function blockPattern(): RegExp {
  return new RegExp(String.raw`^<\/?(?:${BLOCK_NAMES})(?:\s|\/?>|$)`, 'i');
}

const HTML_BLOCKS: readonly (readonly [begin: RegExp, end: HtmlEnd])[] = [
  [/^<(?:script|pre|textarea|style)(?:\s|>|$)/i, /<\/(?:script|pre|textarea|style)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![a-z]/i, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
  [/* @__PURE__ */ blockPattern(), 'blank'],
];

const WHOLE_TAG =
  /^(?:<[a-z][a-z0-9-]*(?:\s+[a-z_:][a-z0-9:._-]*(?:\s*=\s*(?:[^"'=<>`\s]+|'[^']*'|"[^"]*"))?)*\s*\/?>|<\/[a-z][a-z0-9-]*\s*>)$/i;

/** CommonMark 4.7, on one line: `[label]: address "title"`, which is not text. */
export function isReference(line: string): boolean {
  return line.startsWith('[') && line.length <= LONGEST_TAG && REFERENCE.test(line);
}

const REFERENCE =
  /^\[(?=\s*[^\]\s])(?:[^[\]\\]|\\.)+\]:\s*(?:<[^<>]*>|[^\s<]\S*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?$/;

export function isBlankFrom(line: string, from: number): boolean {
  for (let at = from; at < line.length; at++) if (line[at] !== ' ' && line[at] !== '\t') return false;
  return true;
}

function runEnd(line: string, from: number, mark: string): number {
  let end = from;
  while (line[end] === mark) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
