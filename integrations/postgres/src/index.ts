export type { PostgresClient } from './client.ts';
export { PostgresDocumentStore, type PostgresDocumentStoreOptions } from './documents.ts';
export { PostgresKeyValueStore, type PostgresKeyValueStoreOptions } from './key-value.ts';
export { PostgresVectorStore, type PostgresVectorStoreOptions } from './vectors.ts';
export { openPostgres, type OpenedPostgres } from './open.ts';
