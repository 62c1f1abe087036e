import type { QuoteType, TokenizerCallbacks } from 'htmlparser2';
import { isMain, VERBATIM, VOID } from './elements.ts';
import { isTexScript } from './math.ts';
import { OpenElements } from './open.ts';
import { MortiseError } from '@mortise/core';
import { classesOf, isElement, pieces, type Attributes, type ElementNode, type PageNode } from './tree.ts';

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

/** Of a list of ids. */
const MAX_IDS = 4096;
/** A longer text is not a title. */
const MAX_TITLE = 4096;
const CDATA = '[CDATA[';
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
  #elements = 0;
  readonly #maxElements: number;
  #tag = '';
  #attributes: Record<string, string> | undefined;
  #name = '';
  #value = '';

  /** `from`: where in the source the first character stands that the tokenizer is given. */
  constructor(
    source: string,
    from: number,
    isXml: boolean,
    entities: ReadonlyMap<string, string>,
    maxElements: number,
  ) {
    this.#maxElements = maxElements;
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
    this.#attributes = undefined;
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
    const attributes = (this.#attributes ??= {});
    if (!Object.hasOwn(attributes, this.#name)) attributes[this.#name] = this.#value;
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
    if (this.#from + end === this.#at && last !== undefined && !isElement(last)) last.text += text;
    else this.#text(text, this.#at, this.#from + end);
  }

  oncdata(start: number, end: number, offset: number): void {
    if (this.#isXml || this.#open.isForeign())
      this.#text(this.#slice(start, end - offset), this.#from + start, this.#from + end - offset);
    this.#at = this.#from + end + 1;
  }

  oncomment(start: number, end: number): void {
    // A section that never ends is none for the tokenizer, and is text all the same.
    if (this.#isXml && this.#slice(start, start + CDATA.length) === CDATA)
      this.#text(this.#slice(start + CDATA.length, end), this.#from + start + CDATA.length, this.#from + end);
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
    if (!this.#open.takes(name)) return;
    const made = element(name, this.#attributes ?? NO_ATTRIBUTES, this.#open.top);
    if (++this.#elements > this.#maxElements) throw tooMany(this.#maxElements);
    this.#note(made);
    addTo(this.#open.top, made);
    if (!isEmpty && !VOID.has(name)) this.#open.push(made);
  }

  #empty(name: string): void {
    this.#tag = name;
    this.#attributes = undefined;
    this.#begin(true);
  }

  #text(text: string, start: number, end: number): void {
    this.#at = end;
    const { top } = this.#open;
    if (top.name === 'title' && top.parent?.name !== 'svg' && this.page.title.length < MAX_TITLE)
      this.page.title += text.slice(0, MAX_TITLE);
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
    const isVerbatim = end - start === text.length;
    for (const [piece, at] of pieces(text)) {
      const place = isVerbatim ? { start: start + at, end: start + at + piece.length } : { start, end };
      addTo(top, { text: piece, ...place });
      const letters = piece.trim().length;
      top.letters += letters;
      if (letters > 0 && top.isNumbers) top.isNumbers = /^[\d\s.:|)]*$/.test(piece);
    }
  }

  #note(made: ElementNode): void {
    const { name, attributes } = made;
    const { page } = this;
    if (isMain(made)) page.mains.push(made);
    if (name === 'article') page.articles.push(made);
    if (attributes['aria-controls'] !== undefined)
      for (const id of attributes['aria-controls'].slice(0, MAX_IDS).split(/\s/)) page.controlled.add(id);
    if (name === 'html')
      page.language ??= (attributes['lang'] ?? attributes['xml:lang'])?.trim() || undefined;
    if (name === 'meta' && attributes['name']?.toLowerCase() === 'description')
      page.description ??= attributes['content']?.trim() || undefined;
    if (name === 'script') {
      if (isTexScript(made)) page.hasTexScripts = true;
      else page.scripts += 1;
    }
    if (name === 'math' || isTexScript(made)) made.formulas = 1;
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

const NO_ATTRIBUTES: Attributes = {};
const NO_CHILDREN: readonly PageNode[] = [];

function element(name: string, attributes: Attributes, parent: ElementNode | undefined): ElementNode {
  return { name, attributes, parent, children: NO_CHILDREN, letters: 0, isNumbers: true, formulas: 0 };
}

/** An array of its own is made with its first child: most elements of a large page have none, or one. */
function addTo(parent: ElementNode, child: PageNode): void {
  const { children } = parent;
  if (children === NO_CHILDREN) parent.children = [child];
  else (children as PageNode[]).push(child);
}

function tooMany(maxElements: number): MortiseError {
  const message = `The page has more than ${maxElements} elements, which is maxElements. Cut it into pages, or give a larger maxElements.`;
  return new MortiseError('parse', message);
}
