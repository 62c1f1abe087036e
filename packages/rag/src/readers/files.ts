import { readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { isMortiseError, MortiseError, type JsonObject } from '@mortise/core';
import { emitPoint, startSpan, type Span } from '@mortise/core/events';
import type { Reader, ReadOptions } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { markdownTitle } from '../splitters/sections.ts';
import { readFrontMatter } from './front-matter.ts';

export interface FilesReaderOptions {
  /** Paths, relative to `root` or absolute, read in this order. */
  files: readonly string[];
  /** Default: the working directory. */
  root?: string | undefined;
  /** The id of a document, by its path as given, with `/`. Default: that path. It must be the same in every run. */
  id?: ((path: string) => string) | undefined;
  /** Added to the metadata of every document. */
  metadata?: JsonObject | undefined;
}

/**
 * Text and Markdown files as documents, one at a time. Metadata: `path` (as given, with `/`), `mediaType`, `title`
 * (the front matter's, else the first heading of the first level) and the front matter's members. A document's text
 * begins after the front matter, at `bodyStart` of the file: a node's place in the file is its `start` plus that.
 */
export class FilesReader implements Reader {
  readonly #files: readonly string[];
  readonly #root: string;
  readonly #id: (path: string) => string;
  readonly #metadata: JsonObject;

  constructor(options: FilesReaderOptions) {
    this.#files = options.files;
    this.#root = options.root ?? '.';
    this.#id = options.id ?? ((path) => path);
    this.#metadata = options.metadata ?? {};
  }

  read(options: ReadOptions = {}): AsyncIterable<Document> {
    return readItems(
      async () => this.#files,
      (file, signal) => this.#document(file, signal),
      options,
    );
  }

  async #document(file: string, signal: AbortSignal | undefined): Promise<Document> {
    const path = file.replaceAll('\\', '/');
    const bytes = await readFile(posix.isAbsolute(path) ? file : join(this.#root, file), { signal });
    const text = decode(path, bytes);
    return toDocument(this.#id(path), path, text, this.#metadata);
  }
}

/**
 * The loop that readers over a list share: lazy, one item at a time, failures reported (D-01), one `ingest.read` span.
 */
export async function* readItems(
  list: () => Promise<readonly string[]>,
  read: (item: string, signal: AbortSignal | undefined) => Promise<Document>,
  { signal, onProgress, onError, parent }: ReadOptions,
): AsyncGenerator<Document> {
  signal?.throwIfAborted();
  const span = startSpan('ingest.read', { parent });
  let done = 0;
  let failed = 0;
  let end: () => void = () => span.fail(new MortiseError('aborted', 'The reader was left before its end.'));
  try {
    const items = await list();
    for (const item of items) {
      signal?.throwIfAborted();
      const document = await attempt(item, read, signal);
      if (isMortiseError(document)) {
        failed += 1;
        report(span, item, document, onError);
      }
      done += 1;
      onProgress?.({ done, failed, total: items.length, item });
      if (!isMortiseError(document)) yield document;
    }
    end = () => span.end({ documents: done - failed, failed });
  } catch (error) {
    end = () => span.fail(error);
    throw error;
  } finally {
    end();
  }
}

async function attempt(
  item: string,
  read: (item: string, signal: AbortSignal | undefined) => Promise<Document>,
  signal: AbortSignal | undefined,
): Promise<Document | MortiseError> {
  try {
    return await read(item, signal);
  } catch (error) {
    signal?.throwIfAborted();
    return fileError(item, error);
  }
}

function report(span: Span, item: string, error: MortiseError, onError: ReadOptions['onError']): void {
  emitPoint('warning', { type: 'unreadable', item, message: error.message }, span);
  onError?.({ item, error });
}

/** A failure of the file system in words. */
export function fileError(path: string, error: unknown): MortiseError {
  if (isMortiseError(error)) return error;
  const { code } = error as { code?: unknown };
  const found = Object.hasOwn(FILE_ERRORS, String(code)) ? FILE_ERRORS[code as string] : undefined;
  const [kind, text] = found ?? ['internal', error instanceof Error ? error.message : String(error)];
  return new MortiseError(kind, `${path} cannot be read: ${text}`, { cause: error });
}

const FILE_ERRORS: { readonly [code: string]: ['not-found' | 'permission' | 'invalid-request', string] } = {
  ENOENT: ['not-found', 'there is no such file. Check the path.'],
  EACCES: ['permission', 'access is denied. Check its permissions.'],
  EPERM: ['permission', 'access is denied. Check its permissions.'],
  EISDIR: ['invalid-request', 'it is a folder. Read it with a DirectoryReader.'],
  ELOOP: ['invalid-request', 'it is a symbolic link to itself.'],
};

/** UTF-8, or UTF-16 where a byte order mark says so. Anything else is refused rather than garbled. */
function decode(path: string, bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Told below, in words.
  }
  const message = `${path} cannot be read: it is not text in ${encoding}. Save it as UTF-8, or leave it out.`;
  throw new MortiseError('parse', message);
}

const MARKDOWN = /\.(md|mdx|markdown)$/i;

function toDocument(id: string, path: string, text: string, extra: JsonObject): Document {
  const isMarkdown = MARKDOWN.test(path);
  const frontMatter = isMarkdown ? readFrontMatter(text) : undefined;
  const body = text.slice(frontMatter?.bodyStart ?? 0);
  const title = isMarkdown ? markdownTitle(body) : undefined;
  const metadata: JsonObject = {
    ...(title === undefined ? {} : { title }),
    ...frontMatter?.metadata,
    ...extra,
    path,
    ...(frontMatter === undefined ? {} : { bodyStart: frontMatter.bodyStart }),
    mediaType: isMarkdown ? 'text/markdown' : 'text/plain',
  };
  return createDocument({
    id,
    text: body,
    metadata,
    excludedEmbedMetadataKeys: Object.keys(metadata).filter((key) => !EMBEDDED.has(key)),
    excludedLlmMetadataKeys: ['mediaType', 'bodyStart'],
  });
}

/** What says what a text is about; dates, weights and layouts only blur its vector. */
const EMBEDDED: ReadonlySet<string> = new Set(['title', 'description', 'tags', 'keywords', 'path']);
