// The API of @mortise/langchain. Written by `pnpm api`.
// entry . index.d.ts

// ---- client.d.ts
export interface LangchainConnectionOptions {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
}

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { LangchainConnectionOptions } from './client.ts';
export type LangchainEmbeddingModel = 'langchain-embed-1' | (string & {});
export interface LangchainEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, LangchainConnectionOptions {
    model: LangchainEmbeddingModel;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type LangchainEmbeddingProviderOptions = {
    langchain?: {
        [member: string]: unknown;
    };
};
export declare class LangchainEmbedding extends BaseEmbedding<LangchainEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(options: LangchainEmbeddingOptions);
    doEmbed(inputs: readonly string[], request: EmbedRequest<LangchainEmbeddingProviderOptions>, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { LangchainConnectionOptions } from './client.ts';
export { LangchainLLM, type LangchainLLMOptions, type LangchainModel, type LangchainProviderOptions, } from './llm.ts';
export { LangchainEmbedding, type LangchainEmbeddingModel, type LangchainEmbeddingOptions, type LangchainEmbeddingProviderOptions, } from './embedding.ts';

// ---- llm.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseLLM, ChatReply, ChatRequest, LLMMetadata, LLMSettings, StreamBatch } from '@mortise/core/llm';
import type { LangchainConnectionOptions } from './client.ts';
export type LangchainModel = 'langchain-1' | (string & {});
export interface LangchainLLMOptions extends LLMSettings, LangchainConnectionOptions {
    model: LangchainModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export type LangchainProviderOptions = {
    langchain?: {
        [member: string]: unknown;
    };
};
export declare class LangchainLLM extends BaseLLM<LangchainProviderOptions> {
    readonly metadata: LLMMetadata;
    constructor(options: LangchainLLMOptions);
    doGenerate(request: ChatRequest<LangchainProviderOptions>, attempt: Attempt): Promise<ChatReply>;
    doStream(request: ChatRequest<LangchainProviderOptions>, attempt: Attempt): Promise<AsyncIterable<StreamBatch>>;
}
