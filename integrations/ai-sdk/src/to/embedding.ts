import type { EmbeddingModel, Reranker } from '@mortise/core';
import { defined } from '@mortise/core/shared';
import type { AISDKOutputVersion, OutputTold } from '../output.ts';
import { jsonOf, OURS, partOf, providerData, textOf } from '../read.ts';
import type { EmbeddingModelForAISDK, RerankingModelForAISDK } from '../spec.ts';
import { noteOf, responseOf } from './content.ts';
import { v4, type Note } from './dialects.ts';
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
        const said = [...headerNotes(call), ...warnings.map(noteOf)].map(v4.warning);
        const isUnread = specificationVersion === 'v2' && said.length > 0;
        return {
          embeddings: embeddings.map((vector) => Array.from(vector)),
          ...(usage.inputTokens === undefined ? {} : { usage: { tokens: usage.inputTokens } }),
          warnings: said,
          ...told(providerMetadata, isUnread ? { warnings: said } : {}),
        };
      } catch (error) {
        if (call.abortSignal?.aborted === true) throw call.abortSignal.reason;
        throw theirError(error, model, retries === 'ai-sdk');
      }
    },
  };
}

function headerNotes({ headers = {} }: { readonly headers?: object | undefined }): Note[] {
  const others = Object.keys(headers).filter((name) => !/^user-agent$/i.test(name));
  return others.length === 0 ? [] : [left('headers', 'Give them to the model when it is made.')];
}

/** What the provider said, and what theirs has no place for. */
function told(providerMetadata: unknown, rest: object): OutputTold {
  const data = providerData({ ...partOf(providerMetadata), [OURS]: rest });
  return data === undefined ? {} : { providerMetadata: data };
}

/** How a reranker of ours shows itself. */
export interface ToAISDKRerankerOptions {
  /** Who tries again, as for language models. Default: `mortise`. */
  readonly retries?: 'mortise' | 'ai-sdk' | undefined;
}

export function rerankingModel<V extends Exclude<AISDKOutputVersion, 'v2'>>(
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
        const cost = jsonOf(usage) ?? {};
        return {
          ranking: results.map(({ index, score }) => ({ index, relevanceScore: score })),
          warnings: [...headerNotes(call), ...warnings.map(noteOf)].map(v4.warning),
          response: responseOf(modelId === undefined ? {} : { model: modelId }),
          // Theirs has no place for what a ranking cost.
          ...told(providerMetadata, Object.keys(cost).length > 0 ? { usage: cost } : {}),
        };
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        throw theirError(error, model, retries === 'ai-sdk');
      }
    },
  };
}
