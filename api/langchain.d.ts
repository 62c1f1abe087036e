// The API of @mortise/langchain. Written by `pnpm api`.
// entry . index.d.ts

// ---- call-options.d.ts
import type { ChatRequest } from '@mortise/core/llm';
export type LangChainSettings = Pick<ChatRequest, 'temperature' | 'topP' | 'maxOutputTokens' | 'seed' | 'reasoning'>;

// ---- contract.d.ts
import type { JsonObject } from '@mortise/core/shared';
export type LangChainBlock = {
    type: string;
    [member: string]: unknown;
};
export type LangChainMessage = {
    type: 'human' | 'ai' | 'system' | 'tool';
    content: string | LangChainBlock[];
    id?: string;
    name?: string;
    tool_calls?: LangChainToolCall[];
    invalid_tool_calls?: LangChainInvalidToolCall[];
    tool_call_id?: string;
    status?: 'success' | 'error';
    artifact?: unknown;
    additional_kwargs?: {
        [member: string]: unknown;
    };
    response_metadata?: {
        [member: string]: unknown;
    };
};
export type LangChainToolCall = {
    type?: 'tool_call';
    id?: string;
    name: string;
    args: JsonObject;
};
export type LangChainInvalidToolCall = {
    type?: 'invalid_tool_call';
    id?: string;
    name?: string;
    args?: string;
    error?: string;
};
export interface LangChainMessageLike {
    readonly type?: string;
    readonly role?: string;
    readonly content?: unknown;
}
export interface LangChainChatModel {
    invoke(messages: never, options?: never): Promise<unknown>;
    stream(messages: never, options?: never): Promise<AsyncIterable<unknown>>;
    bindTools?(tools: never, options?: never): unknown;
    _llmType(): string;
    _modelType(): string;
}
export interface LangChainEmbeddings {
    embedQuery(text: string): Promise<number[]>;
    embedDocuments(texts: string[]): Promise<number[][]>;
}
export interface LangChainDocument {
    pageContent: string;
    metadata: {
        [key: string]: unknown;
    };
    id?: string;
}
export interface LangChainRetriever {
    invoke(query: string, options?: never): Promise<LangChainDocument[]>;
    _getRelevantDocuments(query: string, manager?: never): Promise<LangChainDocument[]>;
}
export interface LangChainVectorStore {
    addVectors(vectors: number[][], documents: never, options?: never): Promise<unknown>;
    similaritySearchVectorWithScore(query: number[], k: number, filter?: never): Promise<[LangChainDocument, number][]>;
    delete(selection?: never): Promise<void>;
}
export interface LangChainLoader {
    load(): Promise<LangChainDocument[]>;
}
export interface LangChainSplitter {
    splitText(text: string): Promise<string[]>;
    splitDocuments(documents: never, options?: never): Promise<LangChainDocument[]>;
}
export interface LangChainTool {
    readonly name: string;
    readonly description: string;
    readonly schema: unknown;
    invoke(input: never, options?: never): Promise<unknown>;
}

// ---- embedding.d.ts
import type { BaseEmbeddingOptions, EmbeddingMetadata } from '@mortise/core/embedding';
export interface FromLangChainEmbeddingsOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'> {
    model?: string | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}

// ---- from.d.ts
import type { BaseRetrieverOptions, Document, EmbeddingModel, LLM, Node, Reader, Retriever, Transform, VectorStore } from '@mortise/core';
import type { ChatMessage } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import type { JsonObject } from '@mortise/core/shared';
import type { LangChainParser } from '@mortise/toolkit/parsers';
import type { Tool } from '@mortise/toolkit/tools';
import type { LangChainChatModel, LangChainDocument, LangChainEmbeddings, LangChainLoader, LangChainMessageLike, LangChainRetriever, LangChainSplitter, LangChainTool, LangChainVectorStore } from './contract.ts';
import type { FromLangChainEmbeddingsOptions } from './embedding.ts';
import type { FromLangChainModelOptions, LangChainProviderOptions } from './llm.ts';
import type { FromLangChainLoaderOptions } from './loader.ts';
import type { FromLangChainSplitterOptions } from './splitter.ts';
import type { FromLangChainToolOptions } from './tool.ts';
import type { FromLangChainStoreOptions } from './vector-store.ts';
export declare function fromLangChain(model: LangChainChatModel, options?: FromLangChainModelOptions): LLM<LangChainProviderOptions>;
export declare function fromLangChain(store: LangChainVectorStore, options?: FromLangChainStoreOptions): VectorStore;
export declare function fromLangChain(retriever: LangChainRetriever, options?: BaseRetrieverOptions): Retriever;
export declare function fromLangChain(embeddings: LangChainEmbeddings, options?: FromLangChainEmbeddingsOptions): EmbeddingModel;
export declare function fromLangChain(splitter: LangChainSplitter, options?: FromLangChainSplitterOptions): Transform;
export declare function fromLangChain<T>(parser: LangChainParser<T>): OutputParser<T, T>;
export declare function fromLangChain(tool: LangChainTool, options?: FromLangChainToolOptions): Tool<JsonObject>;
export declare function fromLangChain(loader: LangChainLoader, options?: FromLangChainLoaderOptions): Reader;
export declare function fromLangChain(document: LangChainDocument): Document | Node;
export declare function fromLangChain(documents: readonly LangChainDocument[]): Node[];
export declare function fromLangChain(messages: readonly LangChainMessageLike[]): ChatMessage[];
export declare function fromLangChain(message: LangChainMessageLike): ChatMessage;

// ---- index.d.ts
export type { LangChainBlock, LangChainChatModel, LangChainDocument, LangChainEmbeddings, LangChainInvalidToolCall, LangChainLoader, LangChainMessage, LangChainMessageLike, LangChainRetriever, LangChainSplitter, LangChainTool, LangChainToolCall, LangChainVectorStore, } from './contract.ts';
export { fromLangChain } from './from.ts';
export type { LangChainSettings } from './call-options.ts';
export type { FromLangChainModelOptions, LangChainProviderOptions } from './llm.ts';
export type { FromLangChainEmbeddingsOptions } from './embedding.ts';
export type { FromLangChainStoreOptions } from './vector-store.ts';
export type { FromLangChainSplitterOptions } from './splitter.ts';
export type { FromLangChainLoaderOptions } from './loader.ts';
export type { FromLangChainToolOptions } from './tool.ts';
export { toLangChain } from './to.ts';
export type { ChatModelParts } from './to-llm.ts';
export type { ConvertTool } from './to-options.ts';
export type { DocumentSplitter, ParserParts, RetrieverParts, ToLangChainLoaderOptions, ToolParts, TransformParts, VectorStoreParts, } from './to-parts.ts';

// ---- llm.d.ts
import type { LLMMetadata, LLMSettings } from '@mortise/core/llm';
import type { LangChainSettings } from './call-options.ts';
import type { LangChainChatModel } from './contract.ts';
export type LangChainProviderOptions = {
    langchain?: {
        [option: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export interface FromLangChainModelOptions extends LLMSettings {
    model?: string | undefined;
    metadata?: Partial<LLMMetadata> | undefined;
    withSettings?: ((settings: LangChainSettings) => LangChainChatModel) | undefined;
    settings?: readonly (keyof LangChainSettings)[] | undefined;
    saysWhyItEnds?: boolean | undefined;
}

// ---- loader.d.ts
export interface FromLangChainLoaderOptions {
    item?: string | undefined;
}

// ---- splitter.d.ts
export interface FromLangChainSplitterOptions {
    fingerprint?: string | undefined;
}

// ---- to-llm.d.ts
import type { ConvertTool } from './to-options.ts';
export interface ChatModelParts<M extends object> {
    readonly BaseChatModel: abstract new (fields: never) => M;
    readonly AIMessageChunk: new (fields: never) => object;
    readonly ChatGenerationChunk: new (fields: never) => object;
    readonly convertToOpenAITool: ConvertTool;
}

// ---- to-options.d.ts
export type ConvertTool = (tool: never) => unknown;

// ---- to-parts.d.ts
import type { EmbeddingModel, VectorStore } from '@mortise/core';
import type { LangChainDocument } from './contract.ts';
export interface ToLangChainLoaderOptions {
    onError?: ((failure: {
        readonly item: string;
        readonly error: Error;
    }) => void) | undefined;
    signal?: AbortSignal | undefined;
}
export interface RetrieverParts<R extends object> {
    readonly BaseRetriever: abstract new (fields?: never) => R;
}
export interface VectorStoreParts<S extends object> {
    readonly VectorStore: abstract new (embeddings: never, config: never) => S;
    readonly embedding: EmbeddingModel;
}
export interface TransformParts<D extends object> {
    readonly BaseDocumentTransformer: abstract new (fields?: never) => D;
}
export interface DocumentSplitter {
    splitDocuments(documents: readonly LangChainDocument[]): Promise<LangChainDocument[]>;
    splitText(text: string): Promise<string[]>;
}
export interface ParserParts<P extends object> {
    readonly BaseTransformOutputParser: abstract new (fields?: never) => P;
}
export interface ToolParts<T> {
    readonly tool: (func: never, fields: never) => T;
}

// ---- to.d.ts
import type { EmbeddingModel, Node, Reader, Retriever, Transform, VectorStore } from '@mortise/core';
import type { ChatMessage, LLM, ToolLike } from '@mortise/core/llm';
import type { OutputParser } from '@mortise/core/parser';
import type { LangChainDocument, LangChainEmbeddings, LangChainLoader, LangChainMessage } from './contract.ts';
import type { ChatModelParts } from './to-llm.ts';
import type { DocumentSplitter, ParserParts, RetrieverParts, ToLangChainLoaderOptions, ToolParts, TransformParts, VectorStoreParts } from './to-parts.ts';
export declare function toLangChain<M extends object>(llm: LLM, parts: ChatModelParts<M>): M;
export declare function toLangChain<S extends object>(store: VectorStore, parts: VectorStoreParts<S>): S;
export declare function toLangChain<R extends object>(retriever: Retriever, parts: RetrieverParts<R>): R;
export declare function toLangChain<D extends object>(transform: Transform, parts: TransformParts<D>): D & DocumentSplitter;
export declare function toLangChain<T, S, P extends object>(parser: OutputParser<T, S>, parts: ParserParts<P>): P;
export declare function toLangChain<T>(tool: ToolLike, parts: ToolParts<T>): T;
export declare function toLangChain(model: EmbeddingModel): LangChainEmbeddings;
export declare function toLangChain(reader: Reader, options?: ToLangChainLoaderOptions): LangChainLoader;
export declare function toLangChain(messages: readonly ChatMessage[]): LangChainMessage[];
export declare function toLangChain(nodes: readonly Node[]): LangChainDocument[];
export declare function toLangChain(node: Node): LangChainDocument;

// ---- tool.d.ts
import type { JsonSchema } from '@mortise/core/shared';
export interface FromLangChainToolOptions {
    parameters?: JsonSchema | undefined;
}

// ---- vector-store.d.ts
export interface FromLangChainStoreOptions {
    scores?: 'similarity' | 'distance' | undefined;
    replacesById?: boolean | undefined;
}
