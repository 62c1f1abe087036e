export type { FrozenConnectionOptions } from './client.ts';
export { FrozenLLM, type FrozenLLMOptions, type FrozenModel, type FrozenProviderOptions } from './llm.ts';
export {
  FrozenEmbedding,
  type FrozenEmbeddingModel,
  type FrozenEmbeddingOptions,
  type FrozenEmbeddingProviderOptions,
} from './embedding.ts';
export {
  FrozenReranker,
  type FrozenRerankerOptions,
  type FrozenRerankModel,
  type FrozenRerankProviderOptions,
} from './reranker.ts';
export { FrozenRetriever, type FrozenRetrieverOptions } from './retriever.ts';
export { FrozenParser, type FrozenVerdict } from './parser.ts';
export { FrozenCustomLLM } from './custom-llm.ts';
export { FrozenKeyValueStore } from './key-value-store.ts';
export { frozenCache } from './embedding-cache.ts';
