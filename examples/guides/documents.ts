import { join } from 'node:path';
import type { EmbeddingModel, TokenCounter } from '@mortise/core';
import { copyNode, nodeText, type Document } from '@mortise/core/retriever';
import type { DocumentStore, VectorStore } from '@mortise/core/store';
import type { Transform } from '@mortise/core/transform';
import {
  CommittedVectorStore,
  committedNodes,
  DirectoryReader,
  IngestionPipeline,
  openIndex,
  SentenceSplitter,
  VectorRetriever,
  type DocumentIndex,
  type IngestReport,
} from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { SqliteDocumentStore, SqliteKeyValueStore } from '@mortise/stores';

// #region transform
/** `2026/roof.md` is of the year 2026: a filter can then ask for it. */
export const dated: Transform = {
  fingerprint: 'dated/1',
  transform: async (nodes) =>
    nodes.map((node) => {
      const year = Number(/^\d{4}/.exec(node.metadata['path'] as string)?.[0]);
      const metadata = { ...node.metadata, ...(year > 0 ? { year } : {}) };
      const unseen = [...(node.excludedEmbedMetadataKeys ?? []), 'year']; // for filters, not for the model
      return { ...copyNode(node), metadata, excludedEmbedMetadataKeys: unseen };
    }),
};
// #endregion

export function openIngestion(folder: string, embedding: EmbeddingModel) {
  // #region pipeline
  const documents = new SqliteDocumentStore({ path: join(folder, 'documents.sqlite') });
  const vectors = new SqliteVecVectorStore({ path: join(folder, 'vectors.sqlite') });
  const cache = new SqliteKeyValueStore({ path: join(folder, 'cache.sqlite') });
  const transforms = [dated, new SentenceSplitter({ maxTokens: 256 })];
  const strategy = 'upserts-and-delete';
  const pipeline = new IngestionPipeline({ documents, vectors, embedding, cache, transforms, strategy });
  const store = new CommittedVectorStore({ vectors, documents });
  const retriever = new VectorRetriever({ store, embedding });
  // #endregion
  const close = async (): Promise<void> => {
    documents.close();
    cache.close();
    await vectors.close();
  };
  return { documents, vectors, cache, pipeline, retriever, close };
}

export async function openHybrid(folder: string, embedding: EmbeddingModel): Promise<DocumentIndex> {
  // #region hybrid
  const documents = new SqliteDocumentStore({ path: join(folder, 'documents.sqlite') });
  const vectors = new SqliteVecVectorStore({ path: join(folder, 'vectors.sqlite') });
  const index = await openIndex({ embedding, documents, vectors }, { splitter: new SentenceSplitter() });
  // #endregion
  return index;
}

export async function askHybrid(index: DocumentIndex, directory: string, say: (line: string) => void) {
  // #region ask
  await index.update(new DirectoryReader({ directory }));
  const filters = { key: 'path', op: 'text-match', value: '2026/' } as const;
  for (const { node, evidence } of await index
    .retriever({ topK: 3 })
    .retrieve('What dries a wall?', { filters }))
    say(`${node.id}: ${evidence?.coverage} of the words, ${evidence?.similarity} near`);
  // #endregion
}

export async function ingest(
  pipeline: IngestionPipeline,
  directory: string,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<IngestReport> {
  // #region run
  const report = await pipeline.run(new DirectoryReader({ directory }), {
    signal,
    onProgress: ({ phase, done, total, item }) => say(`${phase} ${done} of ${total ?? '?'}: ${item}`),
    onError: ({ item, error }) => say(`${item} is set aside: ${error.message}`),
  });
  say(`${report.updated} updated, ${report.embedded} chunks embedded, ${report.cached} from the cache`);
  // #endregion
  return report;
}

export async function forget(documents: DocumentStore, vectors: VectorStore, id: string): Promise<void> {
  // #region forget
  const lock = await documents.lock?.(); // `conflict` while a run writes
  try {
    await vectors.delete({ sourceIds: [id] }); // first: a vector whose document has no record counts
    await documents.deleteSource(id);
  } finally {
    await lock?.release();
  }
  // #endregion
}

export function showChunks(document: Document, tokenizer: TokenCounter, say: (line: string) => void): void {
  // #region chunks
  const splitter = new SentenceSplitter({ tokenizer, maxTokens: 256 });
  for (const chunk of splitter.split(document))
    say(`${chunk.start} to ${chunk.end}: ${nodeText(chunk, 'embed')}`); // as the model is given it
  // #endregion
}

export async function showIndex(documents: DocumentStore, say: (line: string) => void): Promise<void> {
  // #region index
  for await (const { sourceId, nodeIds } of documents.sources()) say(`${sourceId}: ${nodeIds.length} chunks`);
  for await (const node of committedNodes(documents)) say(`${node.id}: ${node.text}`);
  // #endregion
}
