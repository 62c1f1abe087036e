import { checkOptions } from '@mortise/core/shared';
import type { JsonObject } from '@mortise/core';
import { checkedFormat, readText, type FileFormat, type SourceFile } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { markdownTitle } from '../splitters/sections.ts';
import { readFrontMatter } from './front-matter.ts';
import { excluded } from './shown.ts';
import { boundOf, type WholeFileOptions } from './whole-file.ts';

/** A file as one document, as it stands. */
export function textFormat(given: WholeFileOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const maxBytes = boundOf(options);
  return checkedFormat({
    fingerprint: 'mortise-text-1',
    async *read(file, { signal }) {
      const text = await readText(file, { maxBytes, signal });
      yield toDocument(file, text, { path: file.path, mediaType: 'text/plain' });
    },
  });
}

/**
 * Markdown as one document. Metadata: `title` (the front matter's, else the first heading of the first level) and the
 * front matter's members. The text begins after the front matter, at `bodyStart` of the file.
 */
export function markdownFormat(given: WholeFileOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const maxBytes = boundOf(options);
  return checkedFormat({
    fingerprint: 'mortise-markdown-2',
    async *read(file, { signal }) {
      const text = await readText(file, { maxBytes, signal });
      const frontMatter = readFrontMatter(text);
      const body = text.slice(frontMatter?.bodyStart ?? 0);
      const title = markdownTitle(body);
      yield toDocument(file, body, {
        ...(title === undefined ? {} : { title }),
        ...frontMatter?.metadata,
        path: file.path,
        ...(frontMatter === undefined ? {} : { bodyStart: frontMatter.bodyStart }),
        mediaType: 'text/markdown',
      });
    },
  });
}

function toDocument({ id }: SourceFile, text: string, metadata: JsonObject): Document {
  return createDocument({ id, text, metadata, ...excluded(metadata) });
}
