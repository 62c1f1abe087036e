import type { FileFormat, ReadFailure } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import { pdfFormat, type PdfOptions } from '@mortise/pdf';
import { memoryFile } from './memory.ts';

export interface Read {
  readonly documents: readonly Document[];
  readonly failures: readonly ReadFailure[];
}

/** Starting a thread takes its time, and a format keeps one for the next file. */
const byDefault = pdfFormat();

/** Reads a file to its end, by the path `a/paper.pdf`. */
export function read(content: Uint8Array, options?: PdfOptions, signal?: AbortSignal): Promise<Read> {
  return readBy(options === undefined ? byDefault : pdfFormat(options), content, [], signal);
}

/** As `read`; the failures are in the list, too, when it throws. */
export async function readBy(
  format: FileFormat,
  content: Uint8Array,
  failures: ReadFailure[] = [],
  signal?: AbortSignal,
): Promise<Read> {
  const documents: Document[] = [];
  const call = { signal, report: (failure: ReadFailure) => void failures.push(failure) };
  for await (const document of format.read(memoryFile('a/paper.pdf', content), call))
    documents.push(document);
  return { documents, failures };
}

/** The texts of a file of which nothing is reported. */
export async function textsOf(content: Uint8Array): Promise<string[]> {
  const { documents, failures } = await read(content);
  for (const { error } of failures) throw error;
  return documents.map(({ text }) => text);
}
