import { MortiseError } from '@mortise/core';
import { runInSlices, timeSlices, type TimeSlices } from '@mortise/core/call';
import { checkOptions, reading, shown, wholeNumber } from '@mortise/core/shared';
import { assemble, contentOf } from './blocks.ts';
import type { Page } from './builder.ts';
import { PageReader } from './page.ts';
import { isXml, parsePage, type HtmlParserModule } from './parse.ts';
import { PlacedText, type Range } from './places.ts';
import { survey } from './survey.ts';
import type { Choice } from './visible.ts';

/** How a page is read. */
export interface HtmlOptions {
  /**
   * Keep navigation, headers, footers and asides. Elements without text (scripts, styles, hidden elements) are always left out.
   * Default: false.
   */
  boilerplate?: boolean | undefined;
  /** It is XML: `<title/>` is an empty element. Default: as the page says by `<?xml` or by the namespace of XHTML. */
  xml?: boolean | undefined;
  /** The elements that a page may have; one with more is `parse`. Each takes about 200 bytes. Default: 1,000,000. */
  maxElements?: number | undefined;
  /** Looked at every few milliseconds; rejects with its reason. */
  signal?: AbortSignal | undefined;
}

/** What a page says. */
export interface HtmlText {
  /** Markdown: headings, lists, tables, code, quotes and formulas are marked up, nothing else. */
  readonly text: string;
  readonly title?: string;
  readonly description?: string;
  /** As the page says it, such as `en`. */
  readonly language?: string;
  /** Where a stretch of `text` stands in the HTML, exactly, in UTF-16 units; undefined for what stands nowhere. */
  sourceRange(range: Range): Range | undefined;
}

/**
 * The text of a page as Markdown. Where there is a `main`, or an `article`, all that is in it is read, else all but
 * navigation, headers, footers and asides; where that would be nothing, these too. It takes linear time, and lets others
 * have their turn every few milliseconds.
 */
export async function readHtml(html: string, given: HtmlOptions = {}): Promise<HtmlText> {
  const options = checkOptions(given);
  if (typeof html !== 'string')
    throw new MortiseError('invalid-request', `The page is ${shown(html)}; it takes a string.`);
  const { text } = await readPage(html, options);
  return text;
}

/** The same, with the page that the text is of. */
export async function readPage(html: string, options: HtmlOptions): Promise<{ text: HtmlText; page: Page }> {
  const { boilerplate = false, xml = isXml(html), signal } = options;
  const maxElements = wholeNumber('maxElements', options.maxElements ?? 1_000_000, {
    code: 'invalid-request',
  });
  const slices = timeSlices(signal);
  const parser: HtmlParserModule = await import('htmlparser2');
  let page = await parsePage(parser, html, { xml, maxElements }, slices);
  let placed = await write(page, boilerplate, slices);
  // A tag that swallows all that follows was meant to be empty.
  if (placed.isEmpty && !xml && html.includes('/>')) {
    page = await parsePage(parser, html, { xml: true, maxElements }, slices);
    placed = await write(page, boilerplate, slices);
  }
  const title = page.title.replace(/\s+/g, ' ').trim();
  const { description, language } = page;
  const text = {
    text: placed.text,
    ...(title === '' ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(language === undefined ? {} : { language }),
    sourceRange: (range: Range) => reading('The range', () => placed.sourceRange(range)),
  };
  return { text, page };
}

/** The content; where there is none, what is around it; where there is none either, what is hidden. */
async function write(page: Page, boilerplate: boolean, slices: TimeSlices): Promise<PlacedText> {
  const choices: readonly Choice[] = [
    { boilerplate, hidden: false },
    { boilerplate: true, hidden: false },
    { boilerplate: true, hidden: true },
  ];
  const content = await runInSlices(survey(page), slices);
  for (const choice of choices) {
    const blocks = await runInSlices(new PageReader(page, content, choice).read(), slices);
    const saysContent = content.roots.size > 0 && !choice.boilerplate;
    const placed = await runInSlices(
      assemble(choice.boilerplate ? blocks : contentOf(blocks, saysContent)),
      slices,
    );
    if (!placed.isEmpty) return placed;
  }
  return new PlacedText();
}
