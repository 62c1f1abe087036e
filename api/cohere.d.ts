// The API of @mortise/cohere. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface CohereHttpClient {
    fetch(input: string, init: {
        method: string;
        headers: Record<string, string>;
        body: string;
    }, options: {
        maxRetries: number;
        abortSignal: AbortSignal;
    }): Promise<Response>;
}
export interface CohereConnectionOptions {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: CohereHttpClient | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-chat-response.d.ts
export type CohereMetadata = {
    logprobs?: readonly unknown[];
} & {
    [member: string]: unknown;
};

// ---- convert-embedding.d.ts
export interface EmbedSettings {
    readonly encodingFormat: 'base64' | 'float';
    readonly truncate: 'NONE' | 'START' | 'END';
}

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingInput, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { CohereConnectionOptions } from './client.ts';
import type { EmbedSettings } from './convert-embedding.ts';
export type CohereEmbeddingModel = 'embed-v4.0' | 'embed-multilingual-v3.0' | 'embed-english-v3.0' | (string & {});
export interface CohereEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, CohereConnectionOptions {
    model: CohereEmbeddingModel;
    dimensions?: number | undefined;
    truncate?: EmbedSettings['truncate'] | undefined;
    encodingFormat?: EmbedSettings['encodingFormat'] | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type CohereEmbeddingProviderOptions = {
    cohere?: {
        input_type?: string | undefined;
        max_tokens?: number | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class CohereEmbedding extends BaseEmbedding<CohereEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: CohereEmbeddingOptions);
    doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest<CohereEmbeddingProviderOptions>, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { CohereConnectionOptions, CohereHttpClient } from './client.ts';
export type { CohereMetadata } from './convert-chat-response.ts';
export { CohereEmbedding, type CohereEmbeddingModel, type CohereEmbeddingOptions, type CohereEmbeddingProviderOptions, } from './embedding.ts';
export { CohereLLM, type CohereLLMOptions, type CohereModel, type CohereProviderOptions } from './llm.ts';
export { CohereReranker, type CohereRerankerOptions, type CohereRerankModel, type CohereRerankProviderOptions, } from './reranker.ts';

// ---- llm.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseLLM, ChatReply, ChatRequest, LLMMetadata, LLMSettings, StreamBatch } from '@mortise/core/llm';
import type { CohereConnectionOptions } from './client.ts';
import type { CohereMetadata } from './convert-chat-response.ts';
export type CohereModel = 'command-a-plus-05-2026' | 'command-a-reasoning-08-2025' | 'command-a-vision-07-2025' | 'command-a-03-2025' | 'command-r7b-12-2024' | (string & {});
export interface CohereLLMOptions extends LLMSettings, CohereConnectionOptions {
    model: CohereModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export type CohereProviderOptions = {
    cohere?: {
        safety_mode?: 'CONTEXTUAL' | 'STRICT' | 'OFF' | (string & {}) | undefined;
        citation_options?: {
            mode: string;
        } | undefined;
        documents?: readonly (string | {
            data: Record<string, unknown>;
            id?: string | undefined;
        })[] | undefined;
        k?: number | undefined;
        frequency_penalty?: number | undefined;
        presence_penalty?: number | undefined;
        logprobs?: boolean | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class CohereLLM extends BaseLLM<CohereProviderOptions, CohereMetadata> {
    readonly metadata: LLMMetadata;
    constructor(given: CohereLLMOptions);
    doGenerate(request: ChatRequest<CohereProviderOptions>, attempt: Attempt): Promise<ChatReply<CohereMetadata>>;
    doStream(request: ChatRequest<CohereProviderOptions>, attempt: Attempt): Promise<AsyncIterable<StreamBatch>>;
}

// ---- reranker.d.ts
import type { Attempt, ModelSettings } from '@mortise/core/call';
import type { BaseReranker, RankReply, RankRequest, RerankerMetadata } from '@mortise/core/reranker';
import type { CohereConnectionOptions } from './client.ts';
export type CohereRerankModel = 'rerank-v4.0-pro' | 'rerank-v4.0-fast' | 'rerank-v3.5' | (string & {});
export interface CohereRerankerOptions extends ModelSettings, CohereConnectionOptions {
    model: CohereRerankModel;
    metadata?: Partial<RerankerMetadata> | undefined;
}
export type CohereRerankProviderOptions = {
    cohere?: {
        max_tokens_per_doc?: number | undefined;
        priority?: number | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class CohereReranker extends BaseReranker<CohereRerankProviderOptions> {
    readonly metadata: RerankerMetadata;
    constructor(given: CohereRerankerOptions);
    doRerank(request: RankRequest<CohereRerankProviderOptions>, attempt: Attempt): Promise<RankReply>;
}
