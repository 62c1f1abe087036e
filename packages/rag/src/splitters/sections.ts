import { MortiseError } from '@mortise/core';
import { scanMarkdown, type Container, type MarkdownLine } from '../markdown/scan.ts';

/** A stretch of a text under one heading, in UTF-16 units. The heading's own line belongs to it. */
export interface Section {
  readonly start: number;
  readonly end: number;
  /** The headings above the text and its own, outermost first. */
  readonly headings: readonly string[];
}

/** A heading of a Markdown text. */
export interface MarkdownHeading {
  /** 1 to 6. */
  level: number;
  /** As a reader sees it: without marks of emphasis, addresses of links and tags. At most 500 characters. */
  title: string;
  /** Where its first line begins, in UTF-16 units. */
  start: number;
}

/**
 * All headings of a Markdown text, in order, as CommonMark has them: with `#`, underlined, also in lists and block
 * quotes, and not in code or comments; besides, `<h1>` to `<h6>` at the beginning of a line of HTML. What
 * `MarkdownSplitter` cuts at.
 */
export function markdownHeadings(text: string): MarkdownHeading[] {
  if (typeof text !== 'string') throw new MortiseError('invalid-request', 'The text is no string.');
  const headings: MarkdownHeading[] = [];
  for (const { heading } of scanMarkdown(text)) if (heading !== undefined) headings.push({ ...heading });
  return headings;
}

/** The first heading of the first level that is not in a list or a block quote. */
export function markdownTitle(text: string): string | undefined {
  for (const { heading, containers } of scanMarkdown(text))
    if (heading?.level === 1 && heading.title !== '' && containers.length === 0) return heading.title;
  return undefined;
}

/** A heading that holds for what follows, and the list item or block quote that it ends with. */
interface OpenHeading {
  readonly level: number;
  readonly title: string;
  readonly depth: number;
  readonly within: Container | undefined;
}

/**
 * Sections line by line. A heading without text of its own belongs to the section that follows. One in a list item or a
 * block quote holds to the end of that, and does not end those outside.
 */
export class SectionBuilder {
  readonly #deepest: number;
  readonly #sections: Section[] = [];
  #open: OpenHeading[] = [];
  #start = 0;
  /** Where the text under the open headings begins: of an underlined heading, its own lines come first. */
  #body: number | undefined;

  constructor(deepest: number) {
    this.#deepest = deepest;
  }

  add({ start, isBlank, heading, containers }: MarkdownLine): void {
    const isHeading = heading !== undefined && heading.level <= this.#deepest;
    if (isBlank && !isHeading) return;
    const holding = this.#open.filter(
      ({ depth, within }) => within === undefined || containers[depth - 1] === within,
    );
    if (!isHeading) {
      if (holding.length < this.#open.length) this.#cut(start, holding);
      this.#body ??= start;
      return;
    }
    const within = containers.at(-1);
    const above = holding.filter((one) => one.level < heading.level || one.within !== within);
    const own = { level: heading.level, title: heading.title, depth: containers.length, within };
    this.#cut(heading.start, [...above, own]);
  }

  end(text: string): Section[] {
    if (text.slice(this.#start).trim() !== '') this.#push(text.length);
    return this.#sections;
  }

  #cut(at: number, open: OpenHeading[]): void {
    if (this.#body !== undefined && this.#body < at) {
      this.#push(at);
      this.#start = at;
    }
    this.#open = open;
    this.#body = undefined;
  }

  #push(end: number): void {
    const headings = this.#open.map(({ title }) => title);
    this.#sections.push({ start: this.#start, end, headings });
  }
}
