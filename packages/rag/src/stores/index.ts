export { MemoryVectorStore } from './memory-vector-store.ts';
