import type {
  AISDKOutputVersion,
  OutputReply,
  OutputResponse,
  OutputStreamPart,
  OutputTold,
  OutputWarning,
} from './output.ts';

/** What every call of a model of the AI SDK takes, in all versions of the specification. */
export interface AISDKCall {
  readonly abortSignal?: AbortSignal | undefined;
  readonly headers?: { readonly [name: string]: string | undefined } | undefined;
}

/** What is read of a reply of theirs is checked as it is read: patch releases add members and kinds. */
export interface AISDKModelBase {
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
  doEmbed(options: InputEmbeddingCall): Promise<
    OutputTold & {
      embeddings: number[][];
      usage?: { tokens: number };
      /** V2 has no such member: there they stand in `providerMetadata.mortise` too. */
      warnings: OutputWarning[];
    }
  >;
}

/** A call of a reranking model as `rerank` makes it. */
export interface InputRerankingCall extends AISDKRerankingCall {
  readonly documents:
    | { readonly type: 'text'; readonly values: readonly string[] }
    | { readonly type: 'object'; readonly values: readonly object[] };
  readonly providerOptions?: { readonly [provider: string]: object } | undefined;
}

/** A reranker of ours, as the AI SDK takes it; V2 has none. */
export interface RerankingModelForAISDK<V extends Exclude<AISDKOutputVersion, 'v2'> = 'v4'> {
  readonly specificationVersion: V;
  readonly provider: string;
  readonly modelId: string;
  doRerank(options: InputRerankingCall): Promise<
    OutputTold & {
      ranking: { index: number; relevanceScore: number }[];
      warnings: OutputWarning[];
      response: OutputResponse;
    }
  >;
}
