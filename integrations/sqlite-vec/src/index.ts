export { SqliteVecVectorStore, type SqliteVecVectorStoreOptions } from './store.ts';
