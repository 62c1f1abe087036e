import { MortiseError, type JsonObject } from '@mortise/core';
import {
  checkedFormat,
  readBytes,
  type FileFormat,
  type ReadCall,
  type SourceFile,
} from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';
import { checkOptions, oneOf, wholeNumber } from '@mortise/core/shared';
import { missingError, damageError, lackError, pageError, withoutPages, withoutText } from './failures.ts';
import type { Lack, Opened } from './messages.ts';
import { PdfSession } from './session.ts';
import { PdfThreads } from './threads.ts';

export interface PdfOptions {
  /** `pages`: a document for each page. `file`: one document, with `metadata.pageStarts`. Default: `pages`. */
  documents?: 'pages' | 'file' | undefined;
  /**
   * `media`: all text of a page. `crop`: only what lies within its crop box, which is what viewers show, without printers'
   * marks and what was cut away. Default: `media`.
   */
  box?: 'media' | 'crop' | undefined;
  /** For files that are encrypted. */
  password?: string | undefined;
  /** Bytes that a file may have; a larger one is `parse`. Default: 256 MiB. */
  maxBytes?: number | undefined;
  /** Milliseconds that opening a file may take, and reading each page; past them it is `timeout`. Default: 30,000. */
  pageTimeoutMs?: number | undefined;
  /** MiB of memory that reading may take, besides the bytes of the file; past them a page is `parse`. Default: 512. */
  maxMemoryMb?: number | undefined;
}

/**
 * PDF files. A document for each page that has text, with `metadata.page` from 1; or one of the whole file, its pages
 * apart by an empty line, with `metadata.pageStarts`, from which a splitter gives each chunk its `page`. Besides: `title`
 * and `author` where the file has them, `pages`, `path` and `mediaType`.
 *
 * The text of a page is what is drawn on it, line by line, with words mended that were cut at the ends of
 * lines. Below it stand the form's fields that have a value, a line each as `label: value`, and below these what readers
 * wrote onto the page, a paragraph each: free text as it stands, notes as `Note (author) on “marked text”: words`.
 *
 * A node's `start` and `end` are places in that text: in the file itself text has no order and no offsets.
 *
 * Pages are read one at a time, in a thread. A page that cannot be read is reported, and one without text as well, with
 * what it lacks (`unsupported`); a page past a bound ends its thread, and the next one is read by another. A file that
 * gives nothing at all is an error: `parse` (damaged, too large), `permission` (encrypted), `unsupported` (a scan) or
 * `timeout`.
 */
export function pdfFormat(given: PdfOptions = {}): FileFormat {
  const options = checkOptions(given, 'configuration');
  const { documents = 'pages', box = 'media', password } = options;
  const settings: Settings = {
    documents: oneOf('documents', documents, ['pages', 'file']),
    box: oneOf('box', box, ['media', 'crop']),
    password,
    maxBytes: wholeNumber('maxBytes', options.maxBytes ?? 256 * 1024 * 1024),
    // What a timer can hold.
    timeoutMs: wholeNumber('pageTimeoutMs', options.pageTimeoutMs ?? 30_000, { most: 2 ** 31 - 1 }),
    memoryMb: wholeNumber('maxMemoryMb', options.maxMemoryMb ?? 512, { least: 32 }),
  };
  const threads = new PdfThreads(settings);
  return checkedFormat({
    // Of what is read within its bounds: what is not has failed, and is read again.
    fingerprint: `mortise-pdf-1 ${settings.documents} ${settings.box}`,
    read: (file, call) => readPdf(file, settings, threads, call),
  });
}

interface Settings {
  readonly documents: 'pages' | 'file';
  readonly box: 'media' | 'crop';
  readonly password: string | undefined;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

async function* readPdf(
  file: SourceFile,
  settings: Settings,
  threads: PdfThreads,
  call: ReadCall,
): AsyncGenerator<Document> {
  const { path } = file;
  call.signal?.throwIfAborted();
  const bytes = await readBytes(file, { maxBytes: settings.maxBytes, signal: call.signal });
  call.signal?.throwIfAborted();
  if (bytes.length === 0) throw new MortiseError('parse', `${path} cannot be read: it is empty.`);
  const session = new PdfSession({ path, bytes, threads, ...settings, signal: call.signal });
  try {
    const opened = await session.open();
    if (opened.missing !== undefined) call.report({ item: path, error: missingError(path, opened.missing) });
    const pages = pagesOf(session, opened.pages, file, call);
    yield* settings.documents === 'file' ? asFile(file, opened, pages) : asPages(file, opened, pages);
  } finally {
    await session.close();
  }
}

/** Every page and its text, `''` where there is none; ends with an error when no page has any. */
async function* pagesOf(
  session: PdfSession,
  pages: number,
  { path }: SourceFile,
  call: ReadCall,
): AsyncGenerator<[page: number, text: string]> {
  let hasText = false;
  let firstCause: unknown;
  const report = (page: number, error: MortiseError): void => call.report({ item: `${path}#${page}`, error });
  // Of a file without any text, that is said once, and not of each page.
  let lacks: [page: number, lack: Lack][] = [];
  const seen = new Set<Lack>();
  for (let page = 1; page <= pages; page++) {
    call.signal?.throwIfAborted();
    let text = '';
    try {
      const { lack, damage, ...read } = await session.read(page);
      text = read.text;
      if (damage !== undefined) report(page, damageError(path, page, damage));
      if (lack !== undefined) {
        seen.add(lack);
        lacks.push([page, lack]);
      }
    } catch (cause) {
      call.signal?.throwIfAborted();
      firstCause ??= cause;
      report(page, pageError(path, page, session.bounds, cause));
    }
    hasText ||= text !== '';
    if (hasText) {
      for (const [lacking, lack] of lacks) report(lacking, lackError(path, lacking, lack));
      lacks = [];
    }
    yield [page, text];
  }
  if (hasText) return;
  if (seen.size > 0 || firstCause === undefined) throw withoutText(path, seen);
  throw withoutPages(path, pages, session.bounds, firstCause);
}

async function* asPages(
  file: SourceFile,
  opened: Opened,
  texts: AsyncIterable<[number, string]>,
): AsyncGenerator<Document> {
  const { pages } = opened;
  for await (const [page, text] of texts) {
    if (text !== '') yield toDocument(file, `${file.id}#${page}`, text, opened, { page, pages });
  }
}

async function* asFile(
  file: SourceFile,
  opened: Opened,
  texts: AsyncIterable<[number, string]>,
): AsyncGenerator<Document> {
  const pageStarts: number[] = [];
  const parts: string[] = [];
  let length = 0;
  for await (const [, text] of texts) {
    pageStarts.push(length);
    parts.push(text);
    length += text.length + BETWEEN_PAGES.length;
  }
  yield toDocument(file, file.id, parts.join(BETWEEN_PAGES), opened, { pages: opened.pages, pageStarts });
}

const BETWEEN_PAGES = '\n\n';

function toDocument(
  { path }: SourceFile,
  id: string,
  text: string,
  { title, author }: Opened,
  own: JsonObject,
): Document {
  return createDocument({
    id,
    text,
    metadata: {
      ...(title === undefined ? {} : { title }),
      ...(author === undefined ? {} : { author }),
      path,
      ...own,
      mediaType: 'application/pdf',
    },
    excludedEmbedMetadataKeys: ['author', 'page', 'pages', 'pageStarts', 'mediaType'],
    excludedLlmMetadataKeys: ['pages', 'pageStarts', 'mediaType'],
  });
}
