import { decodeHtml, htmlFormat, readHtml, type HtmlOptions } from '@mortise/html';
import { formatTargets } from './formats.ts';
import { call, fuzz } from './fuzz.ts';

const page = '<html><title>t</title><body><h1>a</h1><p>b<table><tr><td>c</table></html>';
const bytes = () => new TextEncoder().encode(page);

fuzz('integrations/html', [
  ...formatTargets(
    'htmlFormat',
    (options: Parameters<typeof htmlFormat>[0]) => htmlFormat(options),
    () => ({ boilerplate: true, maxElements: 1_000, maxBytes: 10_000, encoding: 'utf-8' }),
    'a.html',
    bytes,
  ),
  call(
    'readHtml',
    () =>
      [page, { boilerplate: true, xml: false, maxElements: 1_000, signal: new AbortController().signal }] as [
        string,
        HtmlOptions,
      ],
    (html, options) => readHtml(html, options),
  ),
  call(
    'HtmlText.sourceRange',
    () => [{ start: 0, end: 1 }] as [{ start: number; end: number }],
    async (range) => (await readHtml(page)).sourceRange(range),
  ),
  call(
    'decodeHtml',
    () => ['a.html', bytes(), 'utf-8'] as [string, Uint8Array, string],
    (path, given, encoding) => decodeHtml(path, given, encoding),
  ),
]);
