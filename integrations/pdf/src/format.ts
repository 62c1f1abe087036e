import { MortiseError, type JsonObject } from '@mortise/core';
import type { FileFormat, ReadCall, SourceFile } from '@mortise/core/reader';
import { createDocument, type Document } from '@mortise/core/retriever';

export interface PdfOptions {
  /** `pages`: a document for each page. `file`: one document, with `metadata.pageStarts`. Default: `pages`. */
  documents?: 'pages' | 'file' | undefined;
  /** For files that are encrypted. */
  password?: string | undefined;
}

/**
 * PDF files. A document for each page that has text, with `metadata.page` from 1; or one of the whole file, its pages
 * apart by an empty line, with `metadata.pageStarts`, from which a splitter gives each chunk its `page`. Besides: `title`
 * and `author` where the file has them, `pages`, `path` and `mediaType`.
 *
 * A node's `start` and `end` are places in the text of its document, as pdf.js puts it together: in the file itself text
 * has no order and no offsets. Pages are read one at a time, and one that cannot be read is reported. A file without any
 * text, such as a scan, is reported as `unsupported`.
 */
export function pdfFormat(options: PdfOptions = {}): FileFormat {
  return { read: (file, call) => readPdf(file, options, call) };
}

async function* readPdf(
  file: SourceFile,
  { documents = 'pages', password }: PdfOptions,
  call: ReadCall,
): AsyncGenerator<Document> {
  const pdf = await openPdf(file, password);
  // Once it has come upon damage, pdf.js may count fewer: those it then cannot find are reported.
  const { numPages: pages } = pdf;
  try {
    const shared = { ...(await infoOf(pdf)), path: file.path };
    const starts: number[] = [];
    const texts: string[] = [];
    let length = 0;
    let hasText = false;
    let isWhole = true;
    for (let page = 1; page <= pages; page++) {
      call.signal?.throwIfAborted();
      const text = await pageText(pdf, page).catch((cause: unknown) => {
        isWhole = false;
        call.report({ item: `${file.path}#${page}`, error: pageError(file.path, page, cause) });
        return '';
      });
      hasText ||= text !== '';
      if (documents === 'file') {
        starts.push(length);
        texts.push(text);
        length += text.length + BETWEEN_PAGES.length;
      } else if (text !== '') {
        yield toDocument(`${file.id}#${page}`, text, { ...shared, page, pages });
      }
    }
    if (!hasText && isWhole) throw withoutText(file.path);
    if (documents === 'file') {
      const metadata = { ...shared, pages, pageStarts: starts };
      yield toDocument(file.id, texts.join(BETWEEN_PAGES), metadata);
    }
  } finally {
    await pdf.loadingTask.destroy();
  }
}

const BETWEEN_PAGES = '\n\n';

function toDocument(id: string, text: string, own: JsonObject): Document {
  const metadata = { ...own, mediaType: 'application/pdf' };
  return createDocument({
    id,
    text,
    metadata,
    excludedEmbedMetadataKeys: ['author', 'page', 'pages', 'pageStarts', 'mediaType'],
    excludedLlmMetadataKeys: ['pages', 'pageStarts', 'mediaType'],
  });
}

/** The part of a `PDFDocumentProxy` that is used. */
interface Pdf {
  readonly numPages: number;
  getPage(page: number): Promise<{
    getTextContent(): Promise<{ readonly items: readonly object[] }>;
    cleanup(): unknown;
  }>;
  getMetadata(): Promise<{ readonly info: object }>;
  readonly loadingTask: { destroy(): Promise<unknown> };
}

async function openPdf(file: SourceFile, password: string | undefined): Promise<Pdf> {
  const bytes = await file.bytes();
  if (bytes.length === 0) throw new MortiseError('parse', `${file.path} cannot be read: it is empty.`);
  const { getDocumentProxy } = await import('unpdf');
  try {
    // pdf.js takes the bytes over; `verbosity` 0 keeps its warnings out of the console.
    const options = { verbosity: 0, ...(password === undefined ? {} : { password }) };
    return await getDocumentProxy(new Uint8Array(bytes), options);
  } catch (cause) {
    throw openError(file.path, password, cause);
  }
}

async function pageText(pdf: Pdf, number: number): Promise<string> {
  const page = await pdf.getPage(number);
  try {
    const { items } = await page.getTextContent();
    return items
      .map((item) => textOf(item))
      .join('')
      .trim();
  } finally {
    page.cleanup();
  }
}

/** Items without `str` mark structure. */
function textOf(item: { readonly str?: unknown; readonly hasEOL?: unknown }): string {
  return typeof item.str === 'string' ? `${item.str}${item.hasEOL === true ? '\n' : ''}` : '';
}

async function infoOf(pdf: Pdf): Promise<JsonObject> {
  // A file whose metadata is broken is still worth reading.
  const { info } = await pdf.getMetadata().catch(() => ({ info: {} }));
  const { Title: title, Author: author } = info as { Title?: unknown; Author?: unknown };
  return {
    ...(typeof title === 'string' && title.trim() !== '' ? { title: title.trim() } : {}),
    ...(typeof author === 'string' && author.trim() !== '' ? { author: author.trim() } : {}),
  };
}

function openError(path: string, password: string | undefined, cause: unknown): MortiseError {
  if ((cause as { name?: unknown }).name === 'PasswordException') {
    const why =
      password === undefined ? 'it is encrypted. Give its password' : 'the password is not the one it wants';
    return new MortiseError('permission', `${path} cannot be read: ${why}.`, { cause });
  }
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MortiseError('parse', `${path} cannot be read: it is no PDF, or a damaged one: ${why}`, {
    cause,
  });
}

function pageError(path: string, page: number, cause: unknown): MortiseError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MortiseError('parse', `${path} cannot be read at page ${page}: ${why}`, { cause });
}

function withoutText(path: string): MortiseError {
  const message = `${path} cannot be read: it holds no text, only pictures as scans do. Run it through text recognition (OCR) first.`;
  return new MortiseError('unsupported', message);
}
