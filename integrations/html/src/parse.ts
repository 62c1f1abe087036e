import type { TimeSlices } from '@mortise/core/call';
import type { Tokenizer, TokenizerCallbacks } from 'htmlparser2';
import { TreeBuilder, type Page } from './builder.ts';
import { declaredEntities, doctypeEnd } from './doctype.ts';

/** The part of `htmlparser2` that is used. */
export interface HtmlParserModule {
  readonly Tokenizer: new (
    options: { readonly recognizeSelfClosing?: boolean; readonly xmlMode?: boolean },
    callbacks: TokenizerCallbacks,
  ) => Tokenizer;
}

/** What is handed to the tokenizer at once, in UTF-16 units. */
const PIECE = 32_768;

/** Where a page that is XML says so: in its first line, or in the element that holds everything. */
const XML = /^\ufeff?\s*<\?xml\s|<html\s[^>]*\bxmlns\s*=\s*["']?http:\/\/www\.w3\.org\/1999\/xhtml/i;

export function isXml(html: string): boolean {
  return XML.test(html.slice(0, 4096));
}

/**
 * The elements of a page, in linear time however deep they are. It is read as HTML is, unclosed and misplaced tags included;
 * in XML, a tag that ends in `/>` is an empty element, and there are CDATA sections.
 */
export async function parsePage(
  { Tokenizer }: HtmlParserModule,
  html: string,
  { xml, maxElements }: { readonly xml: boolean; readonly maxElements: number },
  slices: TimeSlices,
): Promise<Page> {
  const from = xml ? doctypeEnd(html) : 0;
  const builder = new TreeBuilder(html, from, xml, declaredEntities(html.slice(0, from)), maxElements);
  const tokenizer = new Tokenizer({ recognizeSelfClosing: xml }, builder);
  for (let at = from; at < html.length;) {
    const end = pieceEnd(html, at);
    tokenizer.write(html.slice(at, end));
    at = end;
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  tokenizer.end();
  return builder.page;
}

/** Behind a tag where there is one near, so that no reference is cut. */
function pieceEnd(html: string, at: number): number {
  const end = at + PIECE;
  if (end >= html.length) return html.length;
  const tag = html.slice(end, end + 1024).indexOf('>');
  return tag < 0 ? end : end + tag + 1;
}
