import type { EmbeddingModelV2, LanguageModelV2 } from '@ai-sdk/provider-v2';
import type { EmbeddingModelV3, LanguageModelV3, RerankingModelV3 } from '@ai-sdk/provider-v3';
import type { EmbeddingModelV4, LanguageModelV4, RerankingModelV4 } from '@ai-sdk/provider';
import type {
  AISDKEmbeddingModel,
  AISDKLanguageModel,
  AISDKRerankingModel,
  EmbeddingModelForAISDK,
  LanguageModelForAISDK,
  RerankingModelForAISDK,
} from '@mortise/ai-sdk';
import { fromAISDK, toAISDK } from '@mortise/ai-sdk';
import type { EmbeddingModel, LLM, Reranker } from '@mortise/core';
import { ScriptedLLM } from '@mortise/core/testing';
import { expect, test } from 'vitest';

/** `A` is taken where `B` is wanted; `tsc` says otherwise. */
type Takes<B, _A extends B> = true;

type Proof = [
  Takes<AISDKLanguageModel, LanguageModelV2>,
  Takes<AISDKLanguageModel, LanguageModelV3>,
  Takes<AISDKLanguageModel, LanguageModelV4>,
  Takes<AISDKEmbeddingModel, EmbeddingModelV2<string>>,
  Takes<AISDKEmbeddingModel, EmbeddingModelV3>,
  Takes<AISDKEmbeddingModel, EmbeddingModelV4>,
  Takes<AISDKRerankingModel, RerankingModelV3>,
  Takes<AISDKRerankingModel, RerankingModelV4>,
  Takes<LanguageModelV2, LanguageModelForAISDK<'v2'>>,
  Takes<LanguageModelV3, LanguageModelForAISDK<'v3'>>,
  Takes<LanguageModelV4, LanguageModelForAISDK>,
  Takes<EmbeddingModelV2<string>, EmbeddingModelForAISDK<'v2'>>,
  Takes<EmbeddingModelV3, EmbeddingModelForAISDK<'v3'>>,
  Takes<EmbeddingModelV4, EmbeddingModelForAISDK>,
  Takes<RerankingModelV3, RerankingModelForAISDK<'v3'>>,
  Takes<RerankingModelV4, RerankingModelForAISDK>,
  Takes<LLM, ReturnType<typeof llmOf>>,
  Takes<EmbeddingModel, ReturnType<typeof embeddingOf>>,
  Takes<Reranker, ReturnType<typeof rerankerOf>>,
];

const llmOf = (model: LanguageModelV2 | LanguageModelV3 | LanguageModelV4) => fromAISDK(model);
const embeddingOf = (model: EmbeddingModelV3 | EmbeddingModelV4) => fromAISDK(model);
const rerankerOf = (model: RerankingModelV3 | RerankingModelV4) => fromAISDK(model);

test('types of theirs and of ours take each other, as tsc says', () => {
  const proof: Proof extends true[] ? true : never = true;
  const model: LanguageModelV4 = toAISDK(new ScriptedLLM({ replies: ['Hi'] }));
  const older: LanguageModelV3 = toAISDK(new ScriptedLLM({ replies: ['Hi'] }), {
    specificationVersion: 'v3',
  });
  const oldest: LanguageModelV2 = toAISDK(new ScriptedLLM({ replies: ['Hi'] }), {
    specificationVersion: 'v2',
  });
  const versions = [model, older, oldest].map(({ specificationVersion }) => specificationVersion);
  expect([proof, ...versions]).toEqual([true, 'v4', 'v3', 'v2']);
});
