export { MemoryDocumentStore } from './memory-document-store.ts';
export { MemoryVectorStore, type NearestNode, type NearestOptions } from './memory-vector-store.ts';
