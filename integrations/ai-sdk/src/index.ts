export { fromAISDK } from './from-aisdk.ts';
export type { FromAISDKLLMOptions } from './from/llm.ts';
export type { FromAISDKEmbeddingOptions } from './from/embedding.ts';
export type { FromAISDKRerankerOptions } from './from/reranker.ts';
export type * from './spec.ts';
