// The API of @mortise/bedrock. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface BedrockClient {
    send(command: object, options: {
        abortSignal: AbortSignal;
    }): Promise<unknown>;
}
export interface BedrockCredentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
    readonly expiration?: Date;
}
export interface BedrockConnection {
    region?: string | undefined;
    apiKey?: string | undefined;
    credentials?: BedrockCredentials | (() => Promise<BedrockCredentials>) | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: BedrockClient | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-embedding.d.ts
export type EmbeddingFamily = 'titan' | 'cohere';

// ---- convert-request.d.ts
export type BedrockOptions = {
    guardrailConfig?: {
        guardrailIdentifier: string;
        guardrailVersion: string;
        trace?: 'enabled' | 'disabled' | 'enabled_full' | (string & {}) | undefined;
        streamProcessingMode?: 'sync' | 'async' | (string & {}) | undefined;
    } | undefined;
    additionalModelRequestFields?: object | undefined;
    additionalModelResponseFieldPaths?: readonly string[] | undefined;
    performanceConfig?: {
        latency: 'standard' | 'optimized' | (string & {});
    } | undefined;
    serviceTier?: {
        type: 'default' | 'flex' | 'priority' | 'reserved' | (string & {});
    } | undefined;
    requestMetadata?: Readonly<Record<string, string>> | undefined;
    inferenceConfig?: object | undefined;
    toolConfig?: {
        tools?: readonly object[] | undefined;
        toolChoice?: object | undefined;
    } | undefined;
    outputConfig?: object | undefined;
    promptVariables?: object | undefined;
    [option: string]: unknown;
};
export type BedrockProviderOptions = {
    bedrock?: BedrockOptions | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};

// ---- convert-response.d.ts
export type BedrockMetadata = {
    metrics?: {
        latencyMs?: number;
        [member: string]: unknown;
    };
    trace?: {
        guardrail?: object;
        promptRouter?: {
            invokedModelId?: string;
        };
        [member: string]: unknown;
    };
    additionalModelResponseFields?: unknown;
    performanceConfig?: {
        latency?: string;
        [member: string]: unknown;
    };
    serviceTier?: {
        type?: string;
        [member: string]: unknown;
    };
    [member: string]: unknown;
};

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingInput, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { BedrockConnection } from './client.ts';
import type { EmbeddingFamily } from './convert-embedding.ts';
export type BedrockEmbeddingModel = 'amazon.titan-embed-text-v2:0' | 'cohere.embed-v4:0' | 'cohere.embed-multilingual-v3' | 'cohere.embed-english-v3' | (string & {});
export interface BedrockEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, BedrockConnection {
    model: BedrockEmbeddingModel;
    family?: EmbeddingFamily | undefined;
    dimensions?: number | undefined;
    normalize?: boolean | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type BedrockEmbeddingProviderOptions = {
    bedrock?: {
        input_type?: string | undefined;
        truncate?: string | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class BedrockEmbedding extends BaseEmbedding<BedrockEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: BedrockEmbeddingOptions);
    doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest<BedrockEmbeddingProviderOptions>, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { BedrockClient, BedrockConnection, BedrockCredentials } from './client.ts';
export type { BedrockOptions, BedrockProviderOptions } from './convert-request.ts';
export type { BedrockMetadata } from './convert-response.ts';
export { BedrockLLM, type BedrockLLMOptions, type BedrockModel } from './llm.ts';
export { BedrockEmbedding, type BedrockEmbeddingModel, type BedrockEmbeddingOptions, type BedrockEmbeddingProviderOptions, } from './embedding.ts';
export { BedrockReranker, type BedrockRerankerOptions, type BedrockRerankModel, type BedrockRerankProviderOptions, } from './reranker.ts';

// ---- llm.d.ts
import type { BaseLLM, Attempt, ChatReply, ChatRequest, ChatStreamEvent, LLMMetadata, LLMSettings } from '@mortise/core';
import type { BedrockConnection } from './client.ts';
import type { BedrockProviderOptions } from './convert-request.ts';
import type { BedrockMetadata } from './convert-response.ts';
export type BedrockModel = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' | 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0' | 'us.amazon.nova-pro-v1:0' | 'us.amazon.nova-2-lite-v1:0' | 'us.meta.llama4-maverick-17b-instruct-v1:0' | 'openai.gpt-oss-120b-1:0' | (string & {});
export interface BedrockLLMOptions extends LLMSettings, BedrockConnection {
    model: BedrockModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export declare class BedrockLLM extends BaseLLM<BedrockProviderOptions, BedrockMetadata> {
    constructor(given: BedrockLLMOptions);
    get metadata(): LLMMetadata;
    doGenerate(request: ChatRequest<BedrockProviderOptions>, attempt: Attempt): Promise<ChatReply<BedrockMetadata>>;
    doStream(request: ChatRequest<BedrockProviderOptions>, attempt: Attempt): Promise<AsyncIterable<ChatStreamEvent[]>>;
}

// ---- reranker.d.ts
import type { Attempt, ModelSettings } from '@mortise/core/call';
import type { BaseReranker, RankReply, RankRequest, RerankerMetadata } from '@mortise/core/reranker';
import type { BedrockConnection } from './client.ts';
export type BedrockRerankModel = 'amazon.rerank-v1:0' | 'cohere.rerank-v3-5:0' | (string & {});
export interface BedrockRerankerOptions extends ModelSettings, BedrockConnection {
    model: BedrockRerankModel;
    metadata?: Partial<RerankerMetadata> | undefined;
}
export type BedrockRerankProviderOptions = {
    bedrock?: {
        max_tokens_per_doc?: number | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class BedrockReranker extends BaseReranker<BedrockRerankProviderOptions> {
    readonly metadata: RerankerMetadata;
    constructor(given: BedrockRerankerOptions);
    doRerank(request: RankRequest<BedrockRerankProviderOptions>, attempt: Attempt): Promise<RankReply>;
}
