import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HashEmbedding } from '@mortise/core/testing';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { KeyValueStore } from '@mortise/core/store';
import { openIndex, SentenceSplitter, type DocumentIndex } from '@mortise/rag';
import type { Dump } from './index-on-disk.ts';
import { CONCURRENCY, DIMENSIONS } from './settings.ts';
import { wholeness } from './wholeness.ts';

/** Cuts a paragraph into a node, more or less. */
export const splitter = new SentenceSplitter({ maxTokens: 40, overlap: 0 });

export function openFolder(
  folder: string,
  embedding: EmbeddingModel,
  more: { cache?: KeyValueStore; onWarning?: (warning: { message: string }) => void } = {},
): Promise<DocumentIndex> {
  const directory = join(folder, 'index');
  return openIndex({ embedding }, { directory, splitter, concurrency: CONCURRENCY, ...more });
}

/** Equal indexes are equal files. */
export async function dumpFolder(folder: string): Promise<Dump> {
  const index = await openFolder(folder, reading());
  const sha256 = createHash('sha256')
    .update(readFileSync(index.path as string))
    .digest('hex');
  return { records: index.size, nodes: index.nodeCount, sha256 };
}

/** As of {@link flaws}. A file that is damaged is one, and so is what a killed save has left beside it for ever. */
export async function folderFlaws(folder: string): Promise<string[]> {
  const found: string[] = [];
  const index = await openFolder(folder, reading(), { onWarning: ({ message }) => found.push(message) });
  const directory = join(folder, 'index');
  const halves = (existsSync(directory) ? readdirSync(directory) : []).filter((name) =>
    name.endsWith('.tmp'),
  );
  if (halves.length > 1) found.push(`${halves.length} files of killed saves lie about`);
  if (index.size === 0) return found;
  const embedding = new Float32Array(DIMENSIONS).fill(1);
  const retriever = index.retriever({ topK: 1_000_000, weights: { bm25: 0, vector: 1 } });
  const nodes = (await retriever.retrieve({ query: '', embedding })).map(({ node }) => node);
  return [...found, ...wholeness(nodes)];
}

/** Of the name and the dimensions of the model that wrote it; nothing is embedded. */
function reading(): EmbeddingModel {
  return new HashEmbedding({ provider: 'acme', model: 'slow', dimensions: DIMENSIONS });
}
