import type { Block } from './blocks.ts';
import {
  BLOCKS,
  codeLanguage,
  headingLevel,
  isBoilerplate,
  isMain,
  isPageHeader,
  isWithoutText,
  type Attributes,
} from './elements.ts';
import type { Piece } from './places.ts';
import type { Survey } from './survey.ts';

/** An element that is open, with what it hands down to those in it: no step looks through all that are open. */
interface Frame {
  readonly name: string;
  readonly isSkipped: boolean;
  readonly isContent: boolean;
  readonly isHeader: boolean;
  readonly isCode: boolean;
  readonly quotes: number;
  readonly group: number | undefined;
  readonly heading?: number | undefined;
  readonly list?: List | undefined;
  readonly item?: Item | undefined;
  readonly table?: Table | undefined;
}

/** The number of its next item, undefined for bullets. */
interface List {
  next: number | undefined;
}

/** What stands before its first line, and before the others. */
interface Item {
  bullet: string | undefined;
  readonly indent: string;
}

/** Its rows so far; undefined for one that lays out a page. */
interface Table {
  rows: number | undefined;
}

const ROOT: Frame = {
  name: '',
  isSkipped: false,
  isContent: false,
  isHeader: false,
  isCode: false,
  quotes: 0,
  group: undefined,
};

/** What is deeper is marked no deeper: marks on every line would make a long text of a deep one. */
const MAX_QUOTES = 8;
const MAX_INDENT = 32;

/** Takes the events of a parser, and makes blocks of them. */
export class PageReader {
  readonly blocks: Block[] = [];
  title = '';
  language: string | undefined;
  description: string | undefined;

  readonly #survey: Survey;
  readonly #keepBoilerplate: boolean;
  readonly #stack: Frame[] = [ROOT];
  #tables = 0;
  #groups = 0;
  #block: Block | undefined;
  /** A row that is open, with the number of its cells; within it nothing begins a block. */
  #row: { readonly table: Table; cells: number; readonly depth: number } | undefined;
  /** White space that is shown if text follows. */
  #space: Piece | undefined;
  #codeLanguage = '';

  constructor(survey: Survey, keepBoilerplate: boolean) {
    this.#survey = survey;
    this.#keepBoilerplate = keepBoilerplate;
  }

  open(name: string, attributes: Attributes): void {
    const above = this.#top();
    if (name === 'html') this.language = attributes['lang']?.trim() || undefined;
    if (name === 'meta' && attributes['name']?.toLowerCase() === 'description')
      this.description = attributes['content']?.trim() || undefined;
    if (BLOCKS.has(name)) this.#boundary();
    const frame = this.#frame(name, attributes, above);
    this.#stack.push(frame);
    if (frame.isSkipped) return;
    if (name === 'br') this.#break();
    if (name === 'img') this.text(attributes['alt'] ?? '', undefined);
    if (name === 'code' && !frame.isCode) this.#put({ text: '`' }, true);
    if (name === 'tr') this.#openRow();
    if ((name === 'td' || name === 'th') && this.#isOwnCell()) this.#openCell();
    if (frame.isCode && codeLanguage(attributes) !== '') this.#codeLanguage = codeLanguage(attributes);
  }

  close(name: string): void {
    const frame = this.#stack.length > 1 ? this.#stack.pop() : undefined;
    if (frame === undefined || frame.isSkipped) return;
    if (name === 'code' && !frame.isCode && this.#block !== undefined) this.#block.pieces.push({ text: '`' });
    if (name === 'tr' && this.#row?.depth === this.#stack.length) this.#closeRow();
    if (BLOCKS.has(name)) this.#boundary();
    if (name === 'pre') this.#codeLanguage = '';
  }

  /** `places`: where it stands in the source; none for what stands in an attribute. */
  text(text: string, places: { readonly start: number; readonly end: number } | undefined): void {
    const frame = this.#top();
    if (frame.isSkipped) return;
    if (frame.name === 'title') {
      this.title += text;
      return;
    }
    if (frame.isCode && this.#row === undefined) return this.#code(text, places);
    const isVerbatim = places !== undefined && places.end - places.start === text.length;
    for (const { 0: run, index } of text.matchAll(/[ \t\r\n\f\u00a0]+|[^ \t\r\n\f\u00a0]+/g)) {
      const place = isVerbatim
        ? { start: places.start + index, end: places.start + index + run.length }
        : places;
      if (/[ \t\r\n\f\u00a0]/.test(run.charAt(0))) {
        this.#space ??= { text: ' ', ...place };
      } else {
        this.#put({ text: run, ...place }, true);
      }
    }
  }

  end(): void {
    while (this.#stack.length > 1) this.close(this.#top().name);
    this.#boundary();
  }

  #top(): Frame {
    return this.#stack.at(-1) as Frame;
  }

  #frame(name: string, attributes: Attributes, above: Frame): Frame {
    const isContent =
      above.isContent || (this.#survey.content === 'article' ? name === 'article' : isMain(name, attributes));
    const isSkipped =
      above.isSkipped ||
      isWithoutText(name, attributes) ||
      (!this.#keepBoilerplate && isBoilerplate(name, attributes));
    const frame: Frame = {
      ...above,
      name,
      isSkipped,
      isContent,
      isHeader: above.isHeader || (!this.#keepBoilerplate && !isContent && isPageHeader(name, attributes)),
      isCode: above.isCode || name === 'pre',
      quotes: Math.min(above.quotes + (name === 'blockquote' ? 1 : 0), MAX_QUOTES),
      heading: headingLevel(name) ?? above.heading,
    };
    if (name === 'ol' || name === 'ul') {
      const next = name === 'ol' ? Number(attributes['start'] ?? 1) || 1 : undefined;
      return { ...frame, group: above.group ?? this.#groups++, list: { next } };
    }
    if (name === 'li') return this.#item(frame, above);
    if (name === 'table') {
      const isTable = !this.#survey.layoutTables.has(this.#tables++) && this.#row === undefined;
      return isTable
        ? { ...frame, group: this.#groups++, table: { rows: 0 } }
        : { ...frame, table: { rows: undefined } };
    }
    return frame;
  }

  #item(frame: Frame, { group, list, item }: Frame): Frame {
    const bullet = list?.next === undefined ? '- ' : `${list.next++}. `;
    const outer = item?.indent ?? '';
    const indent = (outer + ' '.repeat(bullet.length)).slice(0, MAX_INDENT);
    return {
      ...frame,
      group: group ?? this.#groups++,
      list: undefined,
      item: { bullet: outer + bullet, indent },
    };
  }

  /** The block that is open ends here. In a row it is only a space. */
  #boundary(): void {
    if (this.#row !== undefined) {
      this.#space ??= { text: ' ' };
      return;
    }
    const block = this.#block;
    this.#block = undefined;
    this.#space = undefined;
    if (block === undefined) return;
    if (block.kind === 'code') this.#closeCode(block);
    else if (block.pieces.some(({ text }) => text.trim() !== '' && text !== '`')) this.blocks.push(block);
  }

  #break(): void {
    if (this.#row !== undefined) this.#space ??= { text: ' ' };
    else if (this.#top().isCode) this.#code('\n', undefined);
    else if (this.#block?.kind === 'heading') this.#space ??= { text: ' ' };
    else if (this.#block !== undefined) {
      this.#space = undefined;
      this.#block.pieces.push({ text: '\n' });
    }
  }

  #put(piece: Piece, spaced: boolean): void {
    const block = (this.#block ??= this.#begin());
    const last = block.pieces.at(-1);
    if (
      spaced &&
      this.#space !== undefined &&
      last !== undefined &&
      last.text !== '\n' &&
      !last.text.endsWith(' ')
    )
      block.pieces.push(this.#space);
    this.#space = undefined;
    block.pieces.push(this.#row === undefined ? piece : escaped(piece));
  }

  #begin(): Block {
    const { isContent, isHeader, quotes, group, heading, item } = this.#top();
    const quote = '> '.repeat(quotes);
    const shared = { pieces: [], isContent, isHeader };
    if (heading !== undefined)
      return { ...shared, kind: 'heading', prefix: `${'#'.repeat(heading)} `, indent: '' };
    if (item === undefined) return { ...shared, kind: 'text', prefix: quote, indent: quote };
    const { bullet, indent } = item;
    item.bullet = undefined;
    return {
      ...shared,
      kind: bullet === undefined ? 'text' : 'item',
      prefix: quote + (bullet ?? indent),
      indent: quote + indent,
      ...(group === undefined ? {} : { group }),
    };
  }

  #code(text: string, places: { readonly start: number; readonly end: number } | undefined): void {
    if (this.#block?.kind !== 'code') {
      this.#boundary();
      const { isContent, isHeader } = this.#top();
      this.#block = { kind: 'code', prefix: '', indent: '', pieces: [], isContent, isHeader };
    }
    this.#block.pieces.push({ text, ...places });
  }

  #closeCode(block: Block): void {
    const text = block.pieces.map((piece) => piece.text).join('');
    if (text.trim() === '') return;
    const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
    const fence = '`'.repeat(longest + 1);
    // The line end after the tag is no part of the text.
    const [first, ...others] = block.pieces as [Piece, ...Piece[]];
    const lead = /^\r?\n/.exec(first.text)?.[0].length ?? 0;
    const opened = {
      ...first,
      text: first.text.slice(lead),
      ...(first.start === undefined ? {} : { start: first.start + lead }),
    };
    const end = /\n\s*$/.test(text) ? '' : '\n';
    const pieces = [
      { text: `${fence}${this.#codeLanguage}\n` },
      opened,
      ...others,
      { text: `${end}${fence}` },
    ];
    this.blocks.push({ ...block, pieces });
  }

  #openRow(): void {
    const { table } = this.#top();
    if (table?.rows === undefined || this.#row !== undefined) return;
    this.#boundary();
    const { isContent, isHeader, group } = this.#top();
    this.#block = {
      kind: 'row',
      prefix: '',
      indent: '',
      pieces: [],
      isContent,
      isHeader,
      ...(group === undefined ? {} : { group }),
    };
    this.#row = { table, cells: 0, depth: this.#stack.length - 1 };
  }

  /** Not one of a table within a cell. */
  #isOwnCell(): boolean {
    return this.#row !== undefined && this.#top().table === this.#row.table;
  }

  #openCell(): void {
    if (this.#row === undefined) return;
    this.#space = undefined;
    this.#block?.pieces.push({ text: this.#row.cells === 0 ? '| ' : ' | ' });
    this.#row.cells += 1;
  }

  #closeRow(): void {
    const row = this.#row;
    const block = this.#block;
    this.#row = undefined;
    this.#block = undefined;
    this.#space = undefined;
    if (row === undefined || block === undefined || row.cells === 0) return;
    const { table, cells } = row;
    block.pieces.push({ text: ' |' });
    this.blocks.push(block);
    // Markdown wants a header: the first row is taken for it.
    if (table.rows === 0) this.blocks.push({ ...block, pieces: [{ text: `|${' --- |'.repeat(cells)}` }] });
    table.rows = (table.rows ?? 0) + 1;
  }
}

/** A bar would be the end of a cell. */
function escaped(piece: Piece): Piece {
  return piece.text.includes('|') ? { ...piece, text: piece.text.replaceAll('|', '\\|') } : piece;
}
