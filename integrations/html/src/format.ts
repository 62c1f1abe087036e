import { decodeText, type FileFormat } from '@mortise/core/reader';
import { createDocument } from '@mortise/core/retriever';
import { readHtml, type HtmlOptions } from './html.ts';

/**
 * HTML files, each as one document: its text is the Markdown that `readHtml` makes of it, so that a splitter cuts at its
 * headings and keeps their path. Metadata: `title`, `description`, `language`, `path`, `mediaType` (that of the text,
 * `text/markdown`) and `sourceMediaType`.
 *
 * A node's `start` and `end` are places in that text; `readHtml(html).sourceRange(node)` gives those in the file.
 */
export function htmlFormat(options: HtmlOptions = {}): FileFormat {
  return {
    async *read(file) {
      const { id, path } = file;
      const html = decodeHtml(path, await file.bytes());
      const { text, title, description, language } = await readHtml(html, options);
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
  };
}

/**
 * The bytes of a page as text: by its byte order mark, else by the `charset` in its first 1,024 bytes, else as UTF-8.
 * Bytes that are none in that encoding are `parse`.
 */
export function decodeHtml(path: string, bytes: Uint8Array): string {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 1024));
  const charset = /<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w-]+)/i.exec(head)?.[1];
  return decodeText(path, bytes, charset !== undefined && isKnown(charset) ? charset : undefined);
}

function isKnown(encoding: string): boolean {
  try {
    // A page that can be read as ASCII up to here is not in UTF-16, whatever it says.
    return !new TextDecoder(encoding).encoding.startsWith('utf-16');
  } catch {
    return false;
  }
}
