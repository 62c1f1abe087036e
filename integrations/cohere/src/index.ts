export type { CohereConnectionOptions, CohereHttpClient } from './client.ts';
export type { CohereMetadata } from './convert-chat-response.ts';
export {
  CohereEmbedding,
  type CohereEmbeddingModel,
  type CohereEmbeddingOptions,
  type CohereEmbeddingProviderOptions,
} from './embedding.ts';
export { CohereLLM, type CohereLLMOptions, type CohereModel, type CohereProviderOptions } from './llm.ts';
export {
  CohereReranker,
  type CohereRerankerOptions,
  type CohereRerankModel,
  type CohereRerankProviderOptions,
} from './reranker.ts';
