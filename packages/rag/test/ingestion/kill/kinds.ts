import type { Document } from '@mortise/core/retriever';
import { IngestionPipeline, openIndex, type IngestReport } from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import { join } from 'node:path';
import { dumpFolder, folderFlaws, openFolder, splitter } from './folder-index.ts';
import { dump, flaws, openIndexOnDisk, type Dump } from './index-on-disk.ts';
import { CONCURRENCY } from './settings.ts';
import { SlowEmbedding } from './slow-embedding.ts';

/** Vectors as little as an ingestion needs; a store that is published; an index over both, with its words; one in a file. */
export const KINDS = ['plain', 'sqlite-vec', 'index in stores', 'index in a folder'] as const;
export type Kind = (typeof KINDS)[number];

/** One run, which is killed. */
export async function ingest(
  kind: Kind,
  folder: string,
  documents: readonly Document[],
): Promise<IngestReport> {
  const embedding = new SlowEmbedding(folder);
  const cache = new SqliteKeyValueStore({ path: join(folder, 'cache.sqlite') });
  if (kind === 'index in a folder') {
    hurryClock();
    return (await openFolder(folder, embedding, { cache })).update(documents);
  }
  const stores = openIndexOnDisk(folder, kind);
  const parts = { embedding, documents: stores.documents, vectors: stores.vectors.store };
  if (kind === 'index in stores')
    return (await openIndex(parts, { splitter, cache, concurrency: CONCURRENCY })).update(documents);
  const strategy = 'upserts-and-delete';
  const transforms = [splitter];
  const pipeline = new IngestionPipeline({ ...parts, cache, transforms, strategy, concurrency: CONCURRENCY });
  return pipeline.run(documents);
}

export function dumpOf(kind: Kind, folder: string): Promise<Dump> {
  return kind === 'index in a folder' ? dumpFolder(folder) : dump(folder, kind);
}

export function flawsOf(kind: Kind, folder: string): Promise<string[]> {
  return kind === 'index in a folder' ? folderFlaws(folder) : flaws(folder, kind);
}

/** An index in a folder is saved every few seconds: here many times in a run, so that kills hit saves. */
function hurryClock(): void {
  const now = performance.now.bind(performance);
  performance.now = () => now() * 100;
}
