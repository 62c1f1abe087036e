export type { BedrockClient, BedrockConnection, BedrockCredentials } from './client.ts';
export type { BedrockOptions, BedrockProviderOptions } from './convert-request.ts';
export type { BedrockMetadata } from './convert-response.ts';
export { BedrockLLM, type BedrockLLMOptions, type BedrockModel } from './llm.ts';
export {
  BedrockEmbedding,
  type BedrockEmbeddingModel,
  type BedrockEmbeddingOptions,
  type BedrockEmbeddingProviderOptions,
} from './embedding.ts';
export {
  BedrockReranker,
  type BedrockRerankerOptions,
  type BedrockRerankModel,
  type BedrockRerankProviderOptions,
} from './reranker.ts';
