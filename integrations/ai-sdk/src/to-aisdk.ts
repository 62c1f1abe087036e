import { MortiseError, type EmbeddingModel, type LLM, type Reranker } from '@mortise/core';
import type {
  AISDKOutputVersion,
  EmbeddingModelForAISDK,
  LanguageModelForAISDK,
  RerankingModelForAISDK,
} from './spec.ts';
import { v3, v4 } from './to/content.ts';
import {
  embeddingModel,
  rerankingModel,
  type ToAISDKEmbeddingOptions,
  type ToAISDKRerankerOptions,
} from './to/embedding.ts';
import { languageModel, type ToAISDKLLMOptions } from './to/llm.ts';

/** Which version of the specification a model is made of. */
export interface ToAISDKVersion<V extends AISDKOutputVersion> {
  /** `v4` is for `ai` 7, `v3` for `ai` 6, which `ai` 7 takes too. Default: `v4`. */
  readonly specificationVersion?: V | undefined;
}

/**
 * A model of ours as one of the AI SDK, wrappers included: `generateText({ model: toAISDK(llm), ... })`. Core retries, bounds and
 * batches, so that theirs need not: errors say so. Throws `configuration` for what is no model.
 */
export function toAISDK<V extends AISDKOutputVersion = 'v4'>(
  model: LLM,
  options?: ToAISDKLLMOptions & ToAISDKVersion<V>,
): LanguageModelForAISDK<V>;
export function toAISDK<V extends AISDKOutputVersion = 'v4'>(
  model: EmbeddingModel,
  options?: ToAISDKEmbeddingOptions & ToAISDKVersion<V>,
): EmbeddingModelForAISDK<V>;
export function toAISDK<V extends AISDKOutputVersion = 'v4'>(
  model: Reranker,
  options?: ToAISDKRerankerOptions & ToAISDKVersion<V>,
): RerankingModelForAISDK<V>;
export function toAISDK(
  model: LLM | EmbeddingModel | Reranker,
  options: ToAISDKLLMOptions & ToAISDKEmbeddingOptions & ToAISDKVersion<AISDKOutputVersion> = {},
):
  | LanguageModelForAISDK<AISDKOutputVersion>
  | EmbeddingModelForAISDK<AISDKOutputVersion>
  | RerankingModelForAISDK<AISDKOutputVersion> {
  const { specificationVersion: version = 'v4' } = options;
  if (version !== 'v4' && version !== 'v3') {
    const message = `toAISDK makes models of specification v4 and v3, not ${String(version)}. ai 5 takes v2 alone: use ai 6 or 7.`;
    throw new MortiseError('configuration', message);
  }
  if (typeof model === 'object' && model !== null) {
    if ('streamChat' in model)
      return version === 'v4' ? languageModel(model, v4, options) : languageModel(model, v3, options);
    if ('embedTexts' in model) return embeddingModel(model, version, options);
    if ('rerank' in model) return rerankingModel(model, version, options);
  }
  throw new MortiseError(
    'configuration',
    'toAISDK takes a language model, an embedding model or a reranker of Mortise.',
  );
}
