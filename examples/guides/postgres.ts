import type { EmbeddingModel } from '@mortise/core';
import type { VectorQuery } from '@mortise/core/store';
import {
  openPostgres,
  PostgresDocumentStore,
  PostgresKeyValueStore,
  PostgresVectorStore,
  type PostgresClient,
} from '@mortise/postgres';
import { CommittedVectorStore, IngestionPipeline, openIndex, SentenceSplitter } from '@mortise/rag';

/** `client` is a pool of `pg`, say; `dimensions` are those of the model. */
export function openDatabase(client: PostgresClient, embedding: EmbeddingModel, dimensions: number) {
  const transforms = [new SentenceSplitter({ maxTokens: 256 })];
  // #region stores
  const documents = new PostgresDocumentStore({ client });
  const vectors = new PostgresVectorStore({ client, dimensions, index: 'hnsw', indexedKeys: ['path'] });
  const cache = new PostgresKeyValueStore({ client });
  const pipeline = new IngestionPipeline({ documents, vectors, embedding, cache, transforms });
  const store = new CommittedVectorStore({ vectors, documents });
  const ask = async (text: string, query: Partial<VectorQuery> = {}) =>
    store.query({ mode: 'hybrid', text, embedding: await embedding.embedQuery(text), topK: 5, ...query });
  // #endregion
  return { documents, vectors, pipeline, ask };
}

/** `place` is a connection string, or a folder; `dimensions` are those of the model. */
export async function openEverywhere(place: string, embedding: EmbeddingModel, dimensions: number) {
  // #region open
  const client = await openPostgres(place); // 'data' to begin with, 'postgres://host/database' later
  const documents = new PostgresDocumentStore({ client });
  const vectors = new PostgresVectorStore({ client, dimensions });
  const index = await openIndex({ embedding, documents, vectors });
  // #endregion
  return { client, index };
}
