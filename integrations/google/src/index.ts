export type { GoogleCall, GoogleClient, GoogleConnection } from './client.ts';
export type { GoogleOptions, GoogleProviderOptions } from './convert-request.ts';
export type { GoogleMetadata } from './convert-response.ts';
export { GoogleLLM, type GoogleLLMOptions, type GoogleModel } from './llm.ts';
export {
  GoogleEmbedding,
  type GoogleEmbeddingModel,
  type GoogleEmbeddingOptions,
  type GoogleEmbeddingProviderOptions,
} from './embedding.ts';
