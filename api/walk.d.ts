// The API of @mortise/walk. Written by `pnpm api`.
// entry . index.d.ts

// ---- client.d.ts
export interface WalkConnectionOptions {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
}

// ---- index.d.ts
export type { WalkConnectionOptions } from './client.ts';
export { WalkLLM, type WalkLLMOptions, type WalkModel, type WalkProviderOptions } from './llm.ts';

// ---- llm.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseLLM, ChatReply, ChatRequest, LLMMetadata, LLMSettings, StreamBatch } from '@mortise/core/llm';
import type { WalkConnectionOptions } from './client.ts';
export type WalkModel = 'walk-1' | (string & {});
export interface WalkLLMOptions extends LLMSettings, WalkConnectionOptions {
    model: WalkModel;
    metadata?: Partial<LLMMetadata> | undefined;
}
export type WalkProviderOptions = {
    walk?: {
        [member: string]: unknown;
    };
};
export declare class WalkLLM extends BaseLLM<WalkProviderOptions> {
    readonly metadata: LLMMetadata;
    constructor(options: WalkLLMOptions);
    doGenerate(request: ChatRequest<WalkProviderOptions>, attempt: Attempt): Promise<ChatReply>;
    doStream(request: ChatRequest<WalkProviderOptions>, attempt: Attempt): Promise<AsyncIterable<StreamBatch>>;
}
