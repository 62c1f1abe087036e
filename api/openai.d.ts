// The API of @mortise/openai. Written by `pnpm api`.
// entry . index.d.ts
// entry ./presets presets/index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- api.d.ts
import type { ChatReply, ChatRequest, ChatStreamEvent, LLMCapabilities } from '@mortise/core/llm';
import type { SchemaDialect } from '@mortise/core/schema';
import type { StreamTranslator } from '@mortise/core/wire';
import type { Endpoint, OpenAILLMClient } from './client.ts';
import type { ChatCompletionsContext } from './convert-chat-request.ts';
import type { WireAbout, WireBody } from './convert.ts';
export interface OpenAIApi {
    readonly endpoint: (client: OpenAILLMClient) => Endpoint;
    readonly toRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
    readonly toStreamRequest: (request: ChatRequest, context: ChatCompletionsContext) => WireBody;
    readonly fromReply: (body: WireBody, about: WireAbout) => ChatReply<WireBody>;
    readonly fromStream: (about: WireAbout) => StreamTranslator<ChatStreamEvent>;
    readonly capabilities: LLMCapabilities;
    readonly schemaDialect?: SchemaDialect | undefined;
    readonly callIdLength: number;
}

// ---- client.d.ts
export interface ConnectionOptions<C> {
    apiKey?: string | undefined;
    apiKeyVariable?: string | null | undefined;
    apiKeyHeader?: string | undefined;
    token?: ((signal: AbortSignal) => string | Promise<string>) | undefined;
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
    headers?: Record<string, string>;
}
export interface OpenAILLMClient {
    readonly baseURL?: string | undefined;
    readonly chat: {
        readonly completions: Endpoint;
    };
    readonly responses: Endpoint;
}
export interface OpenAIEmbeddingClient {
    readonly baseURL?: string | undefined;
    readonly embeddings: Endpoint;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

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
export declare function toEmbeddingRequest(inputs: readonly string[], request: EmbedRequest, about: WireAbout & {
    readonly encoding?: 'base64' | 'float' | undefined;
}): WireBody;
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
    embeddings?: ServerEmbeddings | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export interface ServerEmbeddings {
    readonly maxBatchSize: number;
    readonly encoding?: 'base64' | 'float' | undefined;
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
export { OpenAIEmbedding, type OpenAIEmbeddingModel, type OpenAIEmbeddingOptions, type OpenAIEmbeddingProviderOptions, type ServerEmbeddings, } from './embedding.ts';
export type { ConnectionOptions, Endpoint, OpenAIEmbeddingClient, OpenAILLMClient, RequestSettings, } from './client.ts';
export type { OpenAIApi } from './api.ts';
export type { ReasoningWire, ServerWire } from './server-wire.ts';
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
import type { OpenAIApi } from './api.ts';
import type { ConnectionOptions, OpenAILLMClient } from './client.ts';
import type { ServerWire } from './server-wire.ts';
export type OpenAIModel = 'gpt-6.1-sol' | 'gpt-6.1-terra' | 'gpt-6-astra' | 'gpt-6-luna' | 'gpt-5.6-luna' | 'gpt-5.5' | 'gpt-5.4-mini' | 'gpt-5.4-nano' | (string & {});
export interface OpenAILLMOptions extends LLMSettings, ConnectionOptions<OpenAILLMClient> {
    model: OpenAIModel;
    api?: 'responses' | 'chat-completions' | ((wire: ServerWire) => OpenAIApi) | undefined;
    wire?: ServerWire | undefined;
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

// ---- presets/azure.d.ts
export interface AzureOptions {
    resource: string;
    deployment?: string | undefined;
    apiVersion?: string | undefined;
    token?: (() => string | Promise<string>) | undefined;
}
export interface AzureConnection {
    readonly name: string;
    readonly baseURL: string;
    readonly apiKeyVariable: string | null;
    readonly apiKeyHeader: string;
    readonly token?: () => Promise<string>;
    readonly api?: 'chat-completions';
}
export declare function azure({ resource, deployment, apiVersion, token }: AzureOptions): AzureConnection;

// ---- presets/chat-completions.d.ts
import type { OpenAIApi } from '../api.ts';
import type { ServerWire } from '../server-wire.ts';
export declare function chatCompletions(wire: ServerWire): OpenAIApi;

// ---- presets/hosted.d.ts
import type { ServerEmbeddings } from '../embedding.ts';
import type { ServerPreset } from './preset.ts';
export declare const groq: ServerPreset<false>;
export declare const xai: ServerPreset<false>;
export declare const deepseek: ServerPreset<false>;
export declare const openrouter: ServerPreset<ServerEmbeddings>;
export declare const together: ServerPreset<ServerEmbeddings>;
export declare const fireworks: ServerPreset<ServerEmbeddings>;
export declare const cerebras: ServerPreset<false>;
export declare const perplexity: ServerPreset<false>;
export declare const moonshot: ServerPreset<false>;
export declare const zai: ServerPreset<false>;
export declare const dashscope: ServerPreset<ServerEmbeddings>;
export declare const gemini: ServerPreset<ServerEmbeddings>;
export declare const githubModels: ServerPreset<ServerEmbeddings>;

// ---- presets/index.d.ts
export { azure, type AzureConnection, type AzureOptions } from './azure.ts';
export { chatCompletions } from './chat-completions.ts';
export type { ServerPreset } from './preset.ts';
export { cerebras, dashscope, deepseek, fireworks, gemini, githubModels, groq, moonshot, openrouter, perplexity, together, xai, zai, } from './hosted.ts';
export { llamaCpp, lmStudio, ollama, vllm } from './local.ts';

// ---- presets/local.d.ts
import type { ServerEmbeddings } from '../embedding.ts';
import type { ServerPreset } from './preset.ts';
export declare const ollama: ServerPreset<ServerEmbeddings>;
export declare const vllm: ServerPreset<ServerEmbeddings>;
export declare const lmStudio: ServerPreset<ServerEmbeddings>;
export declare const llamaCpp: ServerPreset<ServerEmbeddings>;

// ---- presets/preset.d.ts
import type { OpenAIApi } from '../api.ts';
import type { ServerEmbeddings } from '../embedding.ts';
import type { ServerWire } from '../server-wire.ts';
export interface ServerPreset<E extends ServerEmbeddings | false = ServerEmbeddings | false> {
    readonly name: string;
    readonly baseURL: string;
    readonly apiKeyVariable: string | null;
    readonly api: (wire: ServerWire) => OpenAIApi;
    readonly wire: ServerWire;
    readonly embeddings: E;
}

// ---- server-wire.d.ts
import type { FinishReason, LLMCapabilities } from '@mortise/core/llm';
import type { SchemaDialect } from '@mortise/core/schema';
export interface ServerWire {
    readonly maxTokensField?: 'max_completion_tokens' | 'max_tokens' | undefined;
    readonly capabilities?: LLMCapabilities | undefined;
    readonly schemaDialect?: SchemaDialect | undefined;
    readonly without?: readonly string[] | undefined;
    readonly typeLists?: false | undefined;
    readonly strictTools?: 'none' | 'all' | undefined;
    readonly requiredToolChoice?: false | undefined;
    readonly anyJson?: false | undefined;
    readonly maxStop?: number | undefined;
    readonly imageURLs?: false | undefined;
    readonly files?: true | undefined;
    readonly plainText?: true | undefined;
    readonly reasoning?: ReasoningWire | false | undefined;
    readonly emptyReasoning?: string | undefined;
    readonly thinkingTags?: true | undefined;
    readonly ownMembers?: false | undefined;
    readonly ends?: Readonly<Record<string, FinishReason['unified']>> | undefined;
    readonly metadata?: readonly string[] | undefined;
}
export interface ReasoningWire {
    readonly within?: string | undefined;
    readonly effort?: string | undefined;
    readonly words?: Readonly<Record<string, string>> | undefined;
    readonly budget?: string | undefined;
    readonly on?: Readonly<Record<string, unknown>> | undefined;
    readonly off?: Readonly<Record<string, unknown>> | undefined;
}
