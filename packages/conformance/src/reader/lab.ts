import type { Reader, ReadFailure, ReadOptions, ReadProgress } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { CaseContext } from '../frame/case.ts';
import type { OpenReader, ReaderItem, ReaderSubject } from './subject.ts';

/** In alphabetical order, which is that of a folder. */
export const ITEMS: readonly ReaderItem[] = [
  { name: 'alpha', text: 'The harbour was quiet in the morning.' },
  { name: 'beta', text: 'Nobody on the quay said a word.' },
  { name: 'delta', text: 'The tide came back before noon.' },
  { name: 'gamma', text: 'A lamp burned behind the third window.' },
];

export const WITH_BROKEN: readonly ReaderItem[] = ITEMS.map((item, at) =>
  at === 1 ? { ...item, broken: true } : item,
);

export const WITH_BLANK: readonly ReaderItem[] = ITEMS.map((item, at) =>
  at === 1 ? { ...item, blank: true } : item,
);

export async function opened(context: CaseContext<ReaderSubject>, items = ITEMS): Promise<OpenReader> {
  const open = await context.subject.open(items);
  context.after(() => open.close?.());
  return open;
}

export interface Reading {
  readonly documents: Document[];
  readonly progress: ReadProgress[];
  readonly failures: ReadFailure[];
}

export async function readAll(reader: Reader, options: ReadOptions = {}): Promise<Reading> {
  const reading: Reading = { documents: [], progress: [], failures: [] };
  const watched: ReadOptions = {
    ...options,
    onProgress: (step) => (reading.progress.push(step), options.onProgress?.(step)),
    onError: (failure) => (reading.failures.push(failure), options.onError?.(failure)),
  };
  for await (const document of reader.read(watched)) reading.documents.push(document);
  return reading;
}

/** Which items the documents are of, by what stands in them. */
export function namesOf(documents: readonly Document[]): (string | undefined)[] {
  return documents.map((document) => ITEMS.find(({ text }) => spaced(document.text).includes(text))?.name);
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
