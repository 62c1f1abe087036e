import {
  MortiseError,
  type EmbeddingModel,
  type LLM,
  type ProviderOptions,
  type Reranker,
} from '@mortise/core';
import { reading } from '@mortise/core/shared';
import { AISDKEmbedding, type FromAISDKEmbeddingOptions } from './from/embedding.ts';
import { AISDKLLM, type FromAISDKLLMOptions } from './from/llm.ts';
import { AISDKReranker, type FromAISDKRerankerOptions } from './from/reranker.ts';
import type { AISDKEmbeddingModel, AISDKLanguageModel, AISDKRerankingModel } from './spec.ts';

/**
 * A model of the AI SDK as one of ours, of specification V2, V3 or V4: `fromAISDK(openai('gpt-5.4'))`. The model itself makes
 * one attempt; core retries, bounds and cancels. Throws `configuration` for what is no such model.
 */
export function fromAISDK(
  model: AISDKLanguageModel,
  options?: FromAISDKLLMOptions,
): LLM<ProviderOptions, object>;
export function fromAISDK(model: AISDKEmbeddingModel, options?: FromAISDKEmbeddingOptions): EmbeddingModel;
export function fromAISDK(model: AISDKRerankingModel, options?: FromAISDKRerankerOptions): Reranker;
export function fromAISDK(
  model: AISDKLanguageModel | AISDKEmbeddingModel | AISDKRerankingModel,
  options: Options = {},
): LLM<ProviderOptions, object> | EmbeddingModel | Reranker {
  if (typeof model !== 'object' || model === null) {
    const message = `fromAISDK takes a model, such as openai('gpt-5.4'), not ${typeof model}: a name alone says no provider.`;
    throw new MortiseError('configuration', message);
  }
  return reading('The model, or its options,', () => modelOf(model, options), 'configuration');
}

type Options = FromAISDKLLMOptions & FromAISDKEmbeddingOptions & FromAISDKRerankerOptions;

function modelOf(
  model: AISDKLanguageModel | AISDKEmbeddingModel | AISDKRerankingModel,
  options: Options,
): LLM<ProviderOptions, object> | EmbeddingModel | Reranker {
  const { specificationVersion: version } = model;
  if (version !== 'v2' && version !== 'v3' && version !== 'v4') {
    const message = `fromAISDK takes models of specification v2, v3 and v4, not ${String(version)}. Use a version of the provider's package that goes with ai 5, 6 or 7.`;
    throw new MortiseError('configuration', message);
  }
  if ('doGenerate' in model && 'doStream' in model) return new AISDKLLM(model, options);
  if ('doEmbed' in model) return new AISDKEmbedding(model, options);
  if ('doRerank' in model) return new AISDKReranker(model, options);
  const message = 'fromAISDK takes language, embedding and reranking models; this is of another kind.';
  throw new MortiseError('configuration', message);
}
