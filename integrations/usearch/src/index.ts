export { UsearchVectorStore, type UsearchVectorStoreOptions } from './store.ts';
