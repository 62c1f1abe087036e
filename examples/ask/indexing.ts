import type { EmbeddingModel } from '@mortise/core/embedding';
import { createGptTokenizer } from '@mortise/gpt-tokenizer';
import {
  openIndex,
  SentenceSplitter,
  singularTerm,
  type DocumentIndex,
  type DocumentSource,
} from '@mortise/rag';
import { indexFolder } from './cache.ts';
import { nothingToRead, type Documents } from './documents.ts';
import { progress, type Progress } from './progress.ts';

/** What reading came to, for those who want to know. */
export interface IndexSummary {
  readonly documents: number;
  readonly chunks: number;
  /** Chunks that were embedded in this run; the others were known from an earlier one. */
  readonly embedded: number;
  readonly skipped: readonly Skipped[];
  readonly seconds: number;
}

/** A file that could not be read, and why. */
export interface Skipped {
  readonly file: string;
  readonly reason: string;
}

/**
 * Tokens. Most sections of a README are shorter and stay whole. The local model reads the first 128 tokens of a chunk;
 * full-text search, which weighs more, reads all of it.
 */
const MAX_TOKENS = 384;

/** The index of the last run, brought up to date. */
export async function buildIndex(
  documents: Documents,
  embedding: EmbeddingModel,
): Promise<{ index: DocumentIndex; summary: IndexSummary }> {
  const begin = performance.now();
  const index = await openSavedIndex(indexFolder(documents.key), embedding);
  const { embedded, skipped } = await updateIndex(index, documents.reader);
  if (index.size === 0) throw nothingToRead(documents, skipped);
  for (const { reason } of skipped) process.stderr.write(`skipped: ${reason}\n`);
  const seconds = Math.round(performance.now() - begin) / 1000;
  return { index, summary: { documents: index.size, chunks: index.nodeCount, embedded, skipped, seconds } };
}

export async function openSavedIndex(directory: string, embedding: EmbeddingModel): Promise<DocumentIndex> {
  const splitter = new SentenceSplitter({ tokenizer: await createGptTokenizer(), maxTokens: MAX_TOKENS });
  const onWarning = ({ message }: { message: string }): void => {
    process.stderr.write(`warning: ${message}\n`);
  };
  // The thresholds of evidence.ts are for the words as they stand, singular or plural.
  const bm25 = { toTerm: singularTerm };
  return openIndex({ embedding }, { splitter, directory, bm25, onWarning });
}

/** Reads and embeds what is new, with a progress bar where somebody watches. */
export async function updateIndex(
  index: DocumentIndex,
  source: DocumentSource,
): Promise<{ embedded: number; skipped: Skipped[] }> {
  const reading = progress('Reading', 'file');
  const embedding = progress('Embedding', 'chunk');
  const show = (bar: Progress, done: number, total: number | undefined): void => {
    if (total !== undefined) bar.update(done, total);
  };
  try {
    const { embedded, failed } = await index.update(source, {
      onProgress: ({ phase, done, total }) => show(phase === 'embed' ? embedding : reading, done, total),
    });
    const skipped = failed.map(({ item, error: { message } }) => {
      return { file: item, reason: message.includes(item) ? message : `${item}: ${message}` };
    });
    return { embedded, skipped };
  } finally {
    reading.end();
    embedding.end();
  }
}
