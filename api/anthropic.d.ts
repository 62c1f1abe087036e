// The API of @mortise/anthropic. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface AnthropicClient {
    readonly baseURL?: string | undefined;
    readonly messages: {
        create(body: object, options: AnthropicCallOptions): {
            asResponse(): Promise<Response>;
        };
    };
}
export interface AnthropicCallOptions {
    signal: AbortSignal;
    maxRetries: number;
    timeout: number;
    headers?: Record<string, string>;
}
export interface AnthropicConnection {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: AnthropicClient | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-request.d.ts
export type AnthropicOptions = {
    tools?: readonly object[] | undefined;
    thinking?: object | undefined;
    service_tier?: 'auto' | 'standard_only' | (string & {}) | undefined;
    metadata?: {
        user_id?: string | undefined;
    } | undefined;
    container?: string | object | undefined;
    betas?: readonly string[] | undefined;
    [option: string]: unknown;
};
export type AnthropicProviderOptions = {
    anthropic?: AnthropicOptions | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare const DEFAULT_MAX_TOKENS = 16384;

// ---- convert-response.d.ts
export type AnthropicMetadata = {
    stop_sequence?: string;
    stop_details?: {
        type: string;
        category?: string | null;
        explanation?: string | null;
    };
    container?: {
        id: string;
        expires_at: string;
    };
    [member: string]: unknown;
};

// ---- index.d.ts
export type { AnthropicCallOptions, AnthropicClient, AnthropicConnection } from './client.ts';
export { DEFAULT_MAX_TOKENS, type AnthropicOptions, type AnthropicProviderOptions, } from './convert-request.ts';
export type { AnthropicMetadata } from './convert-response.ts';
export { AnthropicLLM, type AnthropicLLMOptions, type AnthropicModel } from './llm.ts';

// ---- llm.d.ts
import type { BaseLLM, Attempt, ChatReply, ChatRequest, ChatStreamEvent, LLMMetadata, LLMSettings } from '@mortise/core';
import type { AnthropicConnection } from './client.ts';
import type { AnthropicProviderOptions } from './convert-request.ts';
import type { AnthropicMetadata } from './convert-response.ts';
export type AnthropicModel = 'claude-opus-5-5' | 'claude-sonnet-5-5' | 'claude-haiku-5-5' | 'claude-fable-5-2' | 'claude-opus-4-8' | 'claude-sonnet-4-6' | 'claude-haiku-4-5' | (string & {});
export interface AnthropicLLMOptions extends LLMSettings, AnthropicConnection {
    model: AnthropicModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export declare class AnthropicLLM extends BaseLLM<AnthropicProviderOptions, AnthropicMetadata> {
    constructor(given: AnthropicLLMOptions);
    get metadata(): LLMMetadata;
    doGenerate(request: ChatRequest<AnthropicProviderOptions>, attempt: Attempt): Promise<ChatReply<AnthropicMetadata>>;
    doStream(request: ChatRequest<AnthropicProviderOptions>, attempt: Attempt): Promise<AsyncIterable<ChatStreamEvent[]>>;
}
