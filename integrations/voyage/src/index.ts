export type { VoyageConnectionOptions } from './client.ts';
export {
  VoyageEmbedding,
  type VoyageEmbeddingModel,
  type VoyageEmbeddingOptions,
  type VoyageEmbeddingProviderOptions,
} from './embedding.ts';
export {
  VoyageReranker,
  type VoyageRerankerOptions,
  type VoyageRerankModel,
  type VoyageRerankProviderOptions,
} from './reranker.ts';
