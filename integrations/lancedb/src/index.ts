export type { Language } from './database.ts';
export type { IndexKind } from './optimize.ts';
export type { LanceDbVectorStoreOptions } from './options.ts';
export { LanceDbVectorStore } from './store.ts';
