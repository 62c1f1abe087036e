// The API of @mortise/google. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface GoogleCall {
    model: string;
    contents: string;
    config: {
        abortSignal: AbortSignal;
        httpOptions: {
            fetch: typeof globalThis.fetch;
        };
    };
}
export interface GoogleClient {
    readonly vertexai?: boolean | undefined;
    readonly models: {
        generateContent(call: GoogleCall): Promise<unknown>;
        generateContentStream(call: GoogleCall): Promise<unknown>;
        embedContent(call: GoogleCall): Promise<unknown>;
    };
}
export interface GoogleConnection {
    apiKey?: string | undefined;
    project?: string | undefined;
    location?: string | undefined;
    apiVersion?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: GoogleClient | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-request.d.ts
export type GoogleOptions = {
    tools?: readonly object[] | undefined;
    toolConfig?: object | undefined;
    generationConfig?: object | undefined;
    safetySettings?: readonly object[] | undefined;
    cachedContent?: string | undefined;
    [option: string]: unknown;
};
export type GoogleProviderOptions = {
    google?: GoogleOptions | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};

// ---- convert-response.d.ts
export type GoogleMetadata = {
    promptFeedback?: {
        blockReason?: string;
        safetyRatings?: readonly object[];
        [member: string]: unknown;
    };
    safetyRatings?: readonly object[];
    finishMessage?: string;
    groundingMetadata?: object;
    citationMetadata?: object;
    [member: string]: unknown;
};

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingInput, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { GoogleConnection } from './client.ts';
export type GoogleEmbeddingModel = 'gemini-embedding-001' | 'text-embedding-005' | (string & {});
export interface GoogleEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, GoogleConnection {
    model: GoogleEmbeddingModel;
    dimensions?: number | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type GoogleEmbeddingProviderOptions = {
    google?: {
        taskType?: string | null | undefined;
        title?: string | undefined;
        autoTruncate?: boolean | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class GoogleEmbedding extends BaseEmbedding<GoogleEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: GoogleEmbeddingOptions);
    doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { GoogleCall, GoogleClient, GoogleConnection } from './client.ts';
export type { GoogleOptions, GoogleProviderOptions } from './convert-request.ts';
export type { GoogleMetadata } from './convert-response.ts';
export { GoogleLLM, type GoogleLLMOptions, type GoogleModel } from './llm.ts';
export { GoogleEmbedding, type GoogleEmbeddingModel, type GoogleEmbeddingOptions, type GoogleEmbeddingProviderOptions, } from './embedding.ts';

// ---- llm.d.ts
import type { BaseLLM, Attempt, ChatReply, ChatRequest, ChatStreamEvent, LLMMetadata, LLMSettings } from '@mortise/core';
import type { GoogleConnection } from './client.ts';
import type { GoogleProviderOptions } from './convert-request.ts';
import type { GoogleMetadata } from './convert-response.ts';
export type GoogleModel = 'gemini-3.8-flash' | 'gemini-3-pro-preview' | 'gemini-2.5-pro' | 'gemini-2.5-flash' | 'gemini-2.5-flash-lite' | (string & {});
export interface GoogleLLMOptions extends LLMSettings, GoogleConnection {
    model: GoogleModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export declare class GoogleLLM extends BaseLLM<GoogleProviderOptions, GoogleMetadata> {
    constructor(given: GoogleLLMOptions);
    get metadata(): LLMMetadata;
    doGenerate(request: ChatRequest<GoogleProviderOptions>, attempt: Attempt): Promise<ChatReply<GoogleMetadata>>;
    doStream(request: ChatRequest<GoogleProviderOptions>, attempt: Attempt): Promise<AsyncIterable<ChatStreamEvent[]>>;
}
