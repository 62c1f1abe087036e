export { decodeHtml, htmlFormat } from './format.ts';
export { readHtml, type HtmlOptions, type HtmlText } from './html.ts';
export type { Range } from './places.ts';
