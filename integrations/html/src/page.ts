import type { Block } from './blocks.ts';
import type { Page } from './builder.ts';
import { CodeReader, codeLanguage, languageWithin } from './code.ts';
import { BLOCKS, headingLevel, isPageHeader, SECTIONS, VERBATIM } from './elements.ts';
import { formulaOf, isFormula, isPreview } from './math.ts';
import { Toll } from './toll.ts';
import { markOf } from './raised.ts';
import type { Content } from './survey.ts';
import { cellsOf, isLayout, isListing, rowsOf, spanOf, tableBlocks, type Cell } from './table.ts';
import {
  beginningOf,
  isElement,
  lengthOf,
  pieces,
  type ElementNode,
  type PageNode,
  type TextNode,
} from './tree.ts';
import { isLeftOut, type Choice } from './visible.ts';
import { BlockWriter, type Item, type Setting } from './writer.ts';

/** What an element hands down to those in it: no step looks through all that are open. */
interface Context extends Setting {
  readonly list: List | undefined;
  readonly isInCode: boolean;
  readonly isInFormula: boolean;
  /** In a part with a header and a footer of its own. */
  readonly isInSection: boolean;
  /** In a link to a note of the page. */
  readonly isInNote: boolean;
  /** Of the listing that it is the frame of. */
  readonly language: string;
  /** Written where it ends. */
  readonly suffix: string;
}

/** The number of its next item, undefined for bullets. */
interface List {
  next: number | undefined;
}

const ROOT: Context = {
  isContent: false,
  isHeader: false,
  isInCode: false,
  isInFormula: false,
  isInSection: false,
  isInNote: false,
  quotes: 0,
  group: undefined,
  heading: undefined,
  list: undefined,
  item: undefined,
  language: '',
  suffix: '',
};

/** What is deeper is marked no deeper: marks on every line would make a long text of a deep one. */
const MAX_QUOTES = 8;
const MAX_INDENT = 32;
const TABLE_PARTS: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot', 'tr']);
/** Read with the rows, or without text. */
const NO_PARTS: ReadonlySet<string> = new Set(['td', 'th', 'tr', 'colgroup', 'col']);

/** Walks through the elements of a page, and makes blocks of them. */
export class PageReader {
  readonly #page: Page;
  readonly #content: Content;
  readonly #choice: Choice;
  readonly #writer = new BlockWriter();
  #groups = 0;
  readonly #toll = new Toll();

  constructor(page: Page, content: Content, choice: Choice) {
    this.#page = page;
    this.#content = content;
    this.#choice = choice;
  }

  /** Yields now and then. */
  *read(): Generator<void, readonly Block[]> {
    yield* this.#walk(this.#page.root, ROOT);
    this.#writer.boundary();
    return this.#writer.blocks;
  }

  *#walk(root: ElementNode, context: Context): Generator<void, undefined> {
    const open = [{ element: root, context, next: 0 }];
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const child = top.element.children[top.next++];
      if (this.#toll.isDue(lengthOf(child))) yield;
      if (child === undefined) {
        open.pop();
        if (open.length > 0) this.#close(top.element, top.context);
      } else if (isElement(child)) {
        const { children } = top.element;
        const inner = yield* this.#open(child, top.context, [children[top.next], children[top.next + 1]]);
        if (inner !== undefined) open.push({ element: child, context: inner, next: 0 });
      } else this.#text(child, top.context);
    }
  }

  /** What holds for those in it; undefined where they are left out, or read already. */
  *#open(
    element: ElementNode,
    above: Context,
    following: readonly (PageNode | undefined)[] = [],
  ): Generator<void, Context | undefined> {
    const { name, attributes } = element;
    const writer = this.#writer;
    const formula = isFormula(element);
    if (formula === 'element' || (formula === 'container' && !above.isInFormula)) {
      if (BLOCKS.has(name)) writer.boundary();
      const isCopy = this.#page.hasTexScripts && formula === 'container' && isPreview(element);
      if (isCopy || (yield* this.#formula(element, above))) {
        if (BLOCKS.has(name)) writer.boundary();
        return undefined;
      }
      return { ...above, isInFormula: true, suffix: '' };
    }
    const within =
      above.isContent || !this.#content.roots.has(element) ? above : { ...above, isContent: true };
    if (isLeftOut(element, this.#choice, this.#page, this.#content, within)) {
      if (BLOCKS.has(name)) writer.boundary();
      return undefined;
    }
    if (VERBATIM.has(name) && !writer.isInCell) return yield* this.#listing(element, within);
    if (name === 'table' && !writer.isInCell) {
      const facts = this.#page.tables.get(element);
      if (facts !== undefined && isListing(facts, element)) return yield* this.#listing(element, within);
      if (facts !== undefined && !isLayout(facts, element))
        return yield* this.#table(element, this.#context(element, within));
    }
    if (BLOCKS.has(name)) writer.boundary();
    if (name === 'img') yield* this.#picture(attributes['alt'] ?? '', above);
    return this.#inline(element, this.#context(element, within), above, following);
  }

  /** What it says that it shows. */
  *#picture(alternative: string, context: Context): Generator<void, undefined> {
    this.#writer.apart();
    for (const [piece] of pieces(alternative)) {
      this.#writer.text(piece, undefined, context);
      yield;
    }
    this.#writer.apart();
  }

  /** What stands in a line, and what is put before it. */
  #inline(
    element: ElementNode,
    context: Context,
    above: Context,
    following: readonly (PageNode | undefined)[],
  ): Context {
    const { name } = element;
    const writer = this.#writer;
    if (name === 'br') writer.lineBreak();
    if (name === 'code' && !above.isInCode) {
      // As CommonMark has it: what holds a backtick stands between two.
      const hasTick = beginningOf(element, 200).includes('`');
      writer.put({ text: hasTick ? '`` ' : '`' }, context);
      return { ...context, suffix: hasTick ? ' ``' : '`' };
    }
    if (name === 'sup' || name === 'sub') {
      const { before, after } = markOf(element, writer.before(), following, above.isInNote);
      if (before !== '') writer.put({ text: before }, context);
      return { ...context, suffix: after };
    }
    if (name === 'rt' && !following.some((node) => isElement(node) && node.name === 'rp')) {
      writer.mark('(');
      return { ...context, suffix: ')' };
    }
    return context;
  }

  #close({ name }: ElementNode, { suffix }: Context): void {
    if (suffix !== '') this.#writer.mark(suffix);
    if (BLOCKS.has(name)) this.#writer.boundary();
  }

  #text(node: TextNode, context: Context): void {
    this.#writer.text(node.text, node, context);
  }

  #context(element: ElementNode, above: Context): Context {
    const { name, attributes } = element;
    const own: Partial<Context> = {};
    const change = <K extends keyof Context>(key: K, value: Context[K]) => {
      if (value !== above[key]) own[key] = value;
    };
    change('suffix', '');
    change('isInSection', above.isInSection || SECTIONS.has(name));
    change('isHeader', above.isHeader || this.#isPageHeader(element, above));
    change('isInCode', above.isInCode || name === 'code');
    change('isInNote', above.isInNote || (name === 'a' && /^#|\bfn\b/.test(attributes['href'] ?? '')));
    change('quotes', Math.min(above.quotes + (name === 'blockquote' ? 1 : 0), MAX_QUOTES));
    change('heading', headingLevel(name) ?? above.heading);
    change('language', name === 'html' || name === 'body' ? '' : codeLanguage(element) || above.language);
    if (name === 'ol' || name === 'ul') {
      change('group', above.group ?? this.#groups++);
      change('list', { next: name === 'ol' ? Number(attributes['start'] ?? 1) || 1 : undefined });
    }
    if (name === 'li') Object.assign(own, this.#item(above));
    // Most elements change nothing, and deep pages have many.
    return Object.keys(own).length === 0 ? above : { ...above, ...own };
  }

  #isPageHeader(element: ElementNode, { isContent, isInSection }: Context): boolean {
    return !this.#choice.boilerplate && !isContent && !isInSection && isPageHeader(element);
  }

  #item({ group, list, item }: Context): Pick<Context, 'group' | 'list' | 'item'> {
    const bullet = list?.next === undefined ? '- ' : `${list.next++}. `;
    const outer = item?.indent ?? '';
    const indent = (outer + ' '.repeat(bullet.length)).slice(0, MAX_INDENT);
    const own: Item = { bullet: outer + bullet, indent };
    return { group: group ?? this.#groups++, list: undefined, item: own };
  }

  /** Written once, as LaTeX between dollars where the page has it. `false`: there is only its text. */
  *#formula(element: ElementNode, context: Context): Generator<void, boolean> {
    const formula = yield* formulaOf(element);
    if (formula === undefined) return element.name === 'script';
    const { pieces, isLatex, isDisplay } = formula;
    const mark = isDisplay ? '$$' : '$';
    const writer = this.#writer;
    if (pieces.every(({ text }) => text.trim() === '')) return true;
    writer.apart();
    if (isLatex) writer.put({ text: mark }, context);
    yield* writer.formula(pieces, isLatex, context);
    if (isLatex) writer.mark(mark);
    writer.apart();
    return true;
  }

  /** One fence around all the lines. */
  *#listing(element: ElementNode, { isContent, isHeader, language }: Context): Generator<void, undefined> {
    const code = new CodeReader();
    yield* code.read(element);
    if (code.pieces.every(({ text }) => text.trim() === '')) return undefined;
    const fence = '`'.repeat(Math.max(3, code.ticks + 1));
    const said = codeLanguage(element) || languageWithin(element) || language;
    const pieces = [{ text: `${fence}${said}\n` }, ...code.pieces, { text: `\n${fence}` }];
    this.#writer.add({ kind: 'code', prefix: '', indent: '', pieces, isContent, isHeader });
    return undefined;
  }

  *#table(table: ElementNode, context: Context): Generator<void, undefined> {
    const writer = this.#writer;
    writer.boundary();
    const inner = { ...context, item: undefined };
    // A caption, and what stands between the rows.
    yield* this.#beside(table, inner);
    const rows: Cell[][] = [];
    for (const row of rowsOf(table)) {
      const cells: Cell[] = [];
      if (!this.#isShown(row, inner)) continue;
      for (const cell of cellsOf(row)) {
        if (!this.#isShown(cell, inner)) continue;
        writer.openCell();
        yield* this.#walk(cell, inner);
        cells.push({ pieces: writer.closeCell(), ...spanOf(cell) });
      }
      if (cells.length > 0) rows.push(cells);
    }
    const { isContent, isHeader } = context;
    const shared = {
      kind: 'row',
      prefix: '',
      indent: '',
      isContent,
      isHeader,
      group: this.#groups++,
    } as const;
    if (rows.some((row) => row.some(({ pieces }) => pieces.length > 0)))
      for (const block of yield* tableBlocks(rows, shared)) writer.add(block);
    return undefined;
  }

  #isShown(element: ElementNode, context: Context): boolean {
    return !isLeftOut(element, this.#choice, this.#page, this.#content, context);
  }

  *#beside(table: ElementNode, context: Context): Generator<void, undefined> {
    for (const part of table.children) {
      if (!isElement(part) || !TABLE_PARTS.has(part.name)) yield* this.#part(part, context);
      else
        for (const row of part.children) {
          if (!isElement(row) || !TABLE_PARTS.has(row.name)) yield* this.#part(row, context);
          else for (const within of row.children) yield* this.#part(within, context);
        }
    }
    this.#writer.boundary();
  }

  *#part(part: PageNode, context: Context): Generator<void, undefined> {
    if (this.#toll.isDue(lengthOf(part))) yield;
    if (!isElement(part)) {
      this.#text(part, context);
      return undefined;
    }
    if (NO_PARTS.has(part.name)) return undefined;
    const inner = yield* this.#open(part, context);
    if (inner === undefined) return undefined;
    yield* this.#walk(part, inner);
    this.#close(part, inner);
    return undefined;
  }
}
