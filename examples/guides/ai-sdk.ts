import {
  fetchForAISDK,
  fromAISDK,
  toAISDK,
  type AISDKEmbeddingModel,
  type AISDKLanguageModel,
  type LanguageModelForAISDK,
} from '@mortise/ai-sdk';
import type { LLM } from '@mortise/core';
import { withCache, withFallback } from '@mortise/toolkit';
import { MemoryKeyValueStore } from '@mortise/core/store';

/** `openai` of `@ai-sdk/openai`, or any other provider of theirs. */
interface Provider {
  (model: string): AISDKLanguageModel;
  embedding(model: string): AISDKEmbeddingModel;
}

export async function asOurs(openai: Provider): Promise<string> {
  // #region from
  const llm = fromAISDK(openai('gpt-5.4-mini'));
  const { text } = await llm.chat('Why is the sky blue?');
  // #endregion
  return text;
}

export async function embedded(openai: Provider, texts: string[]): Promise<Float32Array[]> {
  // #region embedding
  const embedding = fromAISDK(openai.embedding('text-embedding-3-small'));
  const { embeddings } = await embedding.embedTexts(texts); // batched, each failed batch tried again by itself
  // #endregion
  return embeddings;
}

export async function guarded(
  createOpenAI: (options: { fetch: typeof globalThis.fetch }) => Provider,
): Promise<string> {
  // #region fetch
  const openai = createOpenAI({ fetch: fetchForAISDK() });
  const llm = fromAISDK(openai('gpt-5.4-mini'), { name: 'eu-gateway', maxReplyBytes: 4 * 1024 * 1024 });
  const { text } = await llm.streamChat('Why is the sky blue?').final();
  // #endregion
  return text;
}

export async function settings(openai: Provider): Promise<string> {
  // #region options
  const llm = fromAISDK(openai('gpt-5.4-mini'));
  const { text } = await llm.chat('Search for news of the moon.', {
    providerOptions: {
      openai: { parallelToolCalls: false }, // as their package names it
      'ai-sdk': { topK: 40, headers: { 'x-team': 'moon' } }, // members of the call itself
    },
  });
  // #endregion
  return text;
}

type GenerateText = (call: { model: LanguageModelForAISDK; prompt: string }) => Promise<{ text: string }>;

export async function asTheirs(generateText: GenerateText, first: LLM, second: LLM): Promise<string> {
  // #region to
  const llm = withCache(withFallback(first, [second]), new MemoryKeyValueStore());
  const { text } = await generateText({ model: toAISDK(llm), prompt: 'Why is the sky blue?' });
  // #endregion
  return text;
}

export function retriedByThem(single: LLM): LanguageModelForAISDK<'v3'> {
  // #region retries
  // `single` was made with `retry: false`: its failures say that they may be tried again, and generateText does so.
  const model = toAISDK(single, { specificationVersion: 'v3', retries: 'ai-sdk' });
  // #endregion
  return model;
}
