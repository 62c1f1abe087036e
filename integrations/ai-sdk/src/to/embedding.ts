import type { EmbeddingModel, Reranker } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import { jsonOf, OURS, partOf, providerData, textOf } from '../read.ts';
import type {
  AISDKOutputVersion,
  AISDKProviderData,
  EmbeddingModelForAISDK,
  OutputWarning,
  RerankingModelForAISDK,
} from '../spec.ts';
import { responseOf, warningOf } from './content.ts';
import { theirError } from './errors.ts';
import { left, optionsByProvider } from './request.ts';

/** How an embedding model of ours shows itself. */
export interface ToAISDKEmbeddingOptions {
  /** What the texts are, since theirs does not say. A call may: `providerOptions.mortise.kind`. Default: `document`. */
  readonly kind?: 'query' | 'document' | undefined;
  /** Who tries again, as for language models. Default: `mortise`. */
  readonly retries?: 'mortise' | 'ai-sdk' | undefined;
}

export function embeddingModel<V extends AISDKOutputVersion>(
  model: EmbeddingModel,
  specificationVersion: V,
  { kind = 'document', retries = 'mortise' }: ToAISDKEmbeddingOptions,
): EmbeddingModelForAISDK<V> {
  return {
    specificationVersion,
    provider: model.provider,
    modelId: model.model,
    // Core makes batches, and as many requests at once as the model may.
    maxEmbeddingsPerCall: undefined,
    supportsParallelCalls: true,
    async doEmbed(call) {
      const { [OURS]: own, ...given } = call.providerOptions ?? {};
      const options = defined({
        kind: textOf(partOf(own)['kind']) ?? kind,
        dimensions: call.dimensions,
        providerOptions: optionsByProvider(given),
        signal: call.abortSignal,
      });
      try {
        const { embeddings, usage, warnings, providerMetadata } = await model.embedTexts(
          call.values,
          options,
        );
        const data = providerData(providerMetadata);
        return {
          embeddings: embeddings.map((vector) => Array.from(vector)),
          ...(usage.inputTokens === undefined ? {} : { usage: { tokens: usage.inputTokens } }),
          warnings: [...headerWarnings(call), ...warnings.map(warningOf)],
          ...(data && { providerMetadata: data }),
        };
      } catch (error) {
        if (call.abortSignal?.aborted === true) throw call.abortSignal.reason;
        throw theirError(error, model, retries === 'ai-sdk');
      }
    },
  };
}

function headerWarnings({ headers = {} }: { readonly headers?: object | undefined }): OutputWarning[] {
  const others = Object.keys(headers).filter((name) => !/^user-agent$/i.test(name));
  return others.length === 0 ? [] : [left('headers', 'Give them to the model when it is made.')];
}

/** Theirs has no place for what a ranking cost. */
function told(
  data: AISDKProviderData | undefined,
  usage: RerankUsage,
): { providerMetadata?: AISDKProviderData } {
  const kept = jsonOf(usage) ?? {};
  const ours: AISDKProviderData = Object.keys(kept).length === 0 ? {} : { [OURS]: { usage: kept } };
  return data === undefined && ours[OURS] === undefined ? {} : { providerMetadata: { ...data, ...ours } };
}

type RerankUsage = Awaited<ReturnType<Reranker['rerank']>>['usage'];

/** How a reranker of ours shows itself. */
export interface ToAISDKRerankerOptions {
  /** Who tries again, as for language models. Default: `mortise`. */
  readonly retries?: 'mortise' | 'ai-sdk' | undefined;
}

export function rerankingModel<V extends AISDKOutputVersion>(
  model: Reranker,
  specificationVersion: V,
  { retries = 'mortise' }: ToAISDKRerankerOptions,
): RerankingModelForAISDK<V> {
  return {
    specificationVersion,
    provider: model.provider,
    modelId: model.model,
    async doRerank(call) {
      const { query, documents, topN, abortSignal: signal } = call;
      const texts =
        documents.type === 'text' ? documents.values : documents.values.map((value) => JSON.stringify(value));
      const options = defined({
        topN,
        providerOptions: optionsByProvider(call.providerOptions ?? {}),
        signal,
      });
      try {
        const {
          results,
          warnings,
          model: modelId,
          providerMetadata,
          usage,
        } = await model.rerank(query, texts, options);
        const data = providerData(providerMetadata);
        return {
          ranking: results.map(({ index, score }) => ({ index, relevanceScore: score })),
          warnings: [...headerWarnings(call), ...warnings.map(warningOf)],
          response: responseOf(modelId === undefined ? {} : { model: modelId }),
          ...told(data, usage),
        };
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        throw theirError(error, model, retries === 'ai-sdk');
      }
    },
  };
}
