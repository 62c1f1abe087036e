import { checkOptions } from '@mortise/core/shared';
import { Fences } from './code-blocks.ts';
import { parserError } from '@mortise/core/parser';
import { LinesParser, type LineReader } from './lines.ts';

export interface MarkdownSection {
  /** 1 to 6; 0 for text before the first heading. */
  level: number;
  /** The heading without its marks; empty at level 0. */
  title: string;
  /** What stands below the heading, up to the next one of any level, trimmed. */
  text: string;
}

export interface MarkdownSectionsParserOptions {
  /** Titles that must be there, without regard to case. */
  required?: readonly string[] | undefined;
}

/**
 * The sections of a Markdown text, by its `#` headings. Headings in code blocks do not count; a Markdown block around
 * the whole text does not hide them.
 */
export class MarkdownSectionsParser extends LinesParser<MarkdownSection> {
  readonly #required: readonly string[];

  constructor(options: MarkdownSectionsParserOptions = {}) {
    const required = checkOptions(options, 'configuration').required ?? [];
    super(() => new SectionReader(required));
    this.#required = required;
  }

  override get name(): string {
    return 'MarkdownSectionsParser';
  }

  override instructions(): string {
    const all = this.#required.map((title) => `\n## ${title}`).join('');
    return `Answer in Markdown, with a heading for each section${all === '' ? '.' : `. These must be there:${all}`}`;
  }
}

class SectionReader implements LineReader<MarkdownSection> {
  readonly items: MarkdownSection[] = [];
  readonly #required: readonly string[];
  readonly #fences = new Fences(true);
  #level = 0;
  #title = '';
  #lines: string[] = [];

  constructor(required: readonly string[]) {
    this.#required = required;
  }

  line(line: string, position: number): void {
    const kind = this.#fences.take(line, position);
    if (kind === 'wrapper') return;
    const heading = kind === 'text' ? headingOf(line) : undefined;
    if (heading === undefined) {
      this.#lines.push(line);
      return;
    }
    this.#finish();
    [this.#level, this.#title] = heading;
  }

  end(text: string): void {
    this.#finish();
    const titles = new Set(this.items.map(({ title }) => title.toLowerCase()));
    const missing = this.#required.filter((title) => !titles.has(title.toLowerCase()));
    if (missing.length === 0) return;
    const expected = missing.map((title) => `a section "${title}"`).join(' and ');
    throw parserError('validation', `The text lacks ${expected}.`, {
      text,
      position: text.length,
      path: missing.slice(0, 1),
      expected,
    });
  }

  #finish(): void {
    const text = this.#lines.join('\n').trim();
    if (this.#level > 0 || text !== '') this.items.push({ level: this.#level, title: this.#title, text });
    this.#lines = [];
  }
}

/** `## Title ##` of CommonMark. */
function headingOf(line: string): [level: number, title: string] | undefined {
  const marks = /^ {0,3}(#{1,6})(?=[ \t]|$)/.exec(line);
  if (marks === null) return undefined;
  let title = line.slice(marks[0].length).trim();
  // By hand: a pattern for the marks at the end is quadratic in those in the middle.
  let end = title.length;
  while (title.charAt(end - 1) === '#') end--;
  if (end === 0 || /[ \t]/.test(title.charAt(end - 1))) title = title.slice(0, end).trim();
  return [(marks[1] as string).length, title];
}

/** A row by the names of the columns. */
export type MarkdownRow = { [column: string]: string };

export interface MarkdownTableParserOptions {
  /** Columns that the instructions name and that the table must have. */
  columns?: readonly string[] | undefined;
}

/**
 * The rows of the first Markdown table, which may stand in a block that is Markdown or names no language. Cells that are missing at the end of a row are empty, as GFM has it; a row with
 * too many is `parse`.
 */
export class MarkdownTableParser extends LinesParser<MarkdownRow> {
  readonly #columns: readonly string[] | undefined;

  constructor(given: MarkdownTableParserOptions = {}) {
    const options = checkOptions(given, 'configuration');
    super(() => new TableReader(options.columns ?? []));
    this.#columns = options.columns;
  }

  override get name(): string {
    return 'MarkdownTableParser';
  }

  override instructions(): string {
    const columns = this.#columns;
    if (columns === undefined) return 'Answer with one Markdown table.';
    const header = `| ${columns.join(' | ')} |\n| ${columns.map(() => '---').join(' | ')} |`;
    return `Answer with one Markdown table with these columns; write \\| for a | inside a cell:\n${header}`;
  }
}

class TableReader implements LineReader<MarkdownRow> {
  readonly items: MarkdownRow[] = [];
  readonly #required: readonly string[];
  readonly #fences = new Fences();
  /** The line above, which may be the header. */
  #above: readonly string[] | undefined;
  #columns: readonly string[] | undefined;
  #over = false;
  /** Thrown at the end, where the whole text is known. */
  #tooLong: { position: number; row: number } | undefined;

  constructor(required: readonly string[]) {
    this.#required = required;
  }

  line(line: string, position: number): void {
    if (this.#over) return;
    const kind = this.#fences.take(line, position);
    const { language } = this.#fences.open ?? {};
    const written = kind === 'text' || (kind === 'code' && /^(?:md|markdown|)$/.test(language ?? ''));
    const cells = written ? cellsOf(line) : undefined;
    if (this.#columns === undefined) {
      const header = this.#above;
      const rule = cells?.every((cell) => /^:?-+:?$/.test(cell)) === true && header?.length === cells.length;
      if (rule) this.#columns = header;
      this.#above = cells;
    } else if (cells === undefined) this.#over = true;
    else if (cells.length > this.#columns.length) {
      this.#tooLong = { position, row: this.items.length };
      this.#over = true;
    } else {
      // fromEntries, unlike an assignment, takes `__proto__` for a name.
      this.items.push(Object.fromEntries(this.#columns.map((column, at) => [column, cells[at] ?? ''])));
    }
  }

  end(text: string): void {
    const columns = this.#columns;
    if (columns === undefined) {
      const expected = 'a header row and a row of dashes';
      throw parserError('parse', `There is no Markdown table: expected ${expected}.`, {
        text,
        position: 0,
        path: [],
        expected,
      });
    }
    if (this.#tooLong !== undefined) {
      const { position, row } = this.#tooLong;
      const expected = `at most ${columns.length} cells`;
      const message = `Row ${row + 1} of the table has too many cells: expected ${expected}. A | in a cell is written \\|.`;
      throw parserError('parse', message, { text, position, path: [row], expected });
    }
    const missing = this.#required.find((column) => !columns.includes(column));
    const twice = columns.find((column, at) => columns.indexOf(column) !== at);
    if (missing === undefined && twice === undefined) return;
    const expected = missing === undefined ? `one column "${twice}"` : `a column "${missing}"`;
    throw parserError('validation', `The table's header is ${columns.join(', ')}: expected ${expected}.`, {
      text,
      position: 0,
      path: [],
      expected,
    });
  }
}

/** The cells of a row, or undefined for a line without a `|`. */
function cellsOf(line: string): string[] | undefined {
  const cells: string[] = [];
  let cell = '';
  let bars = 0;
  const row = line.trim();
  for (let at = 0; at < row.length; at++) {
    const character = row.charAt(at);
    if (character === '\\' && row.charAt(at + 1) === '|') cell += row.charAt(++at);
    else if (character === '|') {
      bars++;
      if (at > 0) cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  if (bars === 0) return undefined;
  if (!row.endsWith('|') || row.endsWith('\\|')) cells.push(cell.trim());
  return cells;
}
