import { readHtml, type HtmlOptions } from '@mortise/html';

export const textOf = async (html: string, options?: HtmlOptions): Promise<string> =>
  (await readHtml(html, options)).text;
