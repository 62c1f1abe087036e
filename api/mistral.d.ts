// The API of @mortise/mistral. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface MistralHttpClient {
    request(request: Request): Promise<Response>;
}
export interface MistralClient {
    readonly _options: {
        readonly httpClient?: MistralHttpClient | undefined;
    };
    readonly _baseURL?: URL | null | undefined;
}
export interface MistralConnection {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: MistralClient | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-embedding.d.ts
export type MistralEmbeddingProviderOptions = {
    mistral?: {
        output_dtype?: 'float' | 'int8' | 'uint8' | (string & {}) | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};

// ---- convert-request.d.ts
export type MistralOptions = {
    safe_prompt?: boolean | undefined;
    prompt_mode?: 'reasoning' | (string & {}) | null | undefined;
    parallel_tool_calls?: boolean | undefined;
    presence_penalty?: number | undefined;
    frequency_penalty?: number | undefined;
    prediction?: {
        type: 'content';
        content: string;
    } | undefined;
    prompt_cache_key?: string | undefined;
    service_tier?: string | undefined;
    guardrails?: readonly object[] | undefined;
    tools?: readonly object[] | undefined;
    [member: string]: unknown;
};
export type MistralProviderOptions = {
    mistral?: MistralOptions | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingInput, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { MistralConnection } from './client.ts';
import type { MistralEmbeddingProviderOptions } from './convert-embedding.ts';
export type MistralEmbeddingModel = 'mistral-embed' | 'codestral-embed' | (string & {});
export interface MistralEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, MistralConnection {
    model: MistralEmbeddingModel;
    dimensions?: number | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export declare class MistralEmbedding extends BaseEmbedding<MistralEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: MistralEmbeddingOptions);
    doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { MistralClient, MistralConnection, MistralHttpClient } from './client.ts';
export type { MistralOptions, MistralProviderOptions } from './convert-request.ts';
export type { MistralEmbeddingProviderOptions } from './convert-embedding.ts';
export { MistralLLM, type MistralLLMOptions, type MistralModel } from './llm.ts';
export { MistralEmbedding, type MistralEmbeddingModel, type MistralEmbeddingOptions } from './embedding.ts';

// ---- llm.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseLLM, ChatReply, ChatRequest, ChatStreamEvent, LLMMetadata, LLMSettings } from '@mortise/core/llm';
import type { MistralConnection } from './client.ts';
import type { MistralProviderOptions } from './convert-request.ts';
export type MistralModel = 'mistral-large-latest' | 'mistral-medium-latest' | 'mistral-small-latest' | 'magistral-medium-latest' | 'codestral-latest' | 'voxtral-small-latest' | (string & {});
export interface MistralLLMOptions extends LLMSettings, MistralConnection {
    model: MistralModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export declare class MistralLLM extends BaseLLM<MistralProviderOptions> {
    readonly metadata: LLMMetadata;
    constructor(given: MistralLLMOptions);
    doGenerate(request: ChatRequest<MistralProviderOptions>, attempt: Attempt): Promise<ChatReply>;
    doStream(request: ChatRequest<MistralProviderOptions>, attempt: Attempt): Promise<AsyncIterable<ChatStreamEvent[]>>;
}
