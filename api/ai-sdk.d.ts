// The API of @mortise/ai-sdk. Written by `pnpm api`.
// entry . index.d.ts
// entry ./ui ui/index.d.ts
// entry ./ag-ui ag-ui/index.d.ts

// ---- ag-ui/events.d.ts
import type { JsonObject } from '@mortise/core';
export interface AGUIUsage {
    inputTokens?: number;
    outputTokens?: number;
    totalTokens?: number;
    reasoningTokens?: number;
    cachedInputTokens?: number;
    cacheWriteInputTokens?: number;
}
export interface AGUIInterrupt {
    id: string;
    reason: string;
    toolCallId: string;
    subagentRunId?: string;
    responseSchema: JsonObject;
    expiresAt: string;
    metadata: {
        name: string;
        arguments: JsonObject;
    };
}
export type AGUIOutcome = {
    type: 'success';
} | {
    type: 'cancelled';
} | {
    type: 'interrupt';
    interrupts: AGUIInterrupt[];
};
export type AGUIEvent = AGUIEventBody & {
    subagentRunId?: string;
};
type AGUIEventBody = {
    type: 'RUN_STARTED';
    threadId: string;
    runId: string;
} | {
    type: 'RUN_FINISHED';
    threadId: string;
    runId: string;
    outcome: AGUIOutcome;
    usage?: AGUIUsage[];
} | {
    type: 'RUN_ERROR';
    message: string;
    code: string;
} | {
    type: 'SUBAGENT_STARTED';
    subagentRunId: string;
    name: string;
    parentToolCallId: string;
    parentSubagentRunId?: string;
} | {
    type: 'SUBAGENT_FINISHED';
    subagentRunId: string;
} | {
    type: 'SUBAGENT_ERROR';
    subagentRunId: string;
    message: string;
} | {
    type: 'STEP_STARTED' | 'STEP_FINISHED';
    stepName: string;
} | {
    type: 'TEXT_MESSAGE_START';
    messageId: string;
    role: 'assistant';
} | {
    type: 'TEXT_MESSAGE_CONTENT' | 'REASONING_MESSAGE_CONTENT';
    messageId: string;
    delta: string;
} | {
    type: 'TEXT_MESSAGE_END' | 'REASONING_START' | 'REASONING_MESSAGE_END' | 'REASONING_END';
    messageId: string;
} | {
    type: 'REASONING_MESSAGE_START';
    messageId: string;
    role: 'reasoning';
} | {
    type: 'REASONING_ENCRYPTED_VALUE';
    subtype: 'message' | 'tool-call';
    entityId: string;
    encryptedValue: string;
} | {
    type: 'TOOL_CALL_START';
    toolCallId: string;
    toolCallName: string;
} | {
    type: 'TOOL_CALL_ARGS';
    toolCallId: string;
    delta: string;
} | {
    type: 'TOOL_CALL_END';
    toolCallId: string;
} | {
    type: 'TOOL_CALL_RESULT';
    messageId: string;
    toolCallId: string;
    content: string;
    role: 'tool';
} | {
    type: 'CUSTOM';
    name: string;
    value: JsonObject;
};

// ---- ag-ui/index.d.ts
import type { SSEOptions } from '@mortise/core/sse';
import type { UISource } from '../ui/events.ts';
import type { AGUIEvent } from './events.ts';
import type { AGUIRun } from './translate.ts';
export type { AGUIEvent, AGUIInterrupt, AGUIOutcome, AGUIUsage } from './events.ts';
export { approvalsFromResume } from './interrupts.ts';
export type { AGUIRun } from './translate.ts';
export declare function toAGUI(stream: UISource, run: AGUIRun): AsyncGenerator<AGUIEvent, void, undefined>;
export declare function toAGUIResponse(stream: UISource, options: AGUIRun & SSEOptions): Response;

// ---- ag-ui/interrupts.d.ts
import type { UIApproval } from '../ui/approvals.ts';
export declare function approvalsFromResume(resume: unknown): UIApproval[];

// ---- ag-ui/translate.d.ts
import type { SSEShow } from '@mortise/core/sse';
export interface AGUIRun {
    threadId: string;
    runId: string;
    show?: SSEShow | undefined;
}

// ---- fetch.d.ts
export declare function fetchForAISDK(fetch?: typeof globalThis.fetch): typeof globalThis.fetch;

// ---- from-aisdk.d.ts
import type { EmbeddingModel, LLM, ProviderOptions, Reranker } from '@mortise/core';
import type { FromAISDKEmbeddingOptions } from './from/embedding.ts';
import type { FromAISDKLLMOptions } from './from/llm.ts';
import type { FromAISDKRerankerOptions } from './from/reranker.ts';
import type { AISDKEmbeddingModel, AISDKLanguageModel, AISDKRerankingModel } from './spec.ts';
export declare function fromAISDK(model: AISDKLanguageModel, options?: FromAISDKLLMOptions): LLM<ProviderOptions, object>;
export declare function fromAISDK(model: AISDKEmbeddingModel, options?: FromAISDKEmbeddingOptions): EmbeddingModel;
export declare function fromAISDK(model: AISDKRerankingModel, options?: FromAISDKRerankerOptions): Reranker;

// ---- from/embedding.d.ts
import type { BaseEmbeddingOptions, EmbeddingMetadata } from '@mortise/core';
export interface FromAISDKEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'> {
    metadata?: Partial<EmbeddingMetadata> | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    secrets?: readonly string[] | undefined;
}

// ---- from/llm.d.ts
import type { LLMMetadata, LLMSettings } from '@mortise/core';
export interface FromAISDKLLMOptions extends LLMSettings {
    metadata?: Partial<LLMMetadata> | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    secrets?: readonly string[] | undefined;
}

// ---- from/reranker.d.ts
import type { ModelSettings, RerankerMetadata } from '@mortise/core';
export interface FromAISDKRerankerOptions extends ModelSettings {
    metadata?: Partial<RerankerMetadata> | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    secrets?: readonly string[] | undefined;
}

// ---- index.d.ts
export { fetchForAISDK } from './fetch.ts';
export { fromAISDK } from './from-aisdk.ts';
export { toAISDK, type ToAISDKVersion } from './to-aisdk.ts';
export type { ToAISDKLLMOptions } from './to/llm.ts';
export type { ToAISDKEmbeddingOptions, ToAISDKRerankerOptions } from './to/embedding.ts';
export type { FromAISDKLLMOptions } from './from/llm.ts';
export type { FromAISDKEmbeddingOptions } from './from/embedding.ts';
export type { FromAISDKRerankerOptions } from './from/reranker.ts';
export type * from './spec.ts';
export type * from './output.ts';

// ---- output.d.ts
import type { JsonObject, JsonValue } from '@mortise/core/shared';
export type AISDKProviderData = {
    [provider: string]: JsonObject;
};
export type AISDKOutputVersion = 'v4' | 'v3' | 'v2';
export type OutputFileData<V extends AISDKOutputVersion> = V extends 'v4' ? {
    type: 'data';
    data: Uint8Array | string;
} | {
    type: 'url';
    url: URL;
} : Uint8Array | string;
export interface OutputTold {
    providerMetadata?: AISDKProviderData;
}
export type OutputSource = OutputTold & {
    type: 'source';
    id: string;
} & ({
    sourceType: 'url';
    url: string;
    title?: string;
} | {
    sourceType: 'document';
    mediaType: string;
    title: string;
    filename?: string;
});
export interface OutputCitation {
    source: OutputSource;
    startIndex?: number;
    endIndex?: number;
    citedText?: string;
}
export type OutputFile<V extends AISDKOutputVersion> = OutputTold & {
    type: 'file';
    mediaType: string;
    data: OutputFileData<V>;
};
export type OutputToolCall = OutputTold & {
    type: 'tool-call';
    toolCallId: string;
    toolName: string;
    input: string;
    providerExecuted?: boolean;
    dynamic?: boolean;
};
export type OutputToolResult = OutputTold & {
    type: 'tool-result';
    toolCallId: string;
    toolName: string;
    result: NonNullable<JsonValue>;
    isError?: boolean;
    dynamic?: boolean;
    providerExecuted?: true;
};
export type OutputApprovalRequest = OutputTold & {
    type: 'tool-approval-request';
    approvalId: string;
    toolCallId: string;
};
export type OutputCustom = OutputTold & {
    type: 'custom';
    kind: `${string}.${string}`;
};
export type OutputText = OutputTold & {
    type: 'text';
    text: string;
    citations?: OutputCitation[];
};
export type OutputReasoning = OutputTold & {
    type: 'reasoning';
    text: string;
};
export type OutputReasoningFile = OutputTold & {
    type: 'reasoning-file';
    mediaType: string;
    data: OutputFileData<'v4'>;
};
export type OutputWhole<V extends AISDKOutputVersion> = OutputFile<V> | OutputSource | OutputToolCall | OutputToolResult | (V extends 'v2' ? never : OutputApprovalRequest) | (V extends 'v4' ? OutputCustom | OutputReasoningFile : never);
export type OutputContent<V extends AISDKOutputVersion> = OutputText | OutputReasoning | OutputWhole<V>;
export type OutputUsage<V extends AISDKOutputVersion = 'v4'> = V extends 'v2' ? {
    inputTokens: number | undefined;
    outputTokens: number | undefined;
    totalTokens: number | undefined;
    reasoningTokens?: number | undefined;
    cachedInputTokens?: number | undefined;
} : {
    inputTokens: {
        total: number | undefined;
        noCache: number | undefined;
        cacheRead: number | undefined;
        cacheWrite: number | undefined;
    };
    outputTokens: {
        total: number | undefined;
        text: number | undefined;
        reasoning: number | undefined;
    };
    raw?: JsonObject;
};
export type OutputFinishWord = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';
export type OutputFinish<V extends AISDKOutputVersion = 'v4'> = V extends 'v2' ? OutputFinishWord : {
    unified: OutputFinishWord;
    raw: string | undefined;
};
export type OutputWarning<V extends AISDKOutputVersion = 'v4'> = {
    type: 'other';
    message: string;
} | (V extends 'v2' ? {
    type: 'unsupported-setting';
    setting: string;
    details?: string;
} | {
    type: 'unsupported-tool';
    tool: OutputProviderTool;
    details?: string;
} : {
    type: 'unsupported';
    feature: string;
    details?: string;
});
export interface OutputProviderTool {
    type: 'provider-defined';
    id: `${string}.${string}`;
    name: string;
    args: Record<string, unknown>;
}
export interface OutputResponse {
    id?: string;
    timestamp?: Date;
    modelId?: string;
}
export interface OutputReply<V extends AISDKOutputVersion> extends OutputTold {
    content: OutputContent<V>[];
    finishReason: OutputFinish<V>;
    usage: OutputUsage<V>;
    warnings: OutputWarning<V>[];
    response: OutputResponse;
}
export type OutputStreamPart<V extends AISDKOutputVersion> = {
    type: 'stream-start';
    warnings: OutputWarning<V>[];
} | ({
    type: 'response-metadata';
} & OutputResponse) | (OutputTold & {
    type: 'text-start' | 'reasoning-start' | 'reasoning-end' | 'tool-input-end';
    id: string;
}) | (OutputTold & {
    type: 'text-end';
    id: string;
    citations?: OutputCitation[];
}) | {
    type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta';
    id: string;
    delta: string;
} | (OutputTold & {
    type: 'tool-input-start';
    id: string;
    toolName: string;
}) | OutputWhole<V> | (OutputTold & {
    type: 'finish';
    usage: OutputUsage<V>;
    finishReason: OutputFinish<V>;
}) | {
    type: 'raw';
    rawValue: unknown;
} | {
    type: 'error';
    error: unknown;
};

// ---- spec.d.ts
import type { AISDKOutputVersion, OutputReply, OutputResponse, OutputStreamPart, OutputTold, OutputWarning } from './output.ts';
export interface AISDKCall {
    readonly abortSignal?: AbortSignal | undefined;
    readonly headers?: {
        readonly [name: string]: string | undefined;
    } | undefined;
}
export interface AISDKModelBase {
    readonly specificationVersion: 'v2' | 'v3' | 'v4';
    readonly provider: string;
    readonly modelId: string;
}
export interface AISDKLanguageCall extends AISDKCall {
    readonly prompt: readonly object[];
}
export interface AISDKLanguageModel extends AISDKModelBase {
    doGenerate(options: AISDKLanguageCall): PromiseLike<object>;
    doStream(options: AISDKLanguageCall): PromiseLike<{
        readonly stream: ReadableStream<unknown>;
    }>;
}
export interface AISDKEmbeddingCall extends AISDKCall {
    readonly values: readonly string[];
}
export interface AISDKEmbeddingModel extends AISDKModelBase {
    readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
    readonly supportsParallelCalls: PromiseLike<boolean> | boolean;
    doEmbed(options: AISDKEmbeddingCall): PromiseLike<{
        readonly embeddings: readonly (readonly number[])[];
    }>;
}
export interface AISDKRerankingCall extends AISDKCall {
    readonly query: string;
    readonly topN?: number | undefined;
}
export interface AISDKRerankingModel extends AISDKModelBase {
    doRerank(options: AISDKRerankingCall): PromiseLike<{
        readonly ranking: readonly {
            readonly index: number;
            readonly relevanceScore: number;
        }[];
    }>;
}
export interface InputLanguageCall extends AISDKLanguageCall {
    readonly maxOutputTokens?: number | undefined;
    readonly temperature?: number | undefined;
    readonly stopSequences?: readonly string[] | undefined;
    readonly topP?: number | undefined;
    readonly topK?: number | undefined;
    readonly presencePenalty?: number | undefined;
    readonly frequencyPenalty?: number | undefined;
    readonly responseFormat?: {
        readonly type: string;
    } | undefined;
    readonly seed?: number | undefined;
    readonly tools?: readonly {
        readonly type: string;
        readonly name: string;
    }[] | undefined;
    readonly toolChoice?: {
        readonly type: string;
    } | undefined;
    readonly includeRawChunks?: boolean | undefined;
    readonly reasoning?: string | undefined;
    readonly providerOptions?: {
        readonly [provider: string]: object;
    } | undefined;
}
export interface LanguageModelForAISDK<V extends AISDKOutputVersion = 'v4'> {
    readonly specificationVersion: V;
    readonly provider: string;
    readonly modelId: string;
    readonly supportedUrls: Record<string, RegExp[]>;
    doGenerate(options: InputLanguageCall): Promise<OutputReply<V>>;
    doStream(options: InputLanguageCall): Promise<{
        stream: ReadableStream<OutputStreamPart<V>>;
    }>;
}
export interface InputEmbeddingCall extends AISDKEmbeddingCall {
    readonly dimensions?: number | undefined;
    readonly providerOptions?: {
        readonly [provider: string]: object;
    } | undefined;
}
export interface EmbeddingModelForAISDK<V extends AISDKOutputVersion = 'v4'> {
    readonly specificationVersion: V;
    readonly provider: string;
    readonly modelId: string;
    readonly maxEmbeddingsPerCall: undefined;
    readonly supportsParallelCalls: boolean;
    doEmbed(options: InputEmbeddingCall): Promise<OutputTold & {
        embeddings: number[][];
        usage?: {
            tokens: number;
        };
        warnings: OutputWarning[];
    }>;
}
export interface InputRerankingCall extends AISDKRerankingCall {
    readonly documents: {
        readonly type: 'text';
        readonly values: readonly string[];
    } | {
        readonly type: 'object';
        readonly values: readonly object[];
    };
    readonly providerOptions?: {
        readonly [provider: string]: object;
    } | undefined;
}
export interface RerankingModelForAISDK<V extends Exclude<AISDKOutputVersion, 'v2'> = 'v4'> {
    readonly specificationVersion: V;
    readonly provider: string;
    readonly modelId: string;
    doRerank(options: InputRerankingCall): Promise<OutputTold & {
        ranking: {
            index: number;
            relevanceScore: number;
        }[];
        warnings: OutputWarning[];
        response: OutputResponse;
    }>;
}

// ---- to-aisdk.d.ts
import type { EmbeddingModel, LLM, Reranker } from '@mortise/core';
import type { AISDKOutputVersion } from './output.ts';
import type { EmbeddingModelForAISDK, LanguageModelForAISDK, RerankingModelForAISDK } from './spec.ts';
import type { ToAISDKEmbeddingOptions, ToAISDKRerankerOptions } from './to/embedding.ts';
import type { ToAISDKLLMOptions } from './to/llm.ts';
export interface ToAISDKVersion<V extends AISDKOutputVersion> {
    readonly specificationVersion?: V | undefined;
}
export declare function toAISDK<V extends AISDKOutputVersion = 'v4'>(model: LLM, options?: ToAISDKLLMOptions & ToAISDKVersion<V>): LanguageModelForAISDK<NoInfer<V>>;
export declare function toAISDK<V extends AISDKOutputVersion = 'v4'>(model: EmbeddingModel, options?: ToAISDKEmbeddingOptions & ToAISDKVersion<V>): EmbeddingModelForAISDK<NoInfer<V>>;
export declare function toAISDK<V extends Exclude<AISDKOutputVersion, 'v2'> = 'v4'>(model: Reranker, options?: ToAISDKRerankerOptions & ToAISDKVersion<V>): RerankingModelForAISDK<NoInfer<V>>;

// ---- to/embedding.d.ts
export interface ToAISDKEmbeddingOptions {
    readonly kind?: 'query' | 'document' | undefined;
    readonly retries?: 'mortise' | 'ai-sdk' | undefined;
}
export interface ToAISDKRerankerOptions {
    readonly retries?: 'mortise' | 'ai-sdk' | undefined;
}

// ---- to/llm.d.ts
export interface ToAISDKLLMOptions {
    readonly retries?: 'mortise' | 'ai-sdk' | undefined;
    readonly supportedUrls?: Record<string, RegExp[]> | undefined;
}

// ---- ui/approvals.d.ts
export interface UIApproval {
    callId: string;
    approved: boolean;
    reason?: string | undefined;
    token: string;
}
export declare function approvalsFromUIMessages(messages: unknown): UIApproval[];

// ---- ui/chunks.d.ts
import type { JsonObject } from '@mortise/core';
export type UIChunk = {
    type: 'start';
    messageId?: string | undefined;
    messageMetadata?: unknown;
} | {
    type: 'start-step' | 'finish-step';
} | {
    type: 'text-start' | 'reasoning-start';
    id: string;
} | {
    type: 'text-delta' | 'reasoning-delta';
    id: string;
    delta: string;
} | {
    type: 'text-end' | 'reasoning-end';
    id: string;
    providerMetadata?: {
        [provider: string]: JsonObject;
    } | undefined;
} | {
    type: 'tool-input-start';
    toolCallId: string;
    toolName: string;
} | {
    type: 'tool-input-delta';
    toolCallId: string;
    inputTextDelta: string;
} | {
    type: 'tool-input-available';
    toolCallId: string;
    toolName: string;
    input: unknown;
    providerMetadata?: {
        [provider: string]: JsonObject;
    } | undefined;
} | {
    type: 'tool-input-error';
    toolCallId: string;
    toolName: string;
    input: unknown;
    errorText: string;
} | {
    type: 'tool-approval-request';
    toolCallId: string;
    approvalId: string;
} | {
    type: 'tool-output-available';
    toolCallId: string;
    output: unknown;
    preliminary?: true | undefined;
} | {
    type: 'tool-output-error';
    toolCallId: string;
    errorText: string;
} | {
    type: 'tool-output-denied';
    toolCallId: string;
} | {
    type: 'source-url';
    sourceId: string;
    url: string;
    title?: string | undefined;
} | {
    type: 'source-document';
    sourceId: string;
    mediaType: string;
    title: string;
} | {
    type: 'file';
    url: string;
    mediaType: string;
} | AgentChunk | {
    type: `data-${string}`;
    id?: string | undefined;
    data: unknown;
    transient?: true | undefined;
} | {
    type: 'finish';
    finishReason?: UIFinishReason | undefined;
    messageMetadata?: unknown;
} | {
    type: 'abort';
} | {
    type: 'error';
    errorText: string;
};
export interface AgentChunk {
    type: 'data-agent';
    transient: true;
    data: {
        toolCallId: string;
        chunk: UIChunk;
    };
}
export type UIFinishReason = 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'other';

// ---- ui/events.d.ts
import type { ChatStreamEvent, ResponseStreamEvent, ToolCallBlock, ToolResultBlock } from '@mortise/core';
export type AgentEvent = {
    type: 'step-start' | 'step-end';
    step: number;
} | {
    type: 'stream';
    step: number;
    event: ChatStreamEvent;
} | {
    type: 'response';
    step: number;
    response: object;
} | {
    type: 'approval-asked';
    step: number;
    call: ToolCallBlock;
    approval?: {
        token: string;
    } | undefined;
} | {
    type: 'approval-given';
    step: number;
    call: ToolCallBlock;
    approved: boolean;
} | {
    type: 'tool-event';
    step: number;
    call: ToolCallBlock;
    event: object;
} | {
    type: 'tool-start';
    step: number;
    call: ToolCallBlock;
} | {
    type: 'tool-progress';
    step: number;
    call: ToolCallBlock;
    value: unknown;
} | {
    type: 'tool-end';
    step: number;
    call: ToolCallBlock;
    result: ToolResultBlock;
};
export type UISource = AsyncIterable<string | ChatStreamEvent | ResponseStreamEvent | AgentEvent>;

// ---- ui/from-ui.d.ts
import type { ChatMessage, ContentBlock } from '@mortise/core';
export interface FromUIMessagesOptions {
    system?: boolean | undefined;
    dataPart?: ((part: {
        readonly type: string;
        readonly data: unknown;
    }) => ContentBlock | undefined) | undefined;
}
export declare function fromUIMessages(messages: unknown, options?: FromUIMessagesOptions): ChatMessage[];

// ---- ui/index.d.ts
export { approvalsFromUIMessages, type UIApproval } from './approvals.ts';
export type { AgentChunk, UIChunk, UIFinishReason } from './chunks.ts';
export { fromUIMessages, type FromUIMessagesOptions } from './from-ui.ts';
export { toUIMessageStreamResponse, type UIMessageStreamOptions } from './response.ts';
export type { AgentEvent, UISource } from './events.ts';
export type { UIChunksOptions } from './to-chunks.ts';
export { toUIMessages, type ToUIMessagesOptions, type UIMessageData, type UIPartData } from './to-ui.ts';
export type { UIToolsOf } from './tools.ts';

// ---- ui/response.d.ts
import type { SSEOptions } from '@mortise/core/sse';
import type { UISource } from './events.ts';
import type { UIChunksOptions } from './to-chunks.ts';
export interface UIMessageStreamOptions extends UIChunksOptions, SSEOptions {
}
export declare function toUIMessageStreamResponse(stream: UISource, options?: UIMessageStreamOptions): Response;

// ---- ui/to-chunks.d.ts
import type { SSEShow } from '@mortise/core/sse';
export interface UIChunksOptions {
    show?: SSEShow | undefined;
    messageId?: string | undefined;
    aiVersion?: 5 | 6 | 7 | undefined;
    outputs?: 'text' | 'data' | undefined;
}

// ---- ui/to-ui.d.ts
import type { ChatMessage, JsonObject } from '@mortise/core';
import type { UIChunksOptions } from './to-chunks.ts';
export interface UIMessageData {
    id: string;
    role: 'user' | 'assistant';
    parts: UIPartData[];
}
export interface UIPartData {
    type: string;
    [member: string]: unknown;
}
export interface WaitingCall {
    readonly callId: string;
    readonly name: string;
    readonly arguments: JsonObject;
    readonly token: string;
}
export interface ToUIMessagesOptions extends Pick<UIChunksOptions, 'show' | 'aiVersion' | 'outputs'> {
    approvals?: readonly WaitingCall[] | undefined;
}
export declare function toUIMessages(messages: readonly ChatMessage[], given?: ToUIMessagesOptions): UIMessageData[];

// ---- ui/tools.d.ts
import type { JsonObject } from '@mortise/core';
import type { StandardSchema } from '@mortise/core/schema';
export type UIToolsOf<T extends ToolShape> = {
    [Each in T as Each['name']]: {
        input: InputOf<Each>;
        output: Awaited<ReturnType<Each['execute']>>;
    };
};
type InputOf<T> = T extends {
    readonly schema?: StandardSchema<infer Input, unknown>;
} ? unknown extends Input ? JsonObject : Input : JsonObject;
interface ToolShape {
    readonly name: string;
    execute(args: never, context: never): unknown;
}
