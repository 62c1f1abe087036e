import type { Parser, ParserOptions, Handler } from 'htmlparser2';
import { isMain, type Attributes } from './elements.ts';

/** The part of `htmlparser2` that is used. */
export interface HtmlParserModule {
  readonly Parser: new (handler: Partial<Handler>, options?: ParserOptions) => Parser;
}

/** What has to be known of a page before it is read. */
export interface Survey {
  /** Which element holds the content, where the page says so. */
  readonly content: 'main' | 'article' | undefined;
  /** Tables that hold tables, by their number: they lay out a page, and are no tables. */
  readonly layoutTables: ReadonlySet<number>;
}

export function survey({ Parser }: HtmlParserModule, html: string): Survey {
  const layoutTables = new Set<number>();
  const open: number[] = [];
  let tables = 0;
  let hasMain = false;
  let articles = 0;
  const parser = new Parser({
    onopentag(name: string, attributes: Attributes) {
      hasMain ||= isMain(name, attributes);
      if (name === 'article') articles += 1;
      if (name !== 'table') return;
      const outer = open.at(-1);
      if (outer !== undefined) layoutTables.add(outer);
      if (attributes['role'] === 'presentation' || attributes['role'] === 'none') layoutTables.add(tables);
      open.push(tables++);
    },
    onclosetag(name: string) {
      if (name === 'table') open.pop();
    },
  });
  parser.end(html);
  return { content: hasMain ? 'main' : articles > 0 ? 'article' : undefined, layoutTables };
}
