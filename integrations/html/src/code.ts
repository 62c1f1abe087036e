import { BLOCKS, isCopyButton, isHidden, isLineNumber, NO_TEXT } from './elements.ts';
import { Toll } from './toll.ts';
import type { Piece } from './places.ts';
import {
  classesOf,
  descendants,
  isElement,
  lengthOf,
  type ElementNode,
  type PageNode,
  type TextNode,
} from './tree.ts';

/** A line of code in the dress of Shiki, Prism, Docusaurus, Pygments, Hexo, Monaco, CodeMirror, highlight.js. */
const LINE =
  /^(?:line|token-line|view-line|code-line|ec-line|hljs-ln-line|CodeMirror-line|cm-line|code-block-line|react-file-line)$/;
const NO_LINES: ReadonlySet<string> = new Set(['td', 'th', 'tbody', 'thead', 'tfoot', 'table', 'body']);
/** An empty one is an empty line. */
const ROWS: ReadonlySet<string> = new Set(['li', 'tr']);

/** Where a line of code stands by itself: `strong` ones stand for a line even where they are empty. */
function lineKind(element: ElementNode): 'strong' | 'weak' | undefined {
  const { name, attributes } = element;
  if (ROWS.has(name) || 'data-line' in attributes || classesOf(element).some((word) => LINE.test(word)))
    return NO_LINES.has(name) ? undefined : 'strong';
  return BLOCKS.has(name) && !NO_LINES.has(name) ? 'weak' : undefined;
}

/** The text of a listing: lines and indents as they stand, without numbers of lines and buttons. */
export class CodeReader {
  readonly pieces: Piece[] = [];
  /** The longest run of backticks. */
  ticks = 0;
  #run = 0;
  #isLineStart = true;
  /** A line has ended, and nothing was written behind it. */
  #owesLine = false;
  #written = 0;

  /** Yields now and then. */
  *read(root: ElementNode): Generator<void, undefined> {
    const open: {
      element: ElementNode;
      next: number;
      kind: 'strong' | 'weak' | undefined;
      written: number;
    }[] = [{ element: root, next: 0, kind: undefined, written: 0 }];
    const toll = new Toll();
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const child = top.element.children[top.next++];
      if (toll.isDue(lengthOf(child))) yield;
      if (child === undefined) {
        open.pop();
        if (top.kind !== undefined) this.#endLine(top.kind, top.written);
      } else if (!isElement(child)) this.#text(child, top.element, top.next - 1);
      else if (child.name === 'br') this.#write({ text: '\n' });
      else if (!isBeside(child)) {
        const kind = lineKind(child) ?? (isLineOfCode(child, top.element, top.next) ? 'strong' : undefined);
        if (kind !== undefined) this.#beginLine();
        if (child.name === 'sup' || child.name === 'sub') this.#raise(child.name);
        if (child.name === 'td' && !this.#isLineStart && !this.#owesLine) this.#write({ text: '\t' });
        open.push({ element: child, next: 0, kind, written: this.#written });
      }
    }
    this.#trim();
  }

  #text(node: TextNode, parent: ElementNode, at: number): void {
    const text = isBetweenLines(node.text, parent, at) ? node.text.replace(/[^\n]+/g, '') : node.text;
    // The line end after the tag is not part of the text.
    const lead = this.#written === 0 ? (/^\r?\n/.exec(text)?.[0].length ?? 0) : 0;
    this.#written += lead;
    if (lead === text.length) return;
    const { start, end } = node;
    const isVerbatim = end - start === text.length;
    const place = text === node.text ? { start: isVerbatim ? start + lead : start, end } : {};
    this.#write({ text: text.slice(lead).replaceAll('\u00a0', ' '), ...place });
  }

  #write(piece: Piece): void {
    const { text } = piece;
    if (this.#owesLine && !/^\r?\n/.test(text)) this.#push({ text: '\n' });
    this.#owesLine = false;
    this.#push(piece);
  }

  #push(piece: Piece): void {
    const { text } = piece;
    this.pieces.push(piece);
    this.#written += text.length;
    this.#isLineStart = text.endsWith('\n');
    for (const { 0: found, index } of text.matchAll(/`+/g)) {
      this.#run = (index === 0 ? this.#run : 0) + found.length;
      this.ticks = Math.max(this.ticks, this.#run);
    }
    if (!text.endsWith('`')) this.#run = 0;
  }

  #beginLine(): void {
    if (this.#owesLine || !this.#isLineStart) this.#push({ text: '\n' });
    this.#owesLine = false;
  }

  #endLine(kind: 'strong' | 'weak', written: number): void {
    if (!this.#isLineStart || (kind === 'strong' && written === this.#written)) this.#owesLine = true;
  }

  /** `10^6` in code too. */
  #raise(name: 'sup' | 'sub'): void {
    if (/[\p{L}\p{N})\]]$/u.test(this.pieces.at(-1)?.text.slice(-2) ?? ''))
      this.#write({ text: name === 'sup' ? '^' : '_' });
  }

  /** White space at the end is not code. */
  #trim(): void {
    for (let last = this.pieces.pop(); last !== undefined; last = this.pieces.pop()) {
      const text = last.text.trimEnd();
      if (text === '') continue;
      const { start, end } = last;
      const isVerbatim = start !== undefined && end !== undefined && end - start === last.text.length;
      this.pieces.push(isVerbatim ? { text, start, end: start + text.length } : { ...last, text });
      return;
    }
  }
}

/** Beside the code, and no part of it. */
function isBeside(element: ElementNode): boolean {
  const { name, attributes } = element;
  return (
    NO_TEXT.has(name) ||
    name === 'button' ||
    isHidden(attributes) ||
    isLineNumber(element) ||
    isCopyButton(element) ||
    (name === 'td' && isNumberedBeside(element))
  );
}

/** A cell of numbers beside a cell of code, whatever they are called. */
function isNumberedBeside({ isNumbers, letters, parent }: ElementNode): boolean {
  if (!isNumbers || letters === 0 || parent === undefined || parent.children.length > 8) return false;
  return parent.children.some((other) => isElement(other) && other.name === 'td' && !other.isNumbers);
}

/** Each line in a `code` of its own. */
function isLineOfCode({ name }: ElementNode, parent: ElementNode, next: number): boolean {
  if (name !== 'code' || parent.name !== 'pre') return false;
  const [before, after] = [parent.children[next - 2], parent.children[next]];
  return [before, after].some((other) => isElement(other) && other.name === 'code');
}

/** White space that only sets tags apart. */
function isBetweenLines(text: string, { children }: ElementNode, at: number): boolean {
  const isLineOrNothing = (node: PageNode | undefined) =>
    node === undefined || (isElement(node) && lineKind(node) !== undefined);
  const [before, after] = [children[at - 1], children[at + 1]];
  if (text.trim() !== '' || (before === undefined && after === undefined)) return false;
  return isLineOrNothing(before) && isLineOrNothing(after);
}

const NOT_A_LANGUAGE = /^(?:none|default|no-?highlight|source|table|wrapper|lines?|container|code|block)$/i;
/** What stands beside the language in the class of pandoc's, highlight.js' and Hexo's listings. */
const NOT_A_DRESS =
  /^(?:hljs|sourceCode|number\w*|line\w*|copyable|highlight|code\w*|wrap|pre|undefined|chroma|has-\w+)$/i;

/** The language of a listing, as its highlighter names it: `js` of `language-js`, `highlight-source-js`, `hljs js`. */
export function codeLanguage(element: ElementNode): string {
  const { name, attributes } = element;
  const value = attributes['class']?.slice(0, 4096) ?? '';
  const said =
    /(?:^|\s)lang(?:uage)?-([\w+#.-]+)/.exec(value)?.[1] ??
    /(?:^|\s)highlight-(?:source|text)-([\w+#.-]+)/.exec(value)?.[1] ??
    /(?:^|\s)highlight-([\w+#.-]+)\s+notranslate/.exec(value)?.[1] ??
    /(?:^|\s)brush:\s?([\w+#.-]+)/.exec(value)?.[1] ??
    attributes['data-lang'] ??
    attributes['data-language'] ??
    (name === 'pre' ? attributes['lang'] : undefined) ??
    dressed(element);
  return said !== undefined && /^[\w+#.-]{1,40}$/.test(said) && !NOT_A_LANGUAGE.test(said) ? said : '';
}

function dressed(element: ElementNode): string | undefined {
  const words = classesOf(element);
  const isDressed =
    (words[0] === 'highlight' && element.name === 'figure') ||
    words.includes('hljs') ||
    words[0] === 'sourceCode';
  return isDressed ? words.find((word) => !NOT_A_DRESS.test(word)) : undefined;
}

/** The language that an element in a listing names. */
export function languageWithin(root: ElementNode): string {
  let nodes = 0;
  for (const node of descendants(root)) {
    if (++nodes > 200) break;
    if (isElement(node) && (node.name === 'code' || node.name === 'pre') && codeLanguage(node) !== '')
      return codeLanguage(node);
  }
  return '';
}
