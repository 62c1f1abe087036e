import { htmlHeading, plainHeading, type HtmlHeading } from './headings.ts';
import { Cursor } from './line.ts';
import { isDelimiterRow } from './table.ts';
import {
  closesFence,
  fenceOf,
  hashHeading,
  htmlBlock,
  isReference,
  isThematicBreak,
  listItem,
  underlineLevel,
  type Fence,
  type HtmlEnd,
} from './starts.ts';

/** A line of a Markdown text, and what it is. */
export interface MarkdownLine {
  /** In UTF-16 units. */
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly isBlank: boolean;
  /** Of a fenced block of code: its first line, one within it, or its last. */
  readonly fence?: 'open' | 'inside' | 'close';
  /** Of a table (GFM): the line under its header, or a row. */
  readonly table?: 'begin' | 'row';
  /** Of a line that begins a table: its header. */
  readonly header?: TextLine;
  /** The line ends a heading. */
  readonly heading?: Heading;
  /** The block quotes and list items that it is in, outermost first: the same objects while they are open. */
  readonly containers: readonly Container[];
}

export interface Heading {
  /** 1 to 6. */
  readonly level: number;
  /** As a reader sees it: without marks of emphasis, addresses of links and tags. */
  readonly title: string;
  /** Where its first line begins: an underlined one may have several. */
  readonly start: number;
}

export interface Container {
  /** Columns that a list item's content is indented by; undefined: a block quote. */
  readonly indent: number | undefined;
  /** Nothing stands in it yet. */
  isEmpty: boolean;
}

/** What is open at the end of a line, within the innermost container. */
type Leaf =
  | { readonly kind: 'paragraph'; readonly lines: TextLine[]; last: TextLine }
  | { readonly kind: 'fence'; readonly fence: Fence }
  | { readonly kind: 'html'; readonly until: HtmlEnd; heading?: HtmlHeading | undefined }
  | { readonly kind: 'code' }
  | { readonly kind: 'table' };

/** A line of a paragraph, without the white space around it. */
export interface TextLine {
  readonly start: number;
  readonly text: string;
}

/** More block quotes and lists in each other are text: a line of 16,000 marks must not cost every line after it. */
const DEEPEST = 64;

/** So many lines of a paragraph can become the title of a heading. */
const MOST_TITLE_LINES = 50;

/**
 * The lines of a Markdown text with the block structure of CommonMark 0.31: headings, fences, block quotes and list
 * items as they nest, blocks of HTML. Besides, `<h1>` to `<h6>` at the beginning of a line of HTML are headings.
 * References to links are seen where they stand on one line. Each line is looked at once.
 */
export function* scanMarkdown(text: string): Generator<MarkdownLine> {
  const state: State = { containers: [], leaf: undefined };
  for (let start = 0; start < text.length;) {
    const found = text.indexOf('\n', start);
    const end = found === -1 ? text.length : found + 1;
    let last = found === -1 ? end : found;
    if (last > start && text.charCodeAt(last - 1) === CR) last -= 1;
    yield readLine(state, text.slice(start, last), start, end);
    start = end;
  }
}

const CR = 13;

interface State {
  /** Replaced and never changed: lines keep theirs. */
  containers: readonly Container[];
  leaf: Leaf | undefined;
}

function readLine(state: State, line: string, start: number, end: number): MarkdownLine {
  const cursor = new Cursor(line);
  const isBlank = cursor.isBlank;
  const matched = continued(state.containers, cursor);
  const found = matched === state.containers.length ? goOn(state, cursor, start) : undefined;
  const what = found ?? open(state, cursor, matched, start);
  return { start, end, isBlank, containers: state.containers, ...what };
}

/** How many of the open containers the line goes on with. */
function continued(containers: readonly Container[], cursor: Cursor): number {
  let matched = 0;
  for (const { indent, isEmpty } of containers) {
    if (indent === undefined) {
      if (cursor.isIndented || cursor.code !== QUOTE) break;
      pastQuote(cursor);
    } else if (cursor.isBlank) {
      // An item that begins with a blank line has only one.
      if (isEmpty) break;
    } else if (cursor.indent >= indent) {
      cursor.skipColumns(indent);
    } else {
      break;
    }
    matched += 1;
  }
  return matched;
}

const QUOTE = 62;

function pastQuote(cursor: Cursor): void {
  cursor.skip(1);
  cursor.skipColumns(1);
}

type Found = Pick<MarkdownLine, 'fence' | 'heading' | 'table' | 'header'>;

/** A line of the code or HTML that is open; undefined: it is over, or there is none. */
function goOn(state: State, cursor: Cursor, start: number): Found | undefined {
  const { leaf } = state;
  switch (leaf?.kind) {
    case 'fence':
      if (!closesFence(cursor, leaf.fence)) return { fence: 'inside' };
      state.leaf = undefined;
      return { fence: 'close' };
    case 'html':
      return leaf.until === 'blank' && cursor.isBlank ? undefined : readHtml(state, leaf, cursor.rest, start);
    case 'code':
      return cursor.isIndented || cursor.isBlank ? {} : undefined;
    default:
      return undefined;
  }
}

/** What a line begins that is not within code or HTML. */
function open(state: State, cursor: Cursor, matched: number, start: number): Found {
  const containers = state.containers.slice(0, matched);
  // The paragraph before, which takes text even where its containers do not go on.
  let before = state.leaf?.kind === 'paragraph' && !cursor.isBlank ? state.leaf : undefined;
  // The same where they do.
  let current = matched === state.containers.length ? before : undefined;
  let isInTable = state.leaf?.kind === 'table' && matched === state.containers.length;

  while (!cursor.isBlank && !cursor.isIndented) {
    const isTooDeep = containers.length >= DEEPEST;
    let indent: number | undefined;
    if (cursor.code === QUOTE && !isTooDeep) {
      pastQuote(cursor);
    } else {
      const found = openLeaf(state, cursor, containers, before, current, start);
      if (found !== undefined) return found;
      indent = isTooDeep ? undefined : listItem(cursor, current !== undefined || isInTable);
      if (indent === undefined) break;
    }
    enter(containers, { indent, isEmpty: true });
    before = current = undefined;
    isInTable = false;
  }

  if (isInTable && !cursor.isBlank) return { table: 'row' };
  const header = current?.last;
  if (header !== undefined && isDelimiterRow(cursor.rest, header.text)) {
    begin(state, containers, { kind: 'table' });
    return { table: 'begin', header };
  }
  const text: TextLine = { start, text: cursor.rest.trimEnd() };
  if (before !== undefined) {
    before.last = text;
    if (before.lines.length < MOST_TITLE_LINES) before.lines.push(text);
  } else if (cursor.isBlank) {
    state.containers = containers;
    state.leaf = undefined;
  } else if (cursor.isIndented) {
    begin(state, containers, { kind: 'code' });
  } else {
    begin(state, containers, { kind: 'paragraph', lines: [text], last: text });
  }
  return {};
}

type Paragraph = Extract<Leaf, { kind: 'paragraph' }>;

function openLeaf(
  state: State,
  cursor: Cursor,
  containers: readonly Container[],
  before: Paragraph | undefined,
  current: Paragraph | undefined,
  start: number,
): Found | undefined {
  const hashes = hashHeading(cursor);
  if (hashes !== undefined) {
    begin(state, containers, undefined);
    return { heading: { level: hashes.level, title: plainHeading(hashes.title), start } };
  }
  const fence = fenceOf(cursor);
  if (fence !== undefined) {
    begin(state, containers, { kind: 'fence', fence });
    return { fence: 'open' };
  }
  const until = htmlBlock(cursor, before === undefined);
  if (until !== undefined) {
    const html = { kind: 'html', until } as const;
    begin(state, containers, html);
    return readHtml(state, html, cursor.rest, start);
  }
  const level = current === undefined ? undefined : underlineLevel(cursor);
  const [first, ...others] = level === undefined ? [] : titleLines(current?.lines ?? []);
  if (level !== undefined && first !== undefined) {
    begin(state, containers, undefined);
    const title = [first, ...others].map(({ text }) => text).join(' ');
    return { heading: { level, title: plainHeading(title), start: first.start } };
  }
  if (!isThematicBreak(cursor)) return undefined;
  begin(state, containers, undefined);
  return {};
}

/** Without the references to links that it begins with. */
function titleLines(lines: readonly TextLine[]): readonly TextLine[] {
  const first = lines.findIndex(({ text }) => !isReference(text));
  return first === -1 ? [] : lines.slice(first);
}

/** Closes what does not go on, and opens this. */
function begin(state: State, containers: readonly Container[], leaf: Leaf | undefined): void {
  const innermost = containers.at(-1);
  if (innermost !== undefined) innermost.isEmpty = false;
  state.containers = containers;
  state.leaf = leaf;
}

function enter(containers: Container[], container: Container): void {
  const parent = containers.at(-1);
  if (parent !== undefined) parent.isEmpty = false;
  containers.push(container);
}

function readHtml(state: State, html: Extract<Leaf, { kind: 'html' }>, text: string, start: number): Found {
  if (html.until !== 'blank') {
    if (html.until.test(text)) state.leaf = undefined;
    return {};
  }
  html.heading = htmlHeading(text, start, html.heading);
  const { heading } = html;
  if (heading?.isClosed !== true) return {};
  html.heading = undefined;
  return { heading: { level: heading.level, title: plainHeading(heading.source), start: heading.start } };
}
