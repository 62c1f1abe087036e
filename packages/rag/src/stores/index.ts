export { MemoryDocumentStore } from './memory-document-store.ts';
export { MemoryVectorStore } from './memory-vector-store.ts';
