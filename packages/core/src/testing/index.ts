export { HashEmbedding, type HashEmbeddingOptions } from './hash-embedding.ts';
export * from './scripted-llm.ts';
