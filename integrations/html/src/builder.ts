import type { QuoteType, TokenizerCallbacks } from 'htmlparser2';
import { isMain, VERBATIM, VOID } from './elements.ts';
import { OpenElements } from './open.ts';
import { classesOf, isElement, type ElementNode } from './tree.ts';

/** What has to be known of a table before it is read. */
export interface TableFacts {
  /** It holds another one. */
  isNested: boolean;
  /** It says of cells that they are headers, or has a caption. */
  hasHeaders: boolean;
  /** It holds headings or sections. */
  hasBlocks: boolean;
  /** Cells with the numbers of lines. */
  hasLineNumbers: boolean;
  /** Code of several lines. */
  hasCode: boolean;
  /** Cells with a line of code. */
  hasCodeCells: boolean;
}

/** A page as a tree, and what was noted while it was built. */
export interface Page {
  readonly root: ElementNode;
  readonly mains: ElementNode[];
  readonly articles: ElementNode[];
  readonly tables: Map<ElementNode, TableFacts>;
  /** Elements that a button or a tab shows. */
  readonly controlled: Set<string>;
  /** Formulas stand in scripts as they were written; what is beside them is their picture. */
  hasTexScripts: boolean;
  title: string;
  description: string | undefined;
  language: string | undefined;
  scripts: number;
  frames: number;
}

const MATH_SCRIPT = /^math\/tex\b/i;
const NAMESPACES: ReadonlySet<string> = new Set([
  'http://www.w3.org/1999/xhtml',
  'http://www.w3.org/1998/Math/MathML',
  'http://www.w3.org/2000/svg',
]);

/** Takes the tokens of a page, and makes a tree of them. */
export class TreeBuilder implements TokenizerCallbacks {
  readonly page: Page;
  readonly #source: string;
  readonly #from: number;
  readonly #isXml: boolean;
  readonly #entities: ReadonlyMap<string, string>;
  readonly #open: OpenElements;
  /** Prefixes of names that mean what names without one mean. */
  readonly #prefixes = new Set<string>();
  /** Where the last token ended. */
  #at: number;
  #tag = '';
  #attributes: Record<string, string> = {};
  #name = '';
  #value = '';

  /** `from`: where in the source the first character stands that the tokenizer is given. */
  constructor(source: string, from: number, isXml: boolean, entities: ReadonlyMap<string, string>) {
    this.#source = source;
    this.#from = from;
    this.#at = from;
    this.#isXml = isXml;
    this.#entities = entities;
    const root: ElementNode = element('', {}, undefined);
    this.#open = new OpenElements(root, isXml);
    this.page = {
      root,
      mains: [],
      articles: [],
      tables: new Map(),
      controlled: new Set(),
      hasTexScripts: false,
      title: '',
      description: undefined,
      language: undefined,
      scripts: 0,
      frames: 0,
    };
  }

  isInForeignContext(): boolean {
    return this.#open.isForeign();
  }

  onopentagname(start: number, end: number): void {
    this.#tag = this.#nameAt(start, end);
    this.#attributes = {};
  }

  onattribname(start: number, end: number): void {
    this.#name = this.#slice(start, end).toLowerCase();
    this.#value = '';
  }

  onattribdata(start: number, end: number): void {
    this.#value += this.#slice(start, end);
  }

  onattribentity(codePoint: number): void {
    this.#value += String.fromCodePoint(codePoint);
  }

  onattribend(_quote: QuoteType, _end: number): void {
    if (!Object.hasOwn(this.#attributes, this.#name)) this.#attributes[this.#name] = this.#value;
    if (this.#isXml && this.#name.startsWith('xmlns:') && NAMESPACES.has(this.#value.trim()))
      this.#prefixes.add(this.#name.slice(6));
  }

  onopentagend(end: number): void {
    this.#at = this.#from + end + 1;
    this.#begin(false);
  }

  onselfclosingtag(end: number): void {
    this.#at = this.#from + end + 1;
    this.#begin(this.#isXml || this.#open.isForeign());
  }

  onclosetag(start: number, end: number): void {
    this.#at = this.#from + end + 1;
    const name = this.#nameAt(start, end);
    if (!VOID.has(name)) {
      if (!this.#open.close(name) && name === 'p' && !this.#isXml) this.#empty('p');
    } else if (name === 'br' && !this.#isXml) this.#empty('br');
  }

  ontext(start: number, end: number): void {
    this.#text(this.#slice(start, end), this.#from + start, this.#from + end);
  }

  ontextentity(codePoint: number, end: number): void {
    const text = String.fromCodePoint(codePoint);
    const last = this.#open.top.children.at(-1);
    // Some references stand for two characters.
    if (this.#from + end === this.#at && last !== undefined && !isElement(last))
      this.#open.top.children[this.#open.top.children.length - 1] = { ...last, text: last.text + text };
    else this.#text(text, this.#at, this.#from + end);
  }

  oncdata(start: number, end: number, offset: number): void {
    if (this.#isXml || this.#open.isForeign())
      this.#text(this.#slice(start, end - offset), this.#from + start, this.#from + end - offset);
    this.#at = this.#from + end + 1;
  }

  oncomment(_start: number, end: number): void {
    this.#at = this.#from + end + 1;
  }

  ondeclaration(_start: number, end: number): void {
    this.#at = this.#from + end + 1;
  }

  onprocessinginstruction(_start: number, end: number): void {
    this.#at = this.#from + end + 1;
  }

  onend(): void {
    this.#open.closeAll();
  }

  #slice(start: number, end: number): string {
    return this.#source.slice(this.#from + start, this.#from + end);
  }

  #nameAt(start: number, end: number): string {
    const name = this.#slice(start, end).toLowerCase();
    const colon = this.#prefixes.size === 0 ? -1 : name.indexOf(':');
    return colon > 0 && this.#prefixes.has(name.slice(0, colon)) ? name.slice(colon + 1) : name;
  }

  #begin(isEmpty: boolean): void {
    const name = this.#tag === 'image' ? 'img' : this.#tag;
    const attributes = this.#attributes;
    if (!this.#open.takes(name)) return;
    const made = element(name, attributes, this.#open.top);
    this.#note(made);
    made.parent?.children.push(made);
    if (!isEmpty && !VOID.has(name)) this.#open.push(made);
  }

  #empty(name: string): void {
    this.#tag = name;
    this.#attributes = {};
    this.#begin(true);
  }

  #text(text: string, start: number, end: number): void {
    this.#at = end;
    const { top } = this.#open;
    if (top.name === 'title' && top.parent?.name !== 'svg') this.page.title += text;
    if (this.#entities.size > 0 && text.includes('&')) return this.#declared(text, start);
    this.#append(text, start, end);
  }

  /** Text with references to entities that the page declares itself. */
  #declared(text: string, start: number): void {
    let at = 0;
    for (const { 0: reference, 1: name = '', index } of text.matchAll(/&([\w.-]+);/g)) {
      const value = this.#entities.get(name);
      if (value === undefined) continue;
      if (index > at) this.#append(text.slice(at, index), start + at, start + index);
      at = index + reference.length;
      this.#append(value, start + index, start + at);
    }
    if (at < text.length) this.#append(text.slice(at), start + at, start + text.length);
  }

  #append(text: string, start: number, end: number): void {
    const { top } = this.#open;
    top.children.push({ text, start, end });
    const letters = text.trim().length;
    top.letters += letters;
    if (letters > 0 && top.isNumbers) top.isNumbers = /^[\d\s.:|)]*$/.test(text);
  }

  #note(made: ElementNode): void {
    const { name, attributes } = made;
    const { page } = this;
    if (isMain(made)) page.mains.push(made);
    if (name === 'article') page.articles.push(made);
    if (attributes['aria-controls'] !== undefined)
      for (const id of attributes['aria-controls'].split(/\s/)) page.controlled.add(id);
    if (name === 'html')
      page.language ??= (attributes['lang'] ?? attributes['xml:lang'])?.trim() || undefined;
    if (name === 'meta' && attributes['name']?.toLowerCase() === 'description')
      page.description ??= attributes['content']?.trim() || undefined;
    if (name === 'script') {
      if (MATH_SCRIPT.test(attributes['type'] ?? '')) page.hasTexScripts = true;
      else page.scripts += 1;
    }
    if (name === 'frame' || name === 'iframe') page.frames += 1;
    this.#noteTable(made);
  }

  #noteTable(made: ElementNode): void {
    const { name } = made;
    const table = this.#open.table();
    const facts = table === undefined ? undefined : this.page.tables.get(table);
    if (name === 'table')
      this.page.tables.set(made, {
        isNested: false,
        hasHeaders: false,
        hasBlocks: false,
        hasLineNumbers: false,
        hasCode: false,
        hasCodeCells: false,
      });
    if (facts === undefined) return;
    if (name === 'table') facts.isNested = true;
    if (name === 'th' || name === 'caption' || name === 'thead') facts.hasHeaders = true;
    if (/^(?:h[1-6]|article|section|main|nav)$/.test(name)) facts.hasBlocks = true;
    if (VERBATIM.has(name)) facts.hasCode = true;
    if ((name === 'td' || name === 'th') && isNumberCell(made)) facts.hasLineNumbers = true;
    if (name === 'td' && isCodeCell(made)) facts.hasCodeCells = true;
  }
}

/** Cells of a listing of code, in the dress of docutils, Hexo, Rouge, GitHub and highlight.js. */
const isNumberCell = (cell: ElementNode): boolean =>
  classesOf(cell).some((word) =>
    /^(?:linenos?|gutter|blob-num|line-?numbers?|hljs-ln-numbers|rouge-gutter)$/i.test(word),
  );
const isCodeCell = (cell: ElementNode): boolean =>
  classesOf(cell).some((word) => /^(?:code|blob-code|hljs-ln-code|rouge-code)$/i.test(word));

function element(
  name: string,
  attributes: Record<string, string>,
  parent: ElementNode | undefined,
): ElementNode {
  return { name, attributes, parent, children: [], letters: 0, isNumbers: true };
}
