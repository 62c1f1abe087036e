export { fetchForAISDK } from './fetch.ts';
export { fromAISDK } from './from-aisdk.ts';
export { toAISDK, type ToAISDKVersion } from './to-aisdk.ts';
export type { ToAISDKLLMOptions } from './to/llm.ts';
export type { ToAISDKEmbeddingOptions, ToAISDKRerankerOptions } from './to/embedding.ts';
export type { FromAISDKLLMOptions } from './from/llm.ts';
export type { FromAISDKEmbeddingOptions } from './from/embedding.ts';
export type { FromAISDKRerankerOptions } from './from/reranker.ts';
export type * from './spec.ts';
