import { assemble, contentOf } from './blocks.ts';
import { PageReader } from './page.ts';
import type { Range } from './places.ts';
import { survey, type HtmlParserModule } from './survey.ts';

/** How a page is read. */
export interface HtmlOptions {
  /** Keep navigation, headers, footers and asides. What is no text (scripts, styles, hidden elements) is left out anyway. Default: false. */
  boilerplate?: boolean | undefined;
}

/** What a page says. */
export interface HtmlText {
  /** Markdown: headings, lists, tables, code and quotes are marked up, nothing else. */
  readonly text: string;
  readonly title?: string;
  readonly description?: string;
  /** As the page says it, such as `en`. */
  readonly language?: string;
  /** Where a stretch of `text` stands in the HTML, exactly, in UTF-16 units; undefined for what stands nowhere. */
  sourceRange(range: Range): Range | undefined;
}

/**
 * The text of a page as Markdown. Where there is a `main`, or an `article`, only what is in it is read, else all but
 * navigation, headers, footers and asides. It takes one pass to see what there is and one to read it, in linear time.
 */
export async function readHtml(html: string, options: HtmlOptions = {}): Promise<HtmlText> {
  const parserModule: HtmlParserModule = await import('htmlparser2');
  const keepBoilerplate = options.boilerplate ?? false;
  const seen = survey(parserModule, html);
  const page = new PageReader(seen, keepBoilerplate);
  const parser = new parserModule.Parser({
    onopentag: (name, attributes) => page.open(name, attributes),
    onclosetag: (name) => page.close(name),
    ontext: (text) => page.text(text, { start: parser.startIndex, end: parser.endIndex + 1 }),
  });
  parser.end(html);
  page.end();
  const saysContent = seen.content !== undefined && !keepBoilerplate;
  const placed = assemble(keepBoilerplate ? page.blocks : contentOf(page.blocks, saysContent));
  const title = page.title.replace(/\s+/g, ' ').trim();
  return {
    text: placed.text,
    ...(title === '' ? {} : { title }),
    ...(page.description === undefined ? {} : { description: page.description }),
    ...(page.language === undefined ? {} : { language: page.language }),
    sourceRange: (range) => placed.sourceRange(range),
  };
}
