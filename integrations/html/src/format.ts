import { MortiseError } from '@mortise/core';
import { runInSlices, timeSlices } from '@mortise/core/call';
import { checkedFormat, readBytes, type FileFormat } from '@mortise/core/reader';
import { createDocument } from '@mortise/core/retriever';
import { checkOptions, reading, shown, wholeNumber } from '@mortise/core/shared';
import type { Page } from './builder.ts';
import { decodePieces, knownEncoding } from './charset.ts';
import { readPage, type HtmlOptions } from './html.ts';

/** How HTML files are read. */
export interface HtmlFormatOptions extends Pick<HtmlOptions, 'boilerplate' | 'maxElements'> {
  /**
   * The encoding of pages that are not UTF-8 and do not say theirs, by a label of the encoding standard such as
   * `windows-1252`. Default: none, they are refused.
   */
  encoding?: string | undefined;
  /** The bytes that a file may have; a larger one is `parse`. Default: 64 MiB. */
  maxBytes?: number | undefined;
}

const MIB = 1_048_576;

/**
 * HTML files, each as one document: its text is the Markdown that `readHtml` makes of it, so that a splitter cuts at its
 * headings and keeps their path. Metadata: `title`, `description`, `language`, `path`, `mediaType` (that of the text,
 * `text/markdown`) and `sourceMediaType`.
 *
 * A file that has no text, such as one that scripts build, is `parse`; so is one that is larger than `maxBytes`. A node's
 * `start` and `end` are places in the text; `readHtml(html).sourceRange(node)` gives those in the file.
 */
export function htmlFormat(given: HtmlFormatOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const { encoding } = options;
  const boilerplate = options.boilerplate === true;
  const maxBytes = wholeNumber('maxBytes', options.maxBytes ?? 64 * MIB);
  const maxElements = wholeNumber('maxElements', options.maxElements ?? 1_000_000);
  const otherwise = encoding === undefined ? undefined : checkEncoding(encoding);
  return checkedFormat({
    fingerprint: `mortise-html-2 ${JSON.stringify([boilerplate, otherwise ?? null])}`,
    async *read(file, { signal }) {
      const { id, path } = file;
      const bytes = await readBytes(file, { maxBytes, signal });
      const html = await runInSlices(decodePieces(path, bytes, { otherwise }), timeSlices(signal));
      const xml = /\.(?:xhtml?|xht)$/i.test(path) || undefined;
      const { text: read, page } = await readPage(html, { boilerplate, xml, maxElements, signal });
      const { text, title, description, language } = read;
      if (text === '' && html.trim() !== '') throw withoutText(path, page);
      const metadata = {
        ...(title === undefined ? {} : { title }),
        ...(description === undefined ? {} : { description }),
        path,
        ...(language === undefined ? {} : { language }),
        mediaType: 'text/markdown',
        sourceMediaType: 'text/html',
      };
      yield createDocument({
        id,
        text,
        metadata,
        excludedEmbedMetadataKeys: ['language', 'mediaType', 'sourceMediaType'],
        excludedLlmMetadataKeys: ['mediaType', 'sourceMediaType'],
      });
    },
  });
}

/**
 * The bytes of a page as text: by its byte order mark; else as UTF-8 where they are, whatever the page says; else by the
 * encoding that it names in its first 64 KiB (`<?xml encoding>`, `<meta charset>` or `http-equiv`), else by `encoding`. Bytes
 * that are not text in that encoding, or are not UTF-8 and name none, are `parse`.
 */
export function decodeHtml(path: string, bytes: Uint8Array, encoding?: string): string {
  const otherwise = encoding === undefined ? undefined : checkEncoding(encoding);
  return reading('The page', () => {
    if (!(bytes instanceof Uint8Array)) throw new TypeError('it is no Uint8Array');
    const pieces = decodePieces(path, bytes, { otherwise });
    for (;;) {
      const { done, value } = pieces.next();
      if (done === true) return value;
    }
  });
}

function checkEncoding(label: string): string {
  const known = knownEncoding(label);
  if (known !== undefined) return known;
  const message = `encoding is ${shown(label)}, which nothing here can decode. Use a label of the encoding standard (https://encoding.spec.whatwg.org/#names-and-labels).`;
  throw new MortiseError('configuration', message);
}

function withoutText(path: string, { scripts, frames, root }: Page): MortiseError {
  const [why, remedy] =
    scripts > 0
      ? [
          'scripts build it, and nothing is run here',
          'Let a browser render the page, and save what it has then',
        ]
      : frames > 0
        ? ['its text is in other files, in frames', 'Read those']
        : root.children.some((child) => 'name' in child)
          ? ['there are only tags in it', 'Leave it out, or see whether it was saved whole']
          : ['there is nothing but comments in it', 'Leave it out, or see whether it was saved whole'];
  return new MortiseError('parse', `${path} has no text: ${why}. ${remedy}.`);
}
