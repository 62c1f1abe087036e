export { EnergeticAIEmbedding, type EnergeticAIEmbeddingOptions } from './embedding.ts';
