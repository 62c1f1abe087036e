// The API of @mortise/openai. Written by `pnpm api`.
// entry . index.d.ts

// ---- client.d.ts
export interface ConnectionOptions<C> {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
    client?: C | undefined;
}
export interface Endpoint {
    create(body: never, options?: RequestSettings): {
        asResponse(): Promise<Response>;
    };
}
export interface RequestSettings {
    signal?: AbortSignal;
    maxRetries?: number;
    timeout?: number;
}
export interface OpenAILLMClient {
    readonly baseURL?: string | undefined;
    readonly chat: {
        readonly completions: Endpoint;
    };
    readonly responses: Endpoint;
}
export interface OpenAIEmbeddingClient {
    readonly embeddings: Endpoint;
}

// ---- convert-chat-request.d.ts
import type { ChatRequest } from '@mortise/core/llm';
import type { WireBody, WireContext } from './convert.ts';
export interface ChatCompletionsContext extends WireContext {
    readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
}
export declare function toChatCompletionsRequest(request: ChatRequest, context: ChatCompletionsContext): WireBody;
export declare function toChatCompletionsStreamRequest(request: ChatRequest, context: ChatCompletionsContext): WireBody;

// ---- convert-chat-response.d.ts
import type { ChatReply, Usage } from '@mortise/core/llm';
import type { WireAbout, WireBody } from './convert.ts';
export declare function fromChatCompletionsResponse(body: WireBody, about: WireAbout): ChatReply<WireBody>;
export declare function chatUsage(raw: WireBody | undefined): Usage;

// ---- convert-chat-stream.d.ts
import type { ChatStreamEvent } from '@mortise/core/llm';
import type { StreamTranslator } from '@mortise/core/wire';
import type { WireAbout } from './convert.ts';
export declare function chatCompletionsStream(about: WireAbout): StreamTranslator<ChatStreamEvent>;

// ---- convert-embedding.d.ts
import type { EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { WireAbout, WireBody } from './convert.ts';
export declare function toEmbeddingRequest(inputs: readonly string[], request: EmbedRequest, about: WireAbout): WireBody;
export declare function fromEmbeddingResponse(body: WireBody, about: WireAbout): EmbedReply;

// ---- convert-responses-request.d.ts
import type { ChatRequest } from '@mortise/core/llm';
import type { WireBody, WireContext } from './convert.ts';
export declare function toResponsesRequest(request: ChatRequest, context: WireContext): WireBody;
export declare function toResponsesStreamRequest(request: ChatRequest, context: WireContext): WireBody;

// ---- convert-responses-response.d.ts
import type { ChatReply } from '@mortise/core/llm';
import type { WireAbout, WireBody } from './convert.ts';
export declare function fromResponsesResponse(body: WireBody, about: WireAbout): ChatReply<WireBody>;

// ---- convert-responses-stream.d.ts
import type { ChatStreamEvent } from '@mortise/core/llm';
import type { StreamTranslator } from '@mortise/core/wire';
import type { WireAbout } from './convert.ts';
export declare function responsesStream(about: WireAbout): StreamTranslator<ChatStreamEvent>;

// ---- convert.d.ts
import type { Warning } from '@mortise/core';
import type { LLMCapabilities } from '@mortise/core/llm';
import type { SchemaDialect } from '@mortise/core/schema';
import type { About } from '@mortise/core/wire';
export interface ErrorAbout extends About {
}
export interface WireAbout extends ErrorAbout {
    readonly model: string;
}
export interface WireContext extends WireAbout {
    warn(warning: Warning): void;
    readonly capabilities?: LLMCapabilities | undefined;
    readonly schemaDialect?: SchemaDialect | undefined;
}
export type WireBody = {
    [member: string]: unknown;
};

// ---- embedding.d.ts
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { Attempt } from '@mortise/core/call';
import type { ConnectionOptions, OpenAIEmbeddingClient } from './client.ts';
export type OpenAIEmbeddingModel = 'text-embedding-3-small' | 'text-embedding-3-large' | (string & {});
export interface OpenAIEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, ConnectionOptions<OpenAIEmbeddingClient> {
    model: OpenAIEmbeddingModel;
    dimensions?: number | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type OpenAIEmbeddingProviderOptions = {
    openai?: {
        user?: string | undefined;
        [member: string]: unknown;
    };
};
export declare class OpenAIEmbedding extends BaseEmbedding<OpenAIEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: OpenAIEmbeddingOptions);
    doEmbed(inputs: readonly string[], request: EmbedRequest<OpenAIEmbeddingProviderOptions>, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export { OpenAILLM, type OpenAILLMOptions, type OpenAIMetadata, type OpenAIModel, type OpenAIProviderOptions, } from './llm.ts';
export { OpenAIEmbedding, type OpenAIEmbeddingModel, type OpenAIEmbeddingOptions, type OpenAIEmbeddingProviderOptions, } from './embedding.ts';
export type { ConnectionOptions, Endpoint, OpenAIEmbeddingClient, OpenAILLMClient, RequestSettings, } from './client.ts';
export type { ErrorAbout, WireAbout, WireBody, WireContext } from './convert.ts';
export { toChatCompletionsRequest, toChatCompletionsStreamRequest, type ChatCompletionsContext, } from './convert-chat-request.ts';
export { chatUsage, fromChatCompletionsResponse } from './convert-chat-response.ts';
export { chatCompletionsStream } from './convert-chat-stream.ts';
export { toResponsesRequest, toResponsesStreamRequest } from './convert-responses-request.ts';
export { fromResponsesResponse } from './convert-responses-response.ts';
export { responsesStream } from './convert-responses-stream.ts';
export { fromEmbeddingResponse, toEmbeddingRequest } from './convert-embedding.ts';

// ---- llm.d.ts
import type { BaseLLM, ChatReply, ChatRequest, LLMMetadata, LLMSettings, StreamBatch } from '@mortise/core/llm';
import type { Attempt } from '@mortise/core/call';
import type { ConnectionOptions, OpenAILLMClient } from './client.ts';
export type OpenAIModel = 'gpt-6.1-sol' | 'gpt-6.1-terra' | 'gpt-6-astra' | 'gpt-6-luna' | 'gpt-5.6-luna' | 'gpt-5.5' | 'gpt-5.4-mini' | 'gpt-5.4-nano' | (string & {});
export interface OpenAILLMOptions extends LLMSettings, ConnectionOptions<OpenAILLMClient> {
    model: OpenAIModel;
    api?: 'responses' | 'chat-completions' | undefined;
    metadata?: Partial<LLMMetadata> | undefined;
    maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
}
export type OpenAIProviderOptions = {
    openai?: {
        store?: boolean | undefined;
        include?: readonly string[] | undefined;
        previous_response_id?: string | undefined;
        parallel_tool_calls?: boolean | undefined;
        prompt_cache_key?: string | undefined;
        service_tier?: string | undefined;
        safety_identifier?: string | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export type OpenAIMetadata = {
    [member: string]: unknown;
};
export declare class OpenAILLM extends BaseLLM<OpenAIProviderOptions, OpenAIMetadata> {
    readonly metadata: LLMMetadata;
    constructor(given: OpenAILLMOptions);
    doGenerate(request: ChatRequest<OpenAIProviderOptions>, attempt: Attempt): Promise<ChatReply<OpenAIMetadata>>;
    doStream(request: ChatRequest<OpenAIProviderOptions>, attempt: Attempt): Promise<AsyncIterable<StreamBatch>>;
}
