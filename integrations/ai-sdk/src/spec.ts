import type { JsonObject, JsonValue } from '@mortise/core/shared';

/** `providerOptions` and `providerMetadata` of the AI SDK: by provider, such as `{ openai: { itemId: '...' } }`. */
export type AISDKProviderData = { [provider: string]: JsonObject };

/** What every call of a model of the AI SDK takes, in all versions of the specification. */
export interface AISDKCall {
  readonly abortSignal?: AbortSignal | undefined;
  readonly headers?: { readonly [name: string]: string | undefined } | undefined;
}

/** What is read of a reply of theirs is checked as it is read: patch releases add members and kinds. */
interface AISDKModelBase {
  readonly specificationVersion: 'v2' | 'v3' | 'v4';
  /** Such as `openai.responses`; what stands before the first dot is the key of `providerOptions`. */
  readonly provider: string;
  readonly modelId: string;
}

/** A call of a language model: as much of it as all versions share. */
export interface AISDKLanguageCall extends AISDKCall {
  readonly prompt: readonly object[];
}

/** A language model of the AI SDK, of specification V2 (`ai` 5), V3 (`ai` 6) or V4 (`ai` 7): the slice that is used. */
export interface AISDKLanguageModel extends AISDKModelBase {
  doGenerate(options: AISDKLanguageCall): PromiseLike<object>;
  doStream(options: AISDKLanguageCall): PromiseLike<{ readonly stream: ReadableStream<unknown> }>;
}

/** A call of an embedding model: as much of it as all versions share. */
export interface AISDKEmbeddingCall extends AISDKCall {
  readonly values: readonly string[];
}

/** An embedding model of the AI SDK, V2 to V4: the slice that is used. */
export interface AISDKEmbeddingModel extends AISDKModelBase {
  readonly maxEmbeddingsPerCall: PromiseLike<number | undefined> | number | undefined;
  readonly supportsParallelCalls: PromiseLike<boolean> | boolean;
  doEmbed(options: AISDKEmbeddingCall): PromiseLike<{ readonly embeddings: readonly (readonly number[])[] }>;
}

/** A call of a reranking model: as much of it as all versions share. */
export interface AISDKRerankingCall extends AISDKCall {
  readonly query: string;
  readonly topN?: number | undefined;
}

/** A reranking model of the AI SDK, V3 or V4: the slice that is used. */
export interface AISDKRerankingModel extends AISDKModelBase {
  doRerank(options: AISDKRerankingCall): PromiseLike<{
    readonly ranking: readonly { readonly index: number; readonly relevanceScore: number }[];
  }>;
}

/** The versions of the specification that `toAISDK` makes models of: `v4` is that of `ai` 7, `v3` of `ai` 6. */
export type AISDKOutputVersion = 'v4' | 'v3';

/** Bytes, base64, or an address. `v4` says which; up to `v3` a string is base64. */
export type OutputFileData<V extends AISDKOutputVersion> = V extends 'v4'
  ? { type: 'data'; data: Uint8Array | string } | { type: 'url'; url: URL }
  : Uint8Array | string;

interface Told {
  providerMetadata?: AISDKProviderData;
}

/** A page, or a document, that a reply rests on. */
export type OutputSource = Told & { type: 'source'; id: string } & (
    | { sourceType: 'url'; url: string; title?: string }
    | { sourceType: 'document'; mediaType: string; title: string; filename?: string }
  );

/** Where in a text something rests on a source; of `v4` alone. */
export interface OutputCitation {
  source: OutputSource;
  startIndex?: number;
  endIndex?: number;
  citedText?: string;
}

/** A file that the model made: base64, or bytes, with its media type. */
export type OutputFile<V extends AISDKOutputVersion> = Told & {
  type: 'file';
  mediaType: string;
  data: OutputFileData<V>;
};

/** A call that the model asks for. */
export type OutputToolCall = Told & {
  type: 'tool-call';
  toolCallId: string;
  toolName: string;
  /** JSON, or what the model wrote in its place. */
  input: string;
  providerExecuted?: boolean;
  dynamic?: boolean;
};

/** What a tool that the provider ran gave. */
export type OutputToolResult = Told & {
  type: 'tool-result';
  toolCallId: string;
  toolName: string;
  result: NonNullable<JsonValue>;
  isError?: boolean;
  dynamic?: boolean;
};

/** A call of the provider's that waits for a yes. */
export type OutputApprovalRequest = Told & {
  type: 'tool-approval-request';
  approvalId: string;
  toolCallId: string;
};

/** What has no place in their specification, as a provider's own part; of `v4` alone. */
export type OutputCustom = Told & { type: 'custom'; kind: `${string}.${string}` };

/** Text, with its citations. */
export type OutputText = Told & { type: 'text'; text: string; citations?: OutputCitation[] };
/** Thinking that can be read. */
export type OutputReasoning = Told & { type: 'reasoning'; text: string };
/** A file that is part of the thinking; of `v4` alone. */
export type OutputReasoningFile = Told & {
  type: 'reasoning-file';
  mediaType: string;
  data: OutputFileData<'v4'>;
};

/** Parts that come whole, in replies and in streams. */
export type OutputWhole<V extends AISDKOutputVersion> =
  | OutputFile<V>
  | OutputSource
  | OutputToolCall
  | OutputToolResult
  | OutputApprovalRequest
  | (V extends 'v4' ? OutputCustom | OutputReasoningFile : never);

/** A part of a whole reply. */
export type OutputContent<V extends AISDKOutputVersion> = OutputText | OutputReasoning | OutputWhole<V>;

/** Tokens. What is not known is undefined, never 0. */
export interface OutputUsage {
  inputTokens: {
    total: number | undefined;
    noCache: number | undefined;
    cacheRead: number | undefined;
    cacheWrite: number | undefined;
  };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
  raw?: JsonObject;
}

/** Why the reply ended: in their words, and in the provider's. */
export interface OutputFinish {
  unified: 'stop' | 'length' | 'content-filter' | 'tool-calls' | 'error' | 'other';
  raw: string | undefined;
}

/** What was left out, or is to be known. */
export type OutputWarning =
  | { type: 'unsupported'; feature: string; details?: string }
  | { type: 'other'; message: string };

/** What is told of a reply besides its content. */
export interface OutputResponse {
  id?: string;
  timestamp?: Date;
  modelId?: string;
}

/** One whole reply. */
export interface OutputReply<V extends AISDKOutputVersion> extends Told {
  content: OutputContent<V>[];
  finishReason: OutputFinish;
  usage: OutputUsage;
  warnings: OutputWarning[];
  response: OutputResponse;
}

/** A part of a stream. */
export type OutputStreamPart<V extends AISDKOutputVersion> =
  | { type: 'stream-start'; warnings: OutputWarning[] }
  | ({ type: 'response-metadata' } & OutputResponse)
  | (Told & { type: 'text-start' | 'reasoning-start' | 'reasoning-end' | 'tool-input-end'; id: string })
  | (Told & { type: 'text-end'; id: string; citations?: OutputCitation[] })
  | { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta'; id: string; delta: string }
  | (Told & { type: 'tool-input-start'; id: string; toolName: string })
  | OutputWhole<V>
  | (Told & { type: 'finish'; usage: OutputUsage; finishReason: OutputFinish })
  | { type: 'raw'; rawValue: unknown }
  | { type: 'error'; error: unknown };

/** A call of a language model as `generateText` and `streamText` make it: the slice that is read. */
export interface InputLanguageCall extends AISDKLanguageCall {
  readonly maxOutputTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly stopSequences?: readonly string[] | undefined;
  readonly topP?: number | undefined;
  readonly topK?: number | undefined;
  readonly presencePenalty?: number | undefined;
  readonly frequencyPenalty?: number | undefined;
  readonly responseFormat?: { readonly type: string } | undefined;
  readonly seed?: number | undefined;
  readonly tools?: readonly { readonly type: string; readonly name: string }[] | undefined;
  readonly toolChoice?: { readonly type: string } | undefined;
  readonly includeRawChunks?: boolean | undefined;
  readonly reasoning?: string | undefined;
  readonly providerOptions?: { readonly [provider: string]: object } | undefined;
}

/** A language model of ours, as the AI SDK takes it. */
export interface LanguageModelForAISDK<V extends AISDKOutputVersion = 'v4'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: Record<string, RegExp[]>;
  doGenerate(options: InputLanguageCall): Promise<OutputReply<V>>;
  doStream(options: InputLanguageCall): Promise<{ stream: ReadableStream<OutputStreamPart<V>> }>;
}

/** A call of an embedding model as `embed` and `embedMany` make it. */
export interface InputEmbeddingCall extends AISDKEmbeddingCall {
  readonly dimensions?: number | undefined;
  readonly providerOptions?: { readonly [provider: string]: object } | undefined;
}

/** An embedding model of ours, as the AI SDK takes it. */
export interface EmbeddingModelForAISDK<V extends AISDKOutputVersion = 'v4'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  readonly maxEmbeddingsPerCall: undefined;
  readonly supportsParallelCalls: boolean;
  doEmbed(
    options: InputEmbeddingCall,
  ): Promise<Told & { embeddings: number[][]; usage?: { tokens: number }; warnings: OutputWarning[] }>;
}

/** A call of a reranking model as `rerank` makes it. */
export interface InputRerankingCall extends AISDKRerankingCall {
  readonly documents:
    | { readonly type: 'text'; readonly values: readonly string[] }
    | { readonly type: 'object'; readonly values: readonly object[] };
  readonly providerOptions?: { readonly [provider: string]: object } | undefined;
}

/** A reranker of ours, as the AI SDK takes it. */
export interface RerankingModelForAISDK<V extends AISDKOutputVersion = 'v4'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  doRerank(options: InputRerankingCall): Promise<
    Told & {
      ranking: { index: number; relevanceScore: number }[];
      warnings: OutputWarning[];
      response: OutputResponse;
    }
  >;
}
