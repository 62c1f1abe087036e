export type { MistralClient, MistralConnection, MistralHttpClient } from './client.ts';
export type { MistralOptions, MistralProviderOptions } from './convert-request.ts';
export type { MistralEmbeddingProviderOptions } from './convert-embedding.ts';
export { MistralLLM, type MistralLLMOptions, type MistralModel } from './llm.ts';
export { MistralEmbedding, type MistralEmbeddingModel, type MistralEmbeddingOptions } from './embedding.ts';
