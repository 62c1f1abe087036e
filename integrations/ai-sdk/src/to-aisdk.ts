import { MortiseError, type EmbeddingModel, type LLM, type Reranker } from '@mortise/core';
import type { AISDKOutputVersion } from './output.ts';
import type { EmbeddingModelForAISDK, LanguageModelForAISDK, RerankingModelForAISDK } from './spec.ts';
import { v2, v3, v4 } from './to/dialects.ts';
import {
  embeddingModel,
  rerankingModel,
  type ToAISDKEmbeddingOptions,
  type ToAISDKRerankerOptions,
} from './to/embedding.ts';
import { languageModel, type ToAISDKLLMOptions } from './to/llm.ts';

/** Which version of the specification a model is made of. */
export interface ToAISDKVersion<V extends AISDKOutputVersion> {
  /** `v4` is for `ai` 7, `v3` for `ai` 6, which `ai` 7 takes too, `v2` for `ai` 5. Default: `v4`. */
  readonly specificationVersion?: V | undefined;
}

/**
 * A model of ours as one of the AI SDK, wrappers included: `generateText({ model: toAISDK(llm), ... })`. Core retries, bounds and
 * batches, so that theirs need not: errors say so. Throws `configuration` for what is no model, and for a reranker as `v2`, which
 * has none.
 */
export function toAISDK<V extends AISDKOutputVersion = 'v4'>(
  model: LLM,
  options?: ToAISDKLLMOptions & ToAISDKVersion<V>,
): LanguageModelForAISDK<NoInfer<V>>;
export function toAISDK<V extends AISDKOutputVersion = 'v4'>(
  model: EmbeddingModel,
  options?: ToAISDKEmbeddingOptions & ToAISDKVersion<V>,
): EmbeddingModelForAISDK<NoInfer<V>>;
export function toAISDK<V extends Exclude<AISDKOutputVersion, 'v2'> = 'v4'>(
  model: Reranker,
  options?: ToAISDKRerankerOptions & ToAISDKVersion<V>,
): RerankingModelForAISDK<NoInfer<V>>;
export function toAISDK(
  model: LLM | EmbeddingModel | Reranker,
  options: ToAISDKLLMOptions & ToAISDKEmbeddingOptions & ToAISDKVersion<AISDKOutputVersion> = {},
):
  | LanguageModelForAISDK<AISDKOutputVersion>
  | EmbeddingModelForAISDK<AISDKOutputVersion>
  | RerankingModelForAISDK<'v3' | 'v4'> {
  const { specificationVersion: version = 'v4' } = options;
  if (version !== 'v4' && version !== 'v3' && version !== 'v2') {
    const message = `toAISDK makes models of specification v4, v3 and v2, not ${String(version)}.`;
    throw new MortiseError('configuration', message);
  }
  if (typeof model === 'object' && model !== null) {
    if ('streamChat' in model) {
      if (version === 'v2') return languageModel(model, v2, options);
      return version === 'v4' ? languageModel(model, v4, options) : languageModel(model, v3, options);
    }
    if ('embedTexts' in model) return embeddingModel(model, version, options);
    if ('rerank' in model && version !== 'v2') return rerankingModel(model, version, options);
    if ('rerank' in model) {
      const message =
        'Specification v2 has no reranking models. Use v3 or v4, or call rerank of the model itself.';
      throw new MortiseError('configuration', message);
    }
  }
  throw new MortiseError(
    'configuration',
    'toAISDK takes a language model, an embedding model or a reranker of Mortise.',
  );
}
