// The API of @mortise/core. Written by `pnpm api`.
// entry . index.d.ts
// entry ./llm llm/index.d.ts
// entry ./embedding embedding/index.d.ts
// entry ./retriever retriever/index.d.ts
// entry ./parser parser/index.d.ts
// entry ./store store/index.d.ts
// entry ./reranker reranker/index.d.ts
// entry ./reader reader/index.d.ts
// entry ./transform transform/index.d.ts
// entry ./tokenizer tokenizer/index.d.ts
// entry ./postprocessor postprocessor/index.d.ts
// entry ./synthesizer synthesizer/index.d.ts
// entry ./query-engine query-engine/index.d.ts
// entry ./schema schema/index.d.ts
// entry ./call call/index.d.ts
// entry ./wire wire/index.d.ts
// entry ./events events/index.d.ts
// entry ./sse sse/index.d.ts
// entry ./shared shared/index.d.ts
// entry ./testing testing/index.d.ts

// ---- call/call.d.ts
import type { Span } from '../events/index.ts';
import type { Attempt, CallOptions, LeaseOutcome, Warning } from './contract.ts';
import type { CallPolicy } from './retry.ts';
export interface CallSpec {
    readonly policy: CallPolicy;
    readonly options: CallOptions;
    readonly stream: boolean;
    readonly tokens?: number | undefined;
    readonly about: {
        readonly provider?: string;
        readonly model?: string;
    };
    readonly warn?: ((warning: Warning) => void) | undefined;
    readonly span?: Pick<Span, 'id'> | undefined;
    readonly leaveSignal?: AbortSignal | undefined;
}
export interface OpenAttempt extends Attempt {
    opened(): void;
    pause(): void;
    resume(): void;
    close(outcome?: LeaseOutcome, reason?: unknown): void;
    failure(error: unknown): unknown;
}
export declare function runCall<T>(spec: CallSpec, run: (attempt: OpenAttempt) => Promise<T>): Promise<T>;
export declare function throughDoor<O extends CallOptions, T>(given: O, about: {
    readonly provider?: string;
    readonly model?: string;
}, run: (options: O) => Promise<T>): Promise<T>;
export declare function typed(error: unknown, signal: AbortSignal | undefined, about?: {
    readonly provider?: string;
    readonly model?: string;
}): unknown;
export declare function typedElse(error: unknown, signal: AbortSignal | undefined): unknown;

// ---- call/contract.d.ts
export interface CallSettings {
    retry?: false | RetryOptions | undefined;
    timeoutMs?: number | undefined;
    deadlineMs?: number | undefined;
    maxReplyBytes?: number | undefined;
    maxLineBytes?: number | undefined;
    limiter?: RateLimiter | undefined;
}
export interface ModelSettings extends CallSettings {
    name?: string | undefined;
}
export interface AnsweredBy {
    provider?: string;
    server?: string;
}
export interface RetryOptions {
    maxAttempts?: number | undefined;
    baseDelayMs?: number | undefined;
    maxDelayMs?: number | undefined;
    budget?: RetryBudget | undefined;
}
export interface RetryBudget {
    take(): boolean;
    refund(): void;
}
export interface CallOptions {
    signal?: AbortSignal | undefined;
    timeoutMs?: number | undefined;
    deadlineMs?: number | undefined;
    parent?: string | undefined;
}
export type ProviderOptions = {
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export type ProviderMetadata<M = unknown> = {
    [provider: string]: M;
};
export interface Attempt {
    readonly number: number;
    readonly signal: AbortSignal;
    touch(): void;
    readonly maxReplyBytes?: number | undefined;
    readonly maxLineBytes?: number | undefined;
    replied?(headers: Headers): void;
    warn(warning: Warning): void;
}
export interface Warning {
    type: 'unsupported-setting' | 'other' | (string & {});
    setting?: string;
    message: string;
    inputs?: number[];
}
export interface RateLimiter {
    acquire(request: {
        tokens?: number | undefined;
        signal?: AbortSignal | undefined;
    }): Promise<Lease>;
}
export interface Lease {
    release(outcome?: LeaseOutcome): void;
}
export interface LeaseOutcome {
    tokens?: number | undefined;
    error?: unknown;
    headers?: Headers | undefined;
}

// ---- call/index.d.ts
export { leftError } from '../errors.ts';
export { runCall, type OpenAttempt, throughDoor, typed, typedElse } from './call.ts';
export type { AnsweredBy, Attempt, CallOptions, CallSettings, Lease, LeaseOutcome, ModelSettings, RateLimiter, Warning, } from './contract.ts';
export { mapPool, runPool } from './pool.ts';
export { callPolicy, type CallPolicy } from './retry.ts';
export { readableStream, SingleReader } from './single-reader.ts';
export { runAtOnce, runInSlices, timeSlices, type TimeSlices } from './time-slice.ts';
export { abortReason, type LinkedController, linkedController, MAX_TIMER_MS, raceAbort, sleep, throwIfAborted, } from './timers.ts';

// ---- call/pool.d.ts
export declare function runPool<T>(items: Iterable<T> | AsyncIterable<T>, concurrency: number, work: (item: T) => Promise<void>): Promise<void>;
export interface MapPoolOptions {
    readonly concurrency: number;
    readonly signal?: AbortSignal | undefined;
    readonly siblingReason?: ((failure: unknown) => unknown) | undefined;
}
export declare function mapPool<T, R>(items: readonly T[], { concurrency, signal, siblingReason }: MapPoolOptions, work: (item: T, signal: AbortSignal, at: number) => Promise<R>): Promise<R[]>;

// ---- call/retry.d.ts
import type { CallSettings, ModelSettings, RateLimiter, RetryBudget } from './contract.ts';
export interface CallPolicy {
    readonly maxAttempts: number;
    readonly baseDelayMs: number;
    readonly maxDelayMs: number;
    readonly budget: RetryBudget;
    readonly timeoutMs: number;
    readonly deadlineMs: number;
    readonly maxReplyBytes?: number | undefined;
    readonly maxLineBytes?: number | undefined;
    readonly limiter: RateLimiter | undefined;
    readonly server: string | undefined;
}
export declare function callPolicy(settings: CallSettings & Pick<ModelSettings, 'name'>): CallPolicy;

// ---- call/single-reader.d.ts
export interface SingleReaderHooks {
    advance(): Promise<void>;
    leave(): void;
}
export declare class SingleReader<E, R> {
    constructor(hooks: SingleReaderHooks);
    get ended(): boolean;
    push(events: readonly E[]): void;
    finish(result: R): void;
    fail(error: unknown): void;
    reader<T>(pick: (event: E) => T | undefined): AsyncIterableIterator<T>;
    final(): Promise<R>;
    leave(): Promise<void>;
}
export declare function readableStream<T>(iterator: AsyncIterator<T>): ReadableStream<T>;

// ---- call/time-slice.d.ts
export interface TimeSlices {
    turn(): Promise<void> | undefined;
}
export declare function timeSlices(signal?: AbortSignal, ms?: number): TimeSlices;
export declare function runInSlices<T>(steps: Generator<unknown, T>, slices?: TimeSlices): Promise<T>;
export declare function runAtOnce<T>(steps: Generator<unknown, T>): T;

// ---- call/timers.d.ts
export declare function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
export declare const MAX_TIMER_MS: number;
export declare function sleep(ms: number, ...signals: (AbortSignal | undefined)[]): Promise<void>;
export declare function throwIfAborted(signal: AbortSignal | undefined): void;
export declare function abortReason(signal: AbortSignal): Error;
export interface LinkedController {
    readonly signal: AbortSignal;
    abort(reason?: unknown): void;
    unlink(): void;
}
export declare function linkedController(...signals: readonly (AbortSignal | undefined)[]): LinkedController;

// ---- embedding/base.d.ts
import type { Attempt } from '../call/index.ts';
import type { ModelSettings, ProviderOptions } from '../call/contract.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
import type { EmbeddedText, EmbeddingInput, EmbeddingMetadata, EmbeddingModel, EmbeddingResult, EmbedManyOptions, EmbedOptions, EmbedReply, EmbedRequest } from './contract.ts';
export interface BaseEmbeddingOptions extends ModelSettings {
    provider: string;
    model: string;
    baseURL?: string | undefined;
    concurrency?: number | undefined;
    tokenizer?: TokenCounter | undefined;
}
export declare abstract class BaseEmbedding<P extends ProviderOptions = ProviderOptions> implements EmbeddingModel<P> {
    readonly provider: string;
    readonly model: string;
    abstract readonly metadata: EmbeddingMetadata;
    constructor(given: BaseEmbeddingOptions);
    abstract doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest<P>, attempt: Attempt): Promise<EmbedReply>;
    embedQuery(query: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
    embedText(text: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
    embedTexts(texts: readonly EmbeddingInput[], options?: EmbedManyOptions<P>): Promise<EmbeddingResult>;
    embedStream(texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>, given?: EmbedManyOptions<P>): AsyncIterable<EmbeddedText>;
}
export declare function streamConcurrency({ maxBatchSize, dimensions }: EmbeddingMetadata, asked?: number): number;

// ---- embedding/batch.d.ts
import type { ContentBlock } from '../llm/message-contract.ts';
import type { EmbeddingInput, EmbeddingModel } from './contract.ts';
export interface BatchLimits {
    readonly maxSize: number;
    readonly maxTokens?: number | undefined;
    readonly maxBytes?: number | undefined;
}
export interface BatchCost {
    readonly tokens: number;
    readonly bytes: number;
}
type Asked = Pick<EmbeddingModel, 'provider' | 'model' | 'metadata'>;
export declare function checkInput(asked: Asked, input: unknown, index: number): void;
export declare function inputKey(input: EmbeddingInput): string;
export declare function plainBlocks(blocks: readonly ContentBlock[]): object[];
export declare function utf8Length(text: string): number;
export declare class Batcher<T extends BatchCost> {
    size: number;
    constructor(limits: BatchLimits);
    fits({ tokens, bytes }: BatchCost): boolean;
    add(item: T): void;
    take(): {
        readonly items: T[];
        readonly tokens: number;
    };
}

// ---- embedding/contract.d.ts
import type { AnsweredBy, CallOptions, ProviderMetadata, ProviderOptions, Warning } from '../call/contract.ts';
import type { Modality } from '../llm/contract.ts';
import type { ContentBlock } from '../llm/message-contract.ts';
export type EmbeddingInput = string | readonly ContentBlock[];
export interface EmbeddingModel<P extends ProviderOptions = ProviderOptions> {
    readonly provider: string;
    readonly model: string;
    readonly metadata: EmbeddingMetadata;
    embedQuery(query: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
    embedText(text: EmbeddingInput, options?: EmbedOptions<P>): Promise<Float32Array>;
    embedTexts(texts: readonly EmbeddingInput[], options?: EmbedManyOptions<P>): Promise<EmbeddingResult>;
    embedStream(texts: AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>, options?: EmbedManyOptions<P>): AsyncIterable<EmbeddedText>;
}
export interface EmbeddingMetadata {
    dimensions?: number;
    maxBatchSize: number;
    maxBatchTokens?: number;
    maxBatchBytes?: number;
    maxInputTokens?: number;
    inputModalities?: readonly Modality[];
    asymmetric: boolean;
    acceptsEmpty?: boolean;
    acceptsDimensions?: boolean;
}
export interface EmbedOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
    dimensions?: number | undefined;
    providerOptions?: P | undefined;
}
export interface EmbedManyOptions<P extends ProviderOptions = ProviderOptions> extends EmbedOptions<P> {
    kind?: EmbeddingKind | undefined;
    concurrency?: number | undefined;
    onProgress?: ((progress: EmbeddingProgress) => void) | undefined;
    onBatch?: ((batch: readonly EmbeddedText[]) => Promise<void> | void) | undefined;
}
export type EmbeddingKind = 'query' | 'document' | (string & {});
export interface EmbeddingProgress {
    done: number;
    total?: number;
    cached: number;
    tokens: number;
}
export interface EmbeddingResult extends AnsweredBy {
    embeddings: Float32Array[];
    usage: EmbeddingUsage;
    cached: number;
    requests?: number;
    warnings: Warning[];
    model?: string;
    providerMetadata?: ProviderMetadata;
}
export interface PartialEmbeddingResult extends Omit<EmbeddingResult, 'embeddings'> {
    embeddings: (Float32Array | undefined)[];
}
export interface EmbeddingUsage {
    inputTokens?: number;
}
export interface EmbeddedText {
    index: number;
    input: EmbeddingInput;
    embedding: Float32Array;
    cached: boolean;
}
export interface EmbedRequest<P extends ProviderOptions = ProviderOptions> {
    readonly kind: EmbeddingKind;
    readonly dimensions?: number;
    readonly providerOptions?: P;
}
export interface EmbedReply {
    readonly embeddings: EmbeddingRows;
    readonly usage?: {
        readonly inputTokens?: number | undefined;
    } | undefined;
    readonly model?: string | undefined;
    readonly truncated?: readonly number[] | undefined;
    readonly providerMetadata?: ProviderMetadata | undefined;
}
export type EmbeddingRow = Float32Array | readonly number[];
export type EmbeddingRows = readonly EmbeddingRow[] | readonly IndexedRow[];
export interface IndexedRow {
    readonly index: number;
    readonly embedding: EmbeddingRow;
}

// ---- embedding/index.d.ts
export { BaseEmbedding, streamConcurrency, type BaseEmbeddingOptions } from './base.ts';
export { Batcher, checkInput, inputKey, plainBlocks, utf8Length, type BatchCost, type BatchLimits, } from './batch.ts';
export { bytesToVector, vectorToBytes } from '../vectors/vector.ts';
export type { EmbeddedText, EmbeddingInput, EmbeddingMetadata, EmbeddingModel, EmbeddingResult, EmbedManyOptions, EmbedOptions, EmbedReply, EmbedRequest, PartialEmbeddingResult, } from './contract.ts';
export { embedQueries } from './queries.ts';
export type { EmbeddingRows, IndexedRow } from './contract.ts';
export { similarity, type SimilarityMode } from '../vectors/similarity.ts';
export { EmbeddingStream, type EmbeddingSink, type RunFailure, type StreamRun, type TextSource, } from './stream.ts';
export { TextFeed, type TextTaker } from './text-feed.ts';
export { checkVector, unitVector } from '../vectors/vector.ts';

// ---- embedding/queries.d.ts
import type { ProviderOptions } from '../call/contract.ts';
import type { EmbeddingInput, EmbeddingModel, EmbedManyOptions } from './contract.ts';
export interface EmbedQueriesOptions<P extends ProviderOptions = ProviderOptions> extends Omit<EmbedManyOptions<P>, 'kind'> {
    aggregate?: ((embeddings: readonly Float32Array[]) => Float32Array) | undefined;
}
export declare function embedQueries<P extends ProviderOptions>(model: EmbeddingModel<P>, given: readonly EmbeddingInput[], settings?: EmbedQueriesOptions<P>): Promise<Float32Array>;

// ---- embedding/stream.d.ts
import type { EmbeddedText, EmbeddingInput, EmbeddingResult } from './contract.ts';
type Texts = AsyncIterable<EmbeddingInput> | Iterable<EmbeddingInput>;
export type TextSource = Iterator<EmbeddingInput> | AsyncIterator<EmbeddingInput>;
export interface EmbeddingSink {
    room(taken: number): number;
    place(index: number, input: EmbeddingInput, vector: Float32Array, cached?: boolean): void;
    placed?(): void;
    starved?(): boolean;
}
export interface RunFailure {
    readonly error: unknown;
    readonly byCaller: boolean;
}
export interface StreamRun {
    readonly readAhead: number;
    readonly abortedByCaller: RunFailure | undefined;
    run(source: TextSource, sink: EmbeddingSink): Promise<RunFailure | undefined>;
    notify(): void;
    handedOut(input: EmbeddingInput): void;
    summary(): Omit<EmbeddingResult, 'embeddings'>;
}
export declare class EmbeddingStream implements AsyncIterable<EmbeddedText> {
    constructor(texts: Texts, open: (left: AbortSignal) => StreamRun);
    [Symbol.asyncIterator](): AsyncIterator<EmbeddedText, undefined>;
}

// ---- embedding/text-feed.d.ts
import type { EmbeddingInput } from './contract.ts';
import type { TextSource } from './stream.ts';
export interface TextTaker {
    isHolding(): boolean;
    admit(input: EmbeddingInput, index: number): boolean;
}
export declare class TextFeed {
    taken: number;
    ended: boolean;
    hurried: boolean;
    constructor(source: TextSource, lingerMs: number, signal: AbortSignal);
    notify(): void;
    change(): Promise<void>;
    hurry(): void;
    take(most: number, taker: TextTaker): Promise<void>;
    close(): void;
}

// ---- errors.d.ts
export type KnownErrorCode = 'authentication' | 'permission' | 'not-found' | 'invalid-request' | 'context-length' | 'content-filter' | 'rate-limit' | 'quota' | 'overloaded' | 'server' | 'connection' | 'timeout' | 'aborted' | 'stream-truncated' | 'malformed-response' | 'unsupported' | 'parse' | 'validation' | 'missing-dependency' | 'configuration' | 'conflict' | 'budget' | 'max-steps' | 'internal';
export type ErrorCode = KnownErrorCode | (string & {});
export interface MortiseErrorOptions {
    retryable?: boolean | undefined;
    provider?: string | undefined;
    server?: string | undefined;
    model?: string | undefined;
    status?: number | undefined;
    requestId?: string | undefined;
    retryAfterMs?: number | undefined;
    cause?: unknown;
    partial?: unknown;
}
export declare class MortiseError extends Error {
    readonly name = "MortiseError";
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly provider?: string;
    readonly server?: string;
    readonly model?: string;
    readonly status?: number;
    readonly requestId?: string;
    readonly retryAfterMs?: number;
    readonly partial?: unknown;
    constructor(code: KnownErrorCode, message: string, options?: MortiseErrorOptions);
    toJSON(): Record<string, unknown>;
}
export declare function isMortiseError(error: unknown, code?: ErrorCode): error is MortiseError;
export declare function leftError(message?: string, options?: MortiseErrorOptions): MortiseError;
export declare function errorText(error: unknown): string;
export declare function withErrorFields(error: MortiseError, fields: MortiseErrorOptions): MortiseError;
export declare function toMortiseError(error: unknown, about?: Pick<MortiseErrorOptions, 'provider' | 'model'>): MortiseError;

// ---- events/hub.d.ts
import type { MortiseEvent } from './map.ts';
export interface ContextStorage {
    getStore(): string | undefined;
    run<T>(spanId: string | undefined, fn: () => T): T;
}
export interface SubscribeOptions {
    captureContent?: boolean | undefined;
    around?: Around | undefined;
}
export type Around = (spanId: string, work: () => unknown) => unknown;
export type Subscriber = (event: MortiseEvent) => void;
export declare function subscribe(subscriber: Subscriber, options?: SubscribeOptions): () => void;
export declare function setContextStorage(storage: ContextStorage | undefined): void;

// ---- events/index.d.ts
export { setContextStorage, subscribe, type Around } from './hub.ts';
export { EVENT_NAMES, type Attributes, type KnownEventName, type MortiseEvent } from './map.ts';
export { emitPoint, inSpan, startSpan, traced, type Span, type SpanOptions } from './span.ts';

// ---- events/map.d.ts
export declare const EVENT_NAMES: {
    readonly 'llm.chat': "span";
    readonly 'llm.complete': "span";
    readonly 'first-token': "point";
    readonly 'embedding.batch': "span";
    readonly 'retriever.retrieve': "span";
    readonly 'reranker.rerank': "span";
    readonly postprocess: "span";
    readonly 'parser.parse': "span";
    readonly structured: "span";
    readonly 'run-tools': "span";
    readonly 'run-tools.step': "span";
    readonly 'tool.execute': "span";
    readonly approval: "point";
    readonly 'mcp.call': "span";
    readonly 'mcp.serve': "span";
    readonly query: "span";
    readonly synthesize: "span";
    readonly chat: "span";
    readonly 'ingest.run': "span";
    readonly 'ingest.read': "span";
    readonly 'ingest.write': "span";
    readonly 'ingest.remove': "span";
    readonly retry: "point";
    readonly cache: "point";
    readonly 'rate-limit': "point";
    readonly fallback: "point";
    readonly health: "point";
    readonly budget: "point";
    readonly warning: "point";
};
export type KnownEventName = keyof typeof EVENT_NAMES;
export type EventName = KnownEventName | (string & {});
export type Attributes = {
    readonly [key: string]: unknown;
};
interface EventBase {
    readonly name: EventName;
    readonly spanId: string;
    readonly parentId?: string;
    readonly time: number;
    readonly attributes: Attributes;
    readonly content?: Attributes;
}
export interface StartEvent extends EventBase {
    readonly phase: 'start';
}
export interface EndEvent extends EventBase {
    readonly phase: 'end';
    readonly durationMs: number;
}
export interface ErrorEvent extends EventBase {
    readonly phase: 'error';
    readonly durationMs: number;
    readonly error: unknown;
}
export interface PointEvent extends EventBase {
    readonly phase: 'point';
}
export type MortiseEvent = StartEvent | EndEvent | ErrorEvent | PointEvent;

// ---- events/span.d.ts
import type { Attributes, EventName } from './map.ts';
export interface Span {
    readonly id: string | undefined;
    end(attributes?: Attributes, content?: () => Attributes): void;
    fail(error: unknown, attributes?: Attributes): void;
    run<T>(fn: () => T): T;
    resume?<T>(fn: () => T): T;
}
export interface SpanOptions {
    attributes?: Attributes | undefined;
    content?: (() => Attributes) | undefined;
    parent?: string | undefined;
}
export declare function startSpan(name: EventName, options?: SpanOptions): Span;
export declare function emitPoint(name: EventName, attributes: Attributes, span?: Pick<Span, 'id'>): void;
export declare function inSpan<T>(name: EventName, options: SpanOptions, fn: (span: Span) => Promise<T>, describe?: (result: T) => {
    attributes?: Attributes;
    content?: () => Attributes;
}): Promise<T>;
export declare function traced<T>(name: EventName, fn: () => T | Promise<T>, attributes?: Attributes): Promise<T>;

// ---- index.d.ts
export { errorText, isMortiseError, MortiseError, toMortiseError, withErrorFields, type KnownErrorCode, } from './errors.ts';
export { createServiceContext, type ServiceContext } from './service-context.ts';
export type { AnsweredBy, Attempt, CallOptions, CallSettings, Lease, LeaseOutcome, ModelSettings, RateLimiter, Warning, } from './call/index.ts';
export { BaseEmbedding, bytesToVector, embedQueries, similarity, vectorToBytes, type BaseEmbeddingOptions, type EmbeddedText, type EmbeddingInput, type EmbeddingMetadata, type EmbeddingModel, type EmbeddingResult, type EmbeddingRows, type EmbedManyOptions, type EmbedOptions, type EmbedReply, type EmbedRequest, type IndexedRow, type PartialEmbeddingResult, type SimilarityMode, } from './embedding/index.ts';
export * from './events/index.ts';
export * from './llm/index.ts';
export * from './parser/index.ts';
export * from './postprocessor/index.ts';
export * from './query-engine/index.ts';
export { BaseReader, type FileFormat, type ReadCall, type Reader, type ReadFailure, type ReadItem, type ReadOptions, type ReadProgress, type SourceFile, } from './reader/index.ts';
export * from './reranker/index.ts';
export * from './retriever/index.ts';
export { base64Of, checkOptions, delimited } from './shared/index.ts';
export type { JsonObject, JsonSchema, JsonValue } from './shared/index.ts';
export type { DocumentStore, FilterCondition, FilterOperator, FilterValue, ItemState, KeyValueOptions, KeyValueStore, MetadataFilter, SetOptions, SourceRecord, SourcesOptions, StoreEntry, StoreLock, StoreOptions, StoreValue, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport, } from './store/index.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter, MemoryKeyValueStore } from './store/index.ts';
export * from './sse/index.ts';
export * from './synthesizer/index.ts';
export * from './tokenizer/index.ts';
export * from './transform/index.ts';

// ---- llm/base.d.ts
import type { Attempt } from '../call/contract.ts';
import type { BaseLLMOptions, ChatOptions, ChatReply, ChatRequest, ChatResponse, ChatStream, CompletionOptions, CompletionResponse, CompletionStream, LLM, LLMMetadata, StreamBatch } from './contract.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { ChatInput } from './message-contract.ts';
export declare abstract class BaseLLM<P extends ProviderOptions = ProviderOptions, M = unknown> implements LLM<P, M> {
    readonly provider: string;
    readonly model: string;
    constructor(given: BaseLLMOptions);
    abstract get metadata(): LLMMetadata;
    abstract doGenerate(request: ChatRequest<P>, attempt: Attempt): Promise<ChatReply<M>>;
    doStream?(request: ChatRequest<P>, attempt: Attempt): AsyncIterable<StreamBatch> | Promise<AsyncIterable<StreamBatch>>;
    chat(messages: ChatInput, options?: ChatOptions<P>): Promise<ChatResponse<M>>;
    streamChat(messages: ChatInput, options?: ChatOptions<P>): ChatStream<M>;
    complete(prompt: string, options?: CompletionOptions<P>): Promise<CompletionResponse<M>>;
    streamComplete(prompt: string, options?: CompletionOptions<P>): CompletionStream<M>;
}

// ---- llm/contract.d.ts
import type { AnsweredBy, CallOptions, ModelSettings, ProviderMetadata, ProviderOptions, Warning } from '../call/contract.ts';
import type { SchemaDialect } from '../schema/contract.ts';
import type { WebStream } from '../sse/contract.ts';
import type { ChatInput, CitationBlock, ContentBlock, ChatMessage, ToolCallBlock } from './message-contract.ts';
import type { CallIdFormat, ResponseFormat, ToolChoice, ToolDefinition, ToolLike } from './tool-contract.ts';
import type { Usage } from './usage-contract.ts';
export interface LLM<P extends ProviderOptions = ProviderOptions, M = unknown> {
    readonly provider: string;
    readonly model: string;
    readonly metadata: LLMMetadata;
    chat(messages: ChatInput, options?: ChatOptions<P>): Promise<ChatResponse<M>>;
    streamChat(messages: ChatInput, options?: ChatOptions<P>): ChatStream<M>;
    complete(prompt: string, options?: CompletionOptions<P>): Promise<CompletionResponse<M>>;
    streamComplete(prompt: string, options?: CompletionOptions<P>): CompletionStream<M>;
}
export interface LLMMetadata {
    contextWindow?: number;
    maxOutputTokens?: number;
    isChatModel: boolean;
    capabilities: LLMCapabilities;
    schemaDialect?: SchemaDialect;
}
export interface LLMCapabilities {
    streaming?: boolean;
    tools?: boolean;
    parallelTools?: boolean;
    toolChoice?: boolean;
    namedToolChoice?: boolean;
    allowedTools?: boolean;
    ownSettings?: readonly string[];
    toolChoiceWithReasoning?: boolean;
    structuredOutput?: 'native' | 'tool' | 'prompt';
    reasoning?: boolean;
    inputModalities?: readonly Modality[];
    stop?: boolean;
    seed?: boolean;
    usageInStreams?: boolean;
    caching?: boolean;
    names?: boolean;
}
export type Modality = 'text' | 'image' | 'document' | 'audio' | 'video' | (string & {});
export interface ChatOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
    tools?: readonly ToolLike[] | undefined;
    toolChoice?: ToolChoice | undefined;
    responseFormat?: ResponseFormat | undefined;
    temperature?: number | undefined;
    topP?: number | undefined;
    maxOutputTokens?: number | undefined;
    stop?: readonly string[] | undefined;
    seed?: number | undefined;
    reasoning?: ReasoningOptions | undefined;
    strict?: boolean | undefined;
    providerOptions?: P | undefined;
}
export interface ReasoningOptions {
    effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | (string & {}) | undefined;
    budgetTokens?: number | undefined;
    summary?: 'auto' | 'concise' | 'detailed' | (string & {}) | undefined;
}
export interface ChatResponse<M = unknown> extends AnsweredBy {
    message: AssistantMessage;
    text: string;
    toolCalls: ToolCallBlock[];
    citations: CitationBlock[];
    finishReason: FinishReason;
    usage: Usage;
    warnings: Warning[];
    providerMetadata?: ProviderMetadata<M>;
    id?: string;
    model: string;
    createdAt?: string;
}
export interface AssistantMessage extends ChatMessage {
    role: 'assistant';
    content: ContentBlock[];
}
export interface FinishReason {
    unified: 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'pause' | 'other' | (string & {});
    raw: string;
}
export type ChatStreamEvent = {
    type: 'start';
    id?: string;
    model?: string;
    createdAt?: string;
} | {
    type: 'text-delta';
    index: number;
    delta: string;
} | {
    type: 'reasoning-delta';
    index: number;
    delta: string;
} | {
    type: 'tool-call-start';
    index: number;
    id: string;
    name: string;
} | {
    type: 'tool-call-delta';
    index: number;
    delta: string;
} | {
    type: 'citation';
    index: number;
    citation: CitationBlock;
} | {
    type: 'block';
    index: number;
    block: ContentBlock;
} | {
    type: 'usage';
    usage: Usage;
} | {
    type: 'warning';
    warning: Warning;
} | {
    type: 'finish';
    finishReason: FinishReason;
    usage: Usage;
    providerMetadata?: ProviderMetadata;
    id?: string;
    model?: string;
    createdAt?: string;
} | {
    type: `${string}:${string}`;
    [member: string]: unknown;
};
export interface ChatStream<M = unknown> extends AsyncIterable<ChatStreamEvent>, WebStream<ChatStreamEvent> {
    readonly textStream: AsyncIterable<string>;
    readonly partial: PartialChatResponse;
    final(): Promise<ChatResponse<M>>;
    cancel(): Promise<void>;
}
export interface PartialChatResponse extends AnsweredBy {
    message: AssistantMessage;
    text: string;
    usage: Usage;
    id?: string;
    model?: string;
}
export interface CompletionOptions<P extends ProviderOptions = ProviderOptions> extends Omit<ChatOptions<P>, 'tools' | 'toolChoice'> {
}
export interface CompletionResponse<M = unknown> extends AnsweredBy {
    text: string;
    finishReason: FinishReason;
    usage: Usage;
    warnings: Warning[];
    providerMetadata?: ProviderMetadata<M>;
    id?: string;
    model: string;
    createdAt?: string;
}
export interface CompletionStream<M = unknown> extends AsyncIterable<string>, WebStream<string> {
    readonly partial: string;
    final(): Promise<CompletionResponse<M>>;
    cancel(): Promise<void>;
}
export interface LLMSettings extends ModelSettings {
    name?: string | undefined;
    callIds?: CallIdFormat | undefined;
}
export interface BaseLLMOptions extends LLMSettings {
    provider: string;
    model: string;
    baseURL?: string | undefined;
}
export interface ChatRequest<P extends ProviderOptions = ProviderOptions> {
    readonly messages: readonly ChatMessage[];
    readonly prompt?: string;
    readonly tools?: readonly ToolDefinition[];
    readonly toolChoice?: ToolChoice;
    readonly responseFormat?: ResponseFormat;
    readonly temperature?: number;
    readonly topP?: number;
    readonly maxOutputTokens?: number;
    readonly stop?: readonly string[];
    readonly seed?: number;
    readonly reasoning?: ReasoningOptions;
    readonly strict: boolean;
    readonly providerOptions?: P;
}
export interface ChatReply<M = unknown> {
    content: readonly ContentBlock[];
    finishReason: FinishReason;
    usage?: Usage | undefined;
    providerMetadata?: ProviderMetadata<M> | undefined;
    id?: string | undefined;
    model?: string | undefined;
    createdAt?: string | undefined;
    warnings?: readonly Warning[] | undefined;
}
export type StreamBatch = ChatStreamEvent | readonly ChatStreamEvent[];

// ---- llm/custom.d.ts
import type { Attempt } from '../call/contract.ts';
import type { BaseLLM } from './base.ts';
import type { ChatReply, ChatRequest, ChatStreamEvent, FinishReason } from './contract.ts';
import type { Usage } from './usage-contract.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { ChatMessage } from './message-contract.ts';
export interface TextReply {
    text: string;
    usage?: Usage | undefined;
    finishReason?: FinishReason | undefined;
}
export type TextPiece = string | Omit<TextReply, 'text'>;
export interface TextAttempt<P extends ProviderOptions = ProviderOptions> extends Attempt {
    readonly request: ChatRequest<P>;
}
export declare abstract class CustomLLM<P extends ProviderOptions = ProviderOptions> extends BaseLLM<P> {
    abstract doComplete(prompt: string, attempt: TextAttempt<P>): Promise<string | TextReply>;
    doStreamComplete?(prompt: string, attempt: TextAttempt<P>): AsyncIterable<TextPiece>;
    messagesToPrompt(messages: readonly ChatMessage[], _attempt: Attempt): string;
    doGenerate(request: ChatRequest<P>, attempt: Attempt): Promise<ChatReply>;
    doStream(request: ChatRequest<P>, attempt: Attempt): AsyncGenerator<ChatStreamEvent>;
}

// ---- llm/estimate.d.ts
import type { ChatOptions } from './contract.ts';
import type { ChatInput } from './message-contract.ts';
export declare function estimateInputTokens(input: ChatInput, options?: Pick<ChatOptions, 'tools'>): number;
export declare const MEDIA_TOKENS = 1600;

// ---- llm/index.d.ts
export { BaseLLM } from './base.ts';
export type { ChatOptions, ChatReply, ChatRequest, ChatResponse, ChatStream, ChatStreamEvent, CompletionResponse, CompletionStream, FinishReason, LLM, LLMCapabilities, LLMMetadata, LLMSettings, PartialChatResponse, StreamBatch, } from './contract.ts';
export { CustomLLM, type TextAttempt, type TextPiece, type TextReply } from './custom.ts';
export { estimateInputTokens, MEDIA_TOKENS } from './estimate.ts';
export { blocksOf, isKnownBlock, messageText, snapshot, sentArguments, toolCallBlock, toMessages, } from './message.ts';
export type { AudioBlock, ChatInput, ChatMessage, CitationBlock, ContentBlock, DocumentBlock, ImageBlock, MediaSource, ReasoningBlock, ResultBlock, TextBlock, ToolCallBlock, ToolResultBlock, VideoBlock, } from './message-contract.ts';
export type { ProviderMetadata, ProviderOptions } from '../call/contract.ts';
export { messagesFromJson, messagesToJson } from './messages-json.ts';
export { messagesToPrompt } from './prompt-text.ts';
export { eventsOfReply } from './reply-events.ts';
export { toChatResponse, toCompletionResponse } from './response.ts';
export { createChatStream, createCompletionStream, textDelta } from './stream.ts';
export type { OwnSetting, ResponseFormat, ToolChoice, ToolContext, ToolDefinition, ToolLike, } from './tool-contract.ts';
export type { Usage } from './usage-contract.ts';

// ---- llm/message-contract.d.ts
import type { ProviderMetadata } from '../call/contract.ts';
import type { JsonObject } from '../shared/json.ts';
export type ChatInput = string | readonly ChatMessage[];
export interface ChatMessage {
    role: 'system' | 'user' | 'assistant' | 'tool';
    content: string | readonly ContentBlock[];
    name?: string | undefined;
}
interface BlockBase {
    providerMetadata?: ProviderMetadata | undefined;
    owner?: string | undefined;
}
export interface TextBlock extends BlockBase {
    type: 'text';
    text: string;
    citations?: CitationBlock[] | undefined;
}
export interface ReasoningBlock extends BlockBase {
    type: 'reasoning';
    text: string;
    id?: string | undefined;
    signature?: string | undefined;
    encrypted?: string | undefined;
}
export interface ToolCallBlock extends BlockBase {
    type: 'tool-call';
    id: string;
    name: string;
    arguments: JsonObject;
    invalid?: true | undefined;
    argumentsText?: string | undefined;
}
export interface ToolResultBlock extends BlockBase {
    type: 'tool-result';
    toolCallId: string;
    toolName?: string | undefined;
    content: string | readonly ResultBlock[];
    isError?: boolean | undefined;
}
export type ResultBlock = TextBlock | ImageBlock | DocumentBlock | AudioBlock | VideoBlock | ProviderBlock;
export type MediaSource = {
    url: string;
    mediaType?: string | undefined;
} | {
    data: string | Uint8Array;
    mediaType: string;
};
export interface ImageBlock extends BlockBase {
    type: 'image';
    source: MediaSource;
    detail?: 'low' | 'high' | 'auto' | (string & {}) | undefined;
}
export interface DocumentBlock extends BlockBase {
    type: 'document';
    source: MediaSource | {
        text: string;
    };
    title?: string | undefined;
    context?: string | undefined;
    citations?: boolean | undefined;
}
export interface AudioBlock extends BlockBase {
    type: 'audio';
    source: MediaSource;
}
export interface VideoBlock extends BlockBase {
    type: 'video';
    source: MediaSource;
}
export interface CitationBlock extends BlockBase {
    type: 'citation';
    url?: string | undefined;
    title?: string | undefined;
    quote?: string | undefined;
    source?: string | number | undefined;
    start?: number | undefined;
    end?: number | undefined;
}
export interface CachePointBlock extends BlockBase {
    type: 'cache-point';
    ttl?: '5m' | '1h' | (string & {}) | undefined;
}
export interface ProviderBlock {
    type: `${string}:${string}`;
    [member: string]: unknown;
}
export type ContentBlock = TextBlock | ReasoningBlock | ToolCallBlock | ToolResultBlock | ImageBlock | DocumentBlock | AudioBlock | VideoBlock | CitationBlock | CachePointBlock | ProviderBlock;

// ---- llm/message.d.ts
import type { JsonObject } from '../shared/json.ts';
import type { ChatInput, ChatMessage, ContentBlock, ProviderBlock, ToolCallBlock } from './message-contract.ts';
export declare function blocksOf(message: Pick<ChatMessage, 'content'>): readonly ContentBlock[];
export declare function messageText(message: Pick<ChatMessage, 'content'>): string;
export declare function isKnownBlock(block: ContentBlock): block is Exclude<ContentBlock, ProviderBlock>;
export declare function sentArguments({ invalid, arguments: args, argumentsText }: ToolCallBlock): JsonObject;
export declare function toolCallBlock(id: string, called: string, argumentsText: string): ToolCallBlock;
export declare function snapshot(input: ChatInput): ChatInput;
export declare function toMessages(input: ChatInput): readonly ChatMessage[];

// ---- llm/messages-json.d.ts
import type { JsonObject } from '../shared/json.ts';
import type { ChatMessage } from './message-contract.ts';
export declare function messagesToJson(messages: readonly ChatMessage[]): JsonObject[];
export declare function messagesFromJson(json: unknown): ChatMessage[];

// ---- llm/prompt-text.d.ts
import type { Warning } from '../call/contract.ts';
import type { AudioBlock, ChatMessage, DocumentBlock, ImageBlock, VideoBlock } from './message-contract.ts';
export type MediaBlock = ImageBlock | DocumentBlock | AudioBlock | VideoBlock;
export interface PromptTextOptions {
    describe?: ((block: MediaBlock) => string | undefined) | undefined;
    warn?: ((warning: Warning) => void) | undefined;
}
export declare function messagesToPrompt(messages: readonly ChatMessage[], options?: PromptTextOptions): string;

// ---- llm/reply-events.d.ts
import type { ChatReply, ChatStreamEvent } from './contract.ts';
export declare function eventsOfReply(reply: ChatReply): ChatStreamEvent[];

// ---- llm/response.d.ts
import type { AnsweredBy, Warning } from '../call/contract.ts';
import type { ChatReply, ChatResponse, CompletionResponse } from './contract.ts';
export interface Asked extends AnsweredBy {
    readonly model: string;
}
export declare function toChatResponse<M>(reply: ChatReply<M>, { model, ...answeredBy }: Asked, warnings: readonly Warning[], owner?: string): ChatResponse<M>;
export declare function toCompletionResponse<M>(response: ChatResponse<M>): CompletionResponse<M>;

// ---- llm/stream.d.ts
import type { OpenAttempt } from '../call/call.ts';
import type { Warning } from '../call/contract.ts';
import type { Attributes } from '../events/map.ts';
import type { Span } from '../events/span.ts';
import type { CompletionStream, ChatResponse, ChatStream, ChatStreamEvent, StreamBatch } from './contract.ts';
import type { Asked } from './response.ts';
export interface OpenedStream {
    readonly attempt: OpenAttempt;
    readonly source: AsyncIterator<StreamBatch>;
    readonly head: readonly ChatStreamEvent[];
    readonly warnings: Warning[];
}
export interface ChatStreamHooks {
    readonly asked: Asked;
    readonly owner?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    open(): {
        readonly span: Span;
        readonly opened: Promise<OpenedStream>;
    };
    abandon(reason: unknown): void;
    check?(response: ChatResponse): void;
    describe(response: ChatResponse): {
        attributes?: Attributes;
        content?: () => Attributes;
    };
}
export declare function createChatStream<M>(hooks: ChatStreamHooks): ChatStream<M>;
export declare function createCompletionStream<M>(chat: ChatStream<M>): CompletionStream<M>;
export declare function textDelta(event: ChatStreamEvent): string | undefined;

// ---- llm/tool-contract.d.ts
import type { JsonObject, JsonSchema } from '../shared/json.ts';
import type { StandardSchema } from '../schema/standard-contract.ts';
import type { Usage } from './usage-contract.ts';
export interface ToolDefinition {
    name: string;
    description?: string | undefined;
    parameters: JsonSchema;
    strict?: boolean | undefined;
}
export interface ToolLike extends ToolDefinition {
    readonly schema?: StandardSchema | undefined;
    execute?(args: never, context: ToolContext): unknown;
}
export interface ToolContext {
    signal: AbortSignal;
    toolCallId: string;
    rawArguments: JsonObject;
    idempotencyKey?: string | undefined;
    progress?: ((value: unknown) => Promise<void>) | undefined;
    addUsage?: ((usage: Usage) => void) | undefined;
    parent?: string | undefined;
}
export interface OwnSetting {
    type: `${string}:${string}`;
    value?: unknown;
}
export type ToolChoice = 'auto' | 'none' | 'required' | {
    tool: string;
} | {
    tools: readonly string[];
    required?: boolean | undefined;
} | OwnSetting;
export type ResponseFormat = {
    type: 'text';
} | {
    type: 'json';
    schema?: JsonSchema | undefined;
    name?: string | undefined;
    description?: string | undefined;
} | OwnSetting;
export interface CallIdFormat {
    characters?: 'word' | 'alphanumeric' | undefined;
    maxLength?: number | undefined;
    length?: number | undefined;
}

// ---- llm/usage-contract.d.ts
import type { JsonObject } from '../shared/json.ts';
export interface Usage {
    inputTokens?: number;
    outputTokens?: number;
    totalTokens?: number;
    cachedInputTokens?: number;
    cacheWriteTokens?: number;
    reasoningTokens?: number;
    raw?: JsonObject;
}

// ---- nodes/contract.d.ts
import type { JsonObject } from '../shared/json.ts';
export interface NodeBase {
    id: string;
    text: string;
    metadata: JsonObject;
    excludedEmbedMetadataKeys?: string[];
    excludedLlmMetadataKeys?: string[];
    metadataTemplate?: string;
    metadataSeparator?: string;
    textTemplate?: string;
    relationships?: NodeRelationships;
    start?: number;
    end?: number;
    embedding?: Float32Array;
}
export interface Document extends NodeBase {
    type: 'document';
    item?: string;
}
export interface TextNode extends NodeBase {
    type: 'text';
}
export interface IndexNode extends NodeBase {
    type: 'index';
    indexId: string;
}
export interface OtherNode extends NodeBase {
    type: `${string}:${string}`;
    [member: string]: unknown;
}
export type Node = Document | TextNode | IndexNode | OtherNode;
export interface NodeRef {
    id: string;
    hash?: string;
}
export interface NodeRelationships {
    source?: NodeRef;
    previous?: NodeRef;
    next?: NodeRef;
    parent?: NodeRef;
    children?: NodeRef[];
}
export interface NodeWithScore {
    node: Node;
    score: number;
    evidence?: Evidence;
}
export interface Evidence {
    similarity?: number;
    coverage?: number;
    [measure: string]: number | undefined;
}
export type NodeInput = Omit<NodeBase, 'id' | 'metadata'> & {
    id?: string | undefined;
    metadata?: JsonObject | undefined;
};

// ---- nodes/node-hash.d.ts
import type { Node } from './contract.ts';
export declare function nodeHash(node: Node): string;
export declare function nodeHashSteps(node: Node): Generator<void, string>;

// ---- nodes/node-json.d.ts
import type { JsonObject } from '../shared/json.ts';
import type { Node } from './contract.ts';
export declare function nodeToJson(node: Node): JsonObject;
export declare function checkNode(node: Node): void;
export declare function nodeFromJson(value: unknown): Node;
export declare function copyNode(node: Node): Node;

// ---- nodes/node-text.d.ts
import type { Node } from './contract.ts';
export type NodeTextMode = 'all' | 'embed' | 'llm' | 'none';
export declare function nodeText(node: Node, mode: NodeTextMode): string;
export declare function nodeMetadataText(node: Node, mode: Exclude<NodeTextMode, 'none'>): string;

// ---- nodes/node.d.ts
import type { Document, IndexNode, Node, NodeInput, TextNode } from './contract.ts';
export declare function createDocument(given: NodeInput & {
    item?: string | undefined;
}): Document;
export declare function createTextNode(input: NodeInput): TextNode;
export declare function createIndexNode(input: NodeInput & {
    indexId: string;
}): IndexNode;
export declare function sourceId(node: Node): string | undefined;

// ---- parser/base.d.ts
import type { ChatMessage } from '../llm/message-contract.ts';
import type { DeepPartial, OutputParser, ParseOptions } from './contract.ts';
export declare abstract class BaseOutputParser<T, P = DeepPartial<T>> implements OutputParser<T, P> {
    get name(): string;
    abstract doParse(text: string, options: ParseOptions): T | Promise<T>;
    instructions?(): string;
    doStream?(chunks: AsyncIterable<string>, options: ParseOptions): AsyncIterable<P>;
    format(input: string): string;
    format(input: readonly ChatMessage[]): readonly ChatMessage[];
    parse(text: string, given?: ParseOptions): Promise<T>;
    stream(chunks: AsyncIterable<string>, given?: ParseOptions): AsyncIterable<P>;
}

// ---- parser/contract.d.ts
import type { ChatMessage } from '../llm/message-contract.ts';
export interface OutputParser<T, P = DeepPartial<T>> {
    format?(input: string): string;
    format?(input: readonly ChatMessage[]): readonly ChatMessage[];
    parse(text: string, options?: ParseOptions): Promise<T>;
    stream?(chunks: AsyncIterable<string>, options?: ParseOptions): AsyncIterable<P>;
}
export interface ParseOptions {
    signal?: AbortSignal | undefined;
    parent?: string | undefined;
}
export interface ParserErrorDetails {
    text: string;
    position?: number;
    path?: ValuePath;
    expected?: string;
    repair?: string;
    issues?: readonly ParserIssue[];
}
export type ValuePath = readonly (string | number)[];
export interface ParserIssue {
    message: string;
    path: ValuePath;
}
export type DeepPartial<T> = 0 extends 1 & T ? T : T extends Whole ? T : T extends readonly unknown[] ? number extends T['length'] ? T extends unknown[] ? DeepPartial<T[number]>[] : readonly DeepPartial<T[number]>[] : {
    [K in keyof T]?: DeepPartial<T[K]>;
} : T extends object ? {
    [K in keyof T]?: DeepPartial<T[K]>;
} : T;
type Whole = string | number | bigint | boolean | symbol | null | undefined | Date | RegExp | URL | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown> | ArrayBuffer | ArrayBufferView | Promise<unknown> | ((...args: never[]) => unknown);

// ---- parser/errors.d.ts
import type { MortiseError, MortiseErrorOptions } from '../errors.ts';
import type { ParserErrorDetails, ValuePath } from './contract.ts';
export type ParserError = MortiseError & Readonly<ParserErrorDetails>;
export declare function parserError(code: 'parse' | 'validation', message: string, details: ParserErrorDetails, options?: MortiseErrorOptions): ParserError;
export declare function isParserError(error: unknown): error is ParserError;
export declare function pathText(path: ValuePath): string;

// ---- parser/index.d.ts
export { BaseOutputParser } from './base.ts';
export type { DeepPartial, OutputParser, ParseOptions, ParserErrorDetails, ParserIssue, ValuePath, } from './contract.ts';
export { isParserError, parserError, pathText, type ParserError } from './errors.ts';

// ---- postprocessor/contract.d.ts
import type { CallOptions } from '../call/contract.ts';
import type { QueryInput } from '../retriever/contract.ts';
import type { NodeWithScore } from '../nodes/contract.ts';
export interface NodePostprocessor {
    postprocess(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): Promise<NodeWithScore[]>;
}

// ---- postprocessor/index.d.ts
export type { NodePostprocessor } from './contract.ts';

// ---- query-engine/contract.d.ts
import type { QueryInput, RetrieveOptions } from '../retriever/contract.ts';
import type { QueryResponse, ResponseStream } from '../synthesizer/contract.ts';
export interface QueryEngine {
    query(input: QueryInput, options?: QueryOptions): Promise<QueryResponse>;
    streamQuery(input: QueryInput, options?: QueryOptions): ResponseStream;
}
export interface QueryOptions extends RetrieveOptions {
}

// ---- query-engine/index.d.ts
export type { QueryEngine, QueryOptions } from './contract.ts';

// ---- reader/base.d.ts
import type { Document } from '../nodes/contract.ts';
import type { ReadCall, Reader, ReadItem, ReadOptions } from './contract.ts';
export declare abstract class BaseReader<I extends ReadItem = ReadItem> implements Reader {
    abstract doList(call: ReadCall): AsyncIterable<I> | Iterable<I> | Promise<AsyncIterable<I> | Iterable<I>>;
    abstract doRead(item: I, call: ReadCall): Promise<Document> | AsyncIterable<Document> | Iterable<Document>;
    read(given?: ReadOptions): AsyncGenerator<Document>;
}

// ---- reader/checked-format.d.ts
import type { FileFormat } from './contract.ts';
export declare function checkedFormat(format: FileFormat): FileFormat;

// ---- reader/contract.d.ts
import type { Document } from '../nodes/contract.ts';
export interface Reader {
    read(options?: ReadOptions): AsyncIterable<Document>;
}
export interface ReadOptions {
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: ReadProgress) => void) | undefined;
    onError?: ((failure: ReadFailure) => void) | undefined;
    skip?: ((item: ReadItem) => boolean | Promise<boolean>) | undefined;
    parent?: string | undefined;
}
export interface ReadItem {
    id: string;
    version?: string;
    contentHash?(signal?: AbortSignal): Promise<string>;
}
export interface ReadProgress {
    done: number;
    failed: number;
    total?: number;
    item: string;
    version?: string;
    outcome?: 'read' | 'partial' | 'failed' | 'skipped';
}
export interface ReadFailure {
    item: string;
    part?: string;
    error: Error;
}
export interface ReadCall {
    signal?: AbortSignal | undefined;
    parent?: string | undefined;
    report(failure: ReadFailure): void;
}
export interface SourceFile {
    readonly path: string;
    readonly id: string;
    bytes(options?: {
        maxBytes?: number | undefined;
    }): Promise<Uint8Array>;
    stream(): AsyncIterable<Uint8Array>;
}
export interface FileFormat {
    readonly fingerprint?: string | undefined;
    read(file: SourceFile, call: ReadCall): AsyncIterable<Document>;
}

// ---- reader/decode.d.ts
export declare function decodeText(item: string, bytes: Uint8Array, encoding?: string): string;
export interface PieceDecoder {
    decode(piece: Uint8Array): string;
    end(): string;
}
export declare function createTextDecoder(item: string, encoding?: string): PieceDecoder;

// ---- reader/index.d.ts
export { BaseReader } from './base.ts';
export { checkedFormat } from './checked-format.ts';
export type { FileFormat, ReadCall, Reader, ReadFailure, ReadItem, ReadOptions, ReadProgress, SourceFile, } from './contract.ts';
export { createTextDecoder, decodeText } from './decode.ts';
export { DEFAULT_MAX_FILE_BYTES, filePieces, readBytes, readText, tooLarge } from './read-text.ts';

// ---- reader/read-text.d.ts
import type { MortiseError } from '../errors.ts';
import type { SourceFile } from './contract.ts';
export declare const DEFAULT_MAX_FILE_BYTES: number;
export interface ReadTextOptions {
    maxBytes?: number | undefined;
    signal?: AbortSignal | undefined;
}
export declare function readText(file: SourceFile, options?: ReadTextOptions): Promise<string>;
export declare function readBytes(file: SourceFile, options?: ReadTextOptions): Promise<Uint8Array>;
export declare function filePieces(file: SourceFile, signal?: AbortSignal): AsyncGenerator<Uint8Array>;
export declare function tooLarge(path: string, maxBytes: number): MortiseError;

// ---- reranker/base.d.ts
import type { Attempt } from '../call/index.ts';
import type { ProviderOptions } from '../call/contract.ts';
import type { BaseRerankerOptions, RankedDocument, RankReply, RankRequest, Reranker, RerankerMetadata, RerankOptions, RerankResult } from './contract.ts';
export declare abstract class BaseReranker<P extends ProviderOptions = ProviderOptions> implements Reranker<P> {
    readonly provider: string;
    readonly model: string;
    abstract readonly metadata: RerankerMetadata;
    constructor(given: BaseRerankerOptions);
    abstract doRerank(request: RankRequest<P>, attempt: Attempt): Promise<RankReply>;
    rerank(query: string, documents: readonly string[], options?: RerankOptions<P>): Promise<RerankResult>;
}
export declare function checkRanking(results: readonly RankedDocument[], count: number, topN: number): RankedDocument[];

// ---- reranker/contract.d.ts
import type { AnsweredBy, CallOptions, ModelSettings, ProviderMetadata, ProviderOptions, Warning } from '../call/contract.ts';
export interface Reranker<P extends ProviderOptions = ProviderOptions> {
    readonly provider: string;
    readonly model: string;
    readonly metadata: RerankerMetadata;
    rerank(query: string, documents: readonly string[], options?: RerankOptions<P>): Promise<RerankResult>;
}
export interface RerankerMetadata {
    maxDocuments?: number;
    comparableScores: boolean;
}
export interface RerankOptions<P extends ProviderOptions = ProviderOptions> extends CallOptions {
    topN?: number | undefined;
    providerOptions?: P | undefined;
}
export interface RerankResult extends AnsweredBy {
    results: RankedDocument[];
    usage: RerankUsage;
    warnings: Warning[];
    model?: string;
    providerMetadata?: ProviderMetadata;
}
export interface RankedDocument {
    index: number;
    score: number;
}
export interface RerankUsage {
    inputTokens?: number;
    searchUnits?: number;
}
export interface BaseRerankerOptions extends ModelSettings {
    provider: string;
    model: string;
    baseURL?: string | undefined;
}
export interface RankRequest<P extends ProviderOptions = ProviderOptions> {
    readonly query: string;
    readonly documents: readonly string[];
    readonly topN: number;
    readonly providerOptions?: P;
}
export interface RankReply {
    readonly results: readonly RankedDocument[];
    readonly usage?: {
        readonly inputTokens?: number | undefined;
        readonly searchUnits?: number | undefined;
    } | undefined;
    readonly providerMetadata?: ProviderMetadata | undefined;
}

// ---- reranker/index.d.ts
export { BaseReranker, checkRanking } from './base.ts';
export type { RankedDocument, RankReply, RankRequest, Reranker, RerankerMetadata, RerankOptions, RerankResult, } from './contract.ts';

// ---- retriever/base.d.ts
import type { BaseRetrieverOptions, Query, QueryInput, RetrieveCall, RetrieveOptions, Retriever } from './contract.ts';
import type { NodeWithScore } from '../nodes/contract.ts';
export declare abstract class BaseRetriever implements Retriever {
    constructor(given?: BaseRetrieverOptions);
    abstract doRetrieve(query: Query, call: RetrieveCall): Promise<readonly NodeWithScore[]>;
    readonly supportsFilters: boolean;
    retrieve(query: QueryInput, options?: RetrieveOptions): Promise<NodeWithScore[]>;
}
export declare function toQuery(input: QueryInput): Query;

// ---- retriever/contract.d.ts
import type { JsonObject } from '../shared/json.ts';
import type { Attempt, CallOptions, CallSettings } from '../call/contract.ts';
import type { MetadataFilter } from '../store/filter-contract.ts';
import type { Node, NodeWithScore } from '../nodes/contract.ts';
export interface Retriever {
    retrieve(query: QueryInput, options?: RetrieveOptions): Promise<NodeWithScore[]>;
}
export type QueryInput = string | Query;
export interface Query {
    query: string;
    embedding?: Float32Array | undefined;
}
export interface RetrieveOptions extends CallOptions {
    topK?: number | undefined;
    filters?: MetadataFilter | undefined;
    trail?: readonly Hop[] | undefined;
}
export interface Hop {
    readonly retriever: Retriever;
    readonly indexId: string;
}
export interface QueryTarget {
    query(query: Query, options?: RetrieveOptions): Promise<QueryTargetAnswer>;
}
export interface QueryTargetAnswer {
    readonly text: string;
    readonly sources: readonly NodeWithScore[];
    readonly outcome: 'answered' | 'no-nodes' | (string & {});
    readonly metadata: JsonObject;
}
export type RetrievalObject = Node | Retriever | QueryTarget;
export interface BaseRetrieverOptions extends CallSettings {
    name?: string | undefined;
    objects?: ReadonlyMap<string, RetrievalObject> | Readonly<Record<string, RetrievalObject>> | undefined;
    maxDepth?: number | undefined;
    concurrency?: number | undefined;
    retry?: CallSettings['retry'];
}
export interface RetrieveCall extends Attempt {
    readonly topK?: number;
    readonly filters?: MetadataFilter;
    readonly trail: readonly Hop[];
    readonly parent?: string;
}

// ---- retriever/index.d.ts
export { BaseRetriever, toQuery } from './base.ts';
export type { BaseRetrieverOptions, Query, QueryInput, RetrievalObject, RetrieveCall, RetrieveOptions, Retriever, } from './contract.ts';
export { nodeHash, nodeHashSteps } from '../nodes/node-hash.ts';
export { checkNode, copyNode, nodeFromJson, nodeToJson } from '../nodes/node-json.ts';
export { nodeMetadataText, nodeText, type NodeTextMode } from '../nodes/node-text.ts';
export type { Document, Evidence, IndexNode, Node, NodeInput, NodeWithScore, TextNode, } from '../nodes/contract.ts';
export { createDocument, createIndexNode, createTextNode, sourceId } from '../nodes/node.ts';
export { checkResults, contentKey, dedupeNodes, mergeEvidence } from './results.ts';

// ---- retriever/results.d.ts
import type { Evidence, Node, NodeWithScore } from '../nodes/contract.ts';
export declare function dedupeNodes(results: readonly NodeWithScore[]): NodeWithScore[];
export declare function contentKey(node: Node): string;
export declare function mergeEvidence(a: Evidence | undefined, b: Evidence | undefined): Evidence | undefined;
export declare function checkResults(found: unknown, retriever: string): readonly NodeWithScore[];

// ---- schema/contract.d.ts
export interface SchemaDialect {
    readonly name: string;
    readonly keywords: 'all' | readonly string[];
    readonly silent: readonly string[];
    readonly formats?: readonly string[] | undefined;
    readonly patterns?: 'plain' | undefined;
    readonly mostMinItems?: number | undefined;
    readonly optional: 'nullable' | 'kept' | 'refused';
    readonly open?: 'closed' | 'refused' | undefined;
    readonly recursive?: boolean | undefined;
    readonly limits?: SchemaLimits | undefined;
}
export interface SchemaLimits {
    readonly depth?: number | undefined;
    readonly properties?: number | undefined;
    readonly optional?: number | undefined;
    readonly unions?: number | undefined;
    readonly enumValues?: number | undefined;
    readonly characters?: number | undefined;
    readonly enumCharacters?: number | undefined;
}

// ---- schema/dialects.d.ts
import type { SchemaDialect } from './contract.ts';
export declare const openaiDialect: SchemaDialect;
export declare const anthropicDialect: SchemaDialect;
export declare const bedrockDialect: SchemaDialect;
export declare const cohereDialect: SchemaDialect;
export declare const googleDialect: SchemaDialect;

// ---- schema/fit-schema.d.ts
import type { JsonSchema } from '../shared/json.ts';
import type { SchemaDialect } from './contract.ts';
export interface FittedSchema {
    readonly schema: JsonSchema;
    readonly strict: boolean;
    readonly reason?: string | undefined;
}
export type SchemaPlace = 'tool' | 'strict-tool' | 'format';
export declare function fitSchema(schema: JsonSchema, dialect: SchemaDialect, place: SchemaPlace): FittedSchema;

// ---- schema/index.d.ts
export { anthropicDialect, bedrockDialect, cohereDialect, googleDialect, openaiDialect } from './dialects.ts';
export type { SchemaDialect } from './contract.ts';
export { fitSchema } from './fit-schema.ts';
export type { InferInput, InferOutput, Schema, StandardIssue, StandardJsonSchema, StandardResult, StandardSchema, } from './standard-contract.ts';
export { isStandardSchema } from './standard.ts';
export { objectSchema, plainSchema, strictSchema, type ShownSchema, type StrictSchema, } from './strict-schema.ts';

// ---- schema/null-members.d.ts
import type { JsonValue } from '../shared/json.ts';
export type RestoredParts = WeakMap<object, Map<unknown, JsonValue>>;

// ---- schema/standard-contract.d.ts
export interface StandardSchema<Input = unknown, Output = Input> {
    readonly '~standard': {
        readonly version: 1;
        readonly vendor: string;
        readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
        readonly types?: {
            readonly input: Input;
            readonly output: Output;
        } | undefined;
    };
}
export type StandardResult<Output> = {
    readonly value: Output;
    readonly issues?: undefined;
} | {
    readonly issues: ReadonlyArray<StandardIssue>;
};
export interface StandardIssue {
    readonly message: string;
    readonly path?: ReadonlyArray<PropertyKey | {
        readonly key: PropertyKey;
    }> | undefined;
}
export interface StandardJsonSchema<Input = unknown, Output = Input> {
    readonly '~standard': {
        readonly version: 1;
        readonly vendor: string;
        readonly types?: {
            readonly input: Input;
            readonly output: Output;
        } | undefined;
        readonly jsonSchema: {
            readonly input: (options: {
                readonly target: string;
            }) => Record<string, unknown>;
            readonly output: (options: {
                readonly target: string;
            }) => Record<string, unknown>;
        };
    };
}
export type Schema<Input = unknown, Output = Input> = StandardSchema<Input, Output> & StandardJsonSchema<Input, Output>;
export type InferInput<S> = S extends StandardSchema<infer Input, unknown> ? Input : never;
export type InferOutput<S> = S extends StandardSchema<infer _Input, infer Output> ? Output : never;

// ---- schema/standard.d.ts
import type { StandardSchema } from './standard-contract.ts';
export declare function isStandardSchema(value: unknown): value is StandardSchema;

// ---- schema/strict-schema.d.ts
import type { JsonSchema, JsonValue } from '../shared/json.ts';
import type { RestoredParts } from './null-members.ts';
import type { SchemaDialect } from './contract.ts';
export interface ShownSchema {
    readonly schema: JsonSchema;
    unwrap(value: JsonValue): JsonValue | undefined;
    restore(value: JsonValue, kept?: RestoredParts): JsonValue | undefined;
}
export type StrictSchema = (ShownSchema & {
    readonly strict: true;
}) | {
    readonly strict: false;
    readonly reason: string;
};
export declare function plainSchema(schema: JsonSchema): ShownSchema;
export declare function objectSchema(schema: JsonSchema): ShownSchema;
export declare function strictSchema(schema: JsonSchema, dialect?: SchemaDialect): StrictSchema;

// ---- service-context.d.ts
import type { EmbeddingModel } from './embedding/contract.ts';
import type { LLM } from './llm/contract.ts';
import type { OutputParser } from './parser/contract.ts';
import type { Reranker } from './reranker/contract.ts';
import type { Retriever } from './retriever/contract.ts';
import type { Tokenizer } from './tokenizer/contract.ts';
import type { Transform } from './transform/contract.ts';
export interface ServiceParts {
    readonly llm?: LLM;
    readonly embedding?: EmbeddingModel;
    readonly retriever?: Retriever;
    readonly reranker?: Reranker;
    readonly parser?: OutputParser<unknown, unknown>;
    readonly splitter?: Transform;
    readonly tokenizer?: Tokenizer;
    readonly prompts?: {
        readonly [name: string]: object;
    };
    readonly [name: string]: unknown;
}
export type ServiceContext<P extends object = ServiceParts> = Readonly<P> & ServiceContextMethods<P>;
export interface ServiceContextMethods<P extends object> {
    with<const Q extends ServiceParts>(parts: Q): ServiceContext<Omit<P, keyof Q> & Q>;
    has(name: string): boolean;
    get<K extends keyof P>(name: K): P[K];
}
export declare function createServiceContext<const P extends ServiceParts>(parts: P): ServiceContext<P>;

// ---- shared/base64.d.ts
export declare function base64Of(data: string | Uint8Array): string;

// ---- shared/canonical-json.d.ts
export declare function canonicalJson(value: unknown): string;

// ---- shared/delimited.d.ts
export declare function delimited(text: string, label: string, beside?: readonly string[]): string;
export declare function freeTag(word: string, texts: readonly string[], nameOf?: (number: number) => string): string;

// ---- shared/endian.d.ts
export declare const LITTLE_ENDIAN: boolean;

// ---- shared/error-name.d.ts
export declare function errorName(error: unknown): string | undefined;

// ---- shared/growing-text.d.ts
export declare class GrowingText {
    get length(): number;
    push(piece: string): void;
    unitsOf(characters: number): number;
    at(place: number): string | undefined;
    slice(start: number, end: number): string;
    toString(): string;
}

// ---- shared/hash.d.ts
export declare function sha256Hex(text: string | Uint8Array): string;
export declare function framed(field: string): string;

// ---- shared/heard.d.ts
export declare function heard<T>(given: T, failed?: (error: unknown) => void): T;

// ---- shared/index.d.ts
export { base64Of } from './base64.ts';
export { canonicalJson } from './canonical-json.ts';
export { delimited, freeTag } from './delimited.ts';
export { GrowingText } from './growing-text.ts';
export { LITTLE_ENDIAN } from './endian.ts';
export { errorName } from './error-name.ts';
export { framed, sha256Hex } from './hash.ts';
export { heard } from './heard.ts';
export { checkOptions, checkTexts, reading, finiteNumber, oneOf, positive, requireMembers, shown, wholeNumber, } from './options.ts';
export { defined, isDeeper, isObject, nonEmpty, type JsonObject, type JsonSchema, type JsonValue, } from './json.ts';
export { jsonText, MAX_METADATA_DEPTH, plainJson } from './plain-json.ts';

// ---- shared/json.d.ts
export type JsonValue = string | number | boolean | null | JsonValue[] | {
    [key: string]: JsonValue;
};
export type JsonObject = {
    [key: string]: JsonValue;
};
export type JsonSchema = {
    [key: string]: unknown;
};
export declare function isObject(value: unknown): value is Record<string, unknown>;
export declare function defined<T extends object>(object: T): {
    [K in keyof T]: Exclude<T[K], undefined>;
};
export declare function nonEmpty<T extends object>(object: T): {
    [K in keyof T]: Exclude<T[K], undefined>;
} | undefined;
export declare function isDeeper(value: unknown, most: number): boolean;

// ---- shared/options.d.ts
type Code = 'configuration' | 'invalid-request' | undefined;
export declare function reading<T>(what: string, read: () => T, code?: Code | 'validation'): T;
export declare function checkOptions<O extends object>(given: O, code?: Code): O;
export declare function checkTexts(what: string, given: readonly string[]): string[];
export interface NumberBounds {
    readonly least?: number | undefined;
    readonly above?: number | undefined;
    readonly most?: number | undefined;
    readonly orInfinity?: boolean | undefined;
    readonly code?: 'configuration' | 'invalid-request' | undefined;
}
export declare function wholeNumber(name: string, value: unknown, bounds?: NumberBounds): number;
export declare function finiteNumber(name: string, value: unknown, bounds?: NumberBounds): number;
export declare function positive(name: string, value: number, whole?: boolean): number;
export declare function oneOf<T extends string>(name: string, value: unknown, words: readonly T[], code?: NumberBounds['code']): T;
export declare function requireMembers<T>(value: T, members: readonly (keyof T & string)[], option: string, contract: string): T;
export declare function shown(value: unknown): string;

// ---- shared/plain-json.d.ts
export declare const MAX_METADATA_DEPTH = 100;
export interface PlainJsonOptions {
    readonly depth?: number | undefined;
    readonly code?: 'invalid-request' | 'validation' | undefined;
}
export declare function plainJson<T>(value: T, what: string, options?: PlainJsonOptions): T;
export declare function jsonText(value: unknown, what: string): string;

// ---- sse/contract.d.ts
export interface SSEOptions {
    show?: SSEShow | undefined;
    heartbeatMs?: number | undefined;
    signal?: AbortSignal | undefined;
}
export interface SSEShow {
    reasoning?: boolean | undefined;
    sources?: boolean | readonly string[] | undefined;
    toolErrors?: boolean | undefined;
    approvals?: boolean | undefined;
    errors?: boolean | undefined;
    warnings?: boolean | undefined;
    rawUsage?: boolean | undefined;
    metadata?: boolean | undefined;
    own?: boolean | undefined;
}
export interface WebStream<E> {
    toReadableStream(): ReadableStream<E>;
    toSSE(options?: SSEOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
    toResponse(options?: SSEOptions): Response;
}
export interface SSEError {
    code: string;
    message: string;
    retryable: boolean;
}
export interface SSEFormat {
    readonly event: (event: unknown) => string;
    readonly end: () => string;
    readonly error: (thrown: unknown) => string;
}

// ---- sse/index.d.ts
export type { SSEError, SSEFormat, SSEOptions, SSEShow, WebStream } from './contract.ts';
export { fromSSE } from './read.ts';
export { showError, showEvent } from './show.ts';
export { encodeSSE, toResponse, toSSE, webStream } from './write.ts';

// ---- sse/read.d.ts
export declare function fromSSE<E>(source: Response | ReadableStream<Uint8Array>): AsyncGenerator<E, void, undefined>;

// ---- sse/show.d.ts
import type { SSEError, SSEShow } from './contract.ts';
export declare function showEvent(value: unknown, show: SSEShow): unknown;
export declare function showError(thrown: unknown, { errors }: SSEShow): SSEError;

// ---- sse/write.d.ts
import type { SSEFormat, SSEOptions, WebStream } from './contract.ts';
export declare function toSSE(stream: AsyncIterable<unknown>, given?: SSEOptions): ReadableStream<Uint8Array<ArrayBuffer>>;
export declare function encodeSSE(stream: AsyncIterable<unknown>, options: SSEOptions, format: SSEFormat): ReadableStream<Uint8Array<ArrayBuffer>>;
export declare function toResponse(stream: AsyncIterable<unknown>, options?: SSEOptions): Response;
export declare function webStream<E>(reader: () => AsyncIterator<E>): WebStream<E>;

// ---- store/check.d.ts
import type { VectorEntry, VectorQuery, VectorStoreSupport } from './contract.ts';
import type { KeyValueStore } from './key-value-contract.ts';
export declare function requireKeyValueStore(store: KeyValueStore, option: string): KeyValueStore;
export declare function checkVectorQuery(query: VectorQuery, support: VectorStoreSupport, dimensions?: number | undefined): void;
export declare function checkVectorSearch(search: Pick<VectorQuery, 'mode' | 'topK' | 'filter' | 'alpha' | 'lambda'>, support: VectorStoreSupport): void;
export declare function checkVectorEntries(entries: readonly VectorEntry[], dimensions: number | undefined): number | undefined;

// ---- store/contract.d.ts
import type { FilterOperator, MetadataFilter } from './filter-contract.ts';
import type { StoreOptions } from './key-value-contract.ts';
import type { JsonValue } from '../shared/json.ts';
import type { Node, NodeWithScore } from '../nodes/contract.ts';
import type { TermIndex } from './term-contract.ts';
export interface SourceRecord {
    sourceId: string;
    hash: string;
    nodeIds: string[];
    strayIds?: string[];
    item?: string;
    read?: ItemState;
    metadata?: {
        [key: string]: JsonValue;
    };
}
export interface ItemState {
    recipe: string;
    documents: number;
    content?: string;
    version?: string;
    contentHash: string;
}
export interface SourcesOptions extends StoreOptions {
    unsettled?: boolean | undefined;
}
export interface LockOptions extends StoreOptions {
    sourceIds?: readonly string[] | undefined;
}
export interface StoreLock {
    readonly lost?: AbortSignal | undefined;
    release(): Promise<void>;
}
export interface DocumentStore {
    upsert(nodes: readonly Node[], options?: StoreOptions): Promise<void>;
    get(id: string, options?: StoreOptions): Promise<Node | undefined>;
    getMany(ids: readonly string[], options?: StoreOptions): Promise<(Node | undefined)[]>;
    delete(ids: readonly string[], options?: StoreOptions): Promise<void>;
    iterate(options?: StoreOptions): AsyncIterable<Node>;
    setSource(record: SourceRecord, options?: StoreOptions): Promise<void>;
    getSource(sourceId: string, options?: StoreOptions): Promise<SourceRecord | undefined>;
    deleteSource(sourceId: string, options?: StoreOptions): Promise<void>;
    sources(options?: SourcesOptions): AsyncIterable<SourceRecord>;
    lock?(options?: LockOptions): Promise<StoreLock>;
    terms?(analysis: string): TermIndex;
}
export interface VectorEntry {
    node: Node;
    embedding: Float32Array;
    sparse?: SparseVector;
}
export interface SparseVector {
    indices: readonly number[];
    values: readonly number[];
}
export interface VectorStore {
    readonly support: VectorStoreSupport;
    upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, options?: StoreOptions): Promise<void>;
    query(query: VectorQuery, options?: StoreOptions): Promise<NodeWithScore[]>;
    flush?(options?: StoreOptions): Promise<void>;
}
export interface VectorStoreSupport {
    modes: readonly VectorQueryMode[];
    operators?: readonly FilterOperator[];
    dimensions?: number;
}
export interface VectorSelection {
    ids?: readonly string[] | undefined;
    sourceIds?: readonly string[] | undefined;
    filter?: MetadataFilter | undefined;
}
export type VectorQueryMode = 'dense' | 'sparse' | 'hybrid' | 'text' | 'mmr' | `${string}:${string}`;
export interface VectorQuery {
    mode?: VectorQueryMode | undefined;
    topK: number;
    embedding?: Float32Array | undefined;
    sparse?: SparseVector | undefined;
    text?: string | undefined;
    filter?: MetadataFilter | undefined;
    alpha?: number | undefined;
    lambda?: number | undefined;
}

// ---- store/document-locks.d.ts
import type { MortiseError } from '../errors.ts';
export declare class DocumentLocks {
    take(place: string, sourceIds?: readonly string[]): () => void;
}
export declare function lockedBy(what: string): MortiseError;

// ---- store/door.d.ts
import type { StoreOptions } from './key-value-contract.ts';
export declare function storeCall<O extends StoreOptions, T>(given: O, run: (options: O) => Promise<T> | T): Promise<T>;
export declare function storeItems<O extends StoreOptions, T>(given: O, run: (options: O) => AsyncIterable<T>): AsyncGenerator<T>;

// ---- store/failure.d.ts
import type { MortiseError } from '../errors.ts';
export declare function storeFailure(place: string, what: string, cause: unknown): MortiseError;
export declare function systemCode(error: unknown): string | undefined;

// ---- store/filter-contract.d.ts
export type MetadataFilter = {
    and: readonly MetadataFilter[];
} | {
    or: readonly MetadataFilter[];
} | {
    not: MetadataFilter;
} | FilterCondition;
export interface FilterCondition {
    key: string;
    op: FilterOperator;
    value?: FilterValue | readonly FilterValue[] | undefined;
}
export type FilterValue = string | number | boolean;
export type FilterOperator = '==' | '!=' | '>' | '>=' | '<' | '<=' | 'in' | 'nin' | 'any' | 'all' | 'contains' | 'text-match' | 'is-empty' | `${string}:${string}`;

// ---- store/filter.d.ts
import type { FilterOperator, MetadataFilter } from './filter-contract.ts';
export declare const FILTER_OPERATORS: readonly ["==", "!=", ">", ">=", "<", "<=", "in", "nin", "any", "all", "contains", "text-match", "is-empty"];
export declare function matchesFilter(metadata: {
    readonly [key: string]: unknown;
}, filter: MetadataFilter): boolean;
export declare function checkFilter(filter: MetadataFilter, operators: readonly FilterOperator[]): void;

// ---- store/index.d.ts
export { checkVectorEntries, checkVectorQuery, checkVectorSearch, requireKeyValueStore } from './check.ts';
export type { DocumentStore, ItemState, LockOptions, SourceRecord, SourcesOptions, StoreLock, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport, } from './contract.ts';
export type { FilterCondition, FilterOperator, FilterValue, MetadataFilter } from './filter-contract.ts';
export type { KeyLock, KeyLockOptions, KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreOptions, StoreValue, } from './key-value-contract.ts';
export { storeFailure, systemCode } from './failure.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter } from './filter.ts';
export { DocumentLocks, lockedBy } from './document-locks.ts';
export { leaseOf, leasedKeys, type KeyLease } from './key-lease.ts';
export { storeCall, storeItems } from './door.ts';
export { MemoryKeyValueStore } from './memory.ts';
export { maximalMarginalRelevance } from '../vectors/mmr.ts';
export { openSqliteFile, type OpenedSqliteFile } from './sqlite-file.ts';
export { lockSqliteFile } from './sqlite-lock.ts';
export type { NodeTerms, RankedTerms, TermIndex, TermQuery } from './term-contract.ts';
export { BM25_DEFAULTS, checkTermQuery, inverseDocumentFrequency, termSaturation } from './terms.ts';
export { createWhenFree } from './when-free.ts';

// ---- store/key-lease.d.ts
import type { KeyLock, KeyLockOptions } from './key-value-contract.ts';
export interface KeyLease {
    readonly keys: readonly string[];
    readonly leaseMs: number;
    renew(): Promise<number>;
    release(): Promise<void>;
}
export declare function leaseOf({ leaseMs }: KeyLockOptions): number;
export declare function leasedKeys(lease: KeyLease): KeyLock;

// ---- store/key-value-contract.d.ts
import type { JsonValue } from '../shared/json.ts';
export interface StoreOptions {
    signal?: AbortSignal | undefined;
}
export type StoreValue = Uint8Array | JsonValue;
export interface KeyValueOptions extends StoreOptions {
    namespace?: string | undefined;
}
export interface SetOptions extends KeyValueOptions {
    ttlMs?: number | undefined;
}
export interface KeyLockOptions extends KeyValueOptions {
    leaseMs?: number | undefined;
}
export interface KeyLock {
    readonly keys: readonly string[];
    readonly lost?: AbortSignal | undefined;
    release(): Promise<void>;
}
export interface KeyValueStore {
    get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
    delete(key: string, options?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
    iterate(options?: KeyValueOptions): AsyncIterable<StoreEntry>;
    compareAndSet?(key: string, expected: StoreValue | undefined, value: StoreValue, options?: SetOptions): Promise<boolean>;
    lock?(keys: readonly string[], options?: KeyLockOptions): Promise<KeyLock>;
}
export type StoreEntry = readonly [key: string, value: StoreValue];

// ---- store/memory.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from './key-value-contract.ts';
export interface MemoryKeyValueStoreOptions {
    maxBytes?: number | undefined;
}
export declare class MemoryKeyValueStore implements KeyValueStore {
    constructor(options?: MemoryKeyValueStoreOptions);
    get bytes(): number;
    get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
    delete(key: string, given?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
    compareAndSet(key: string, expected: StoreValue | undefined, value: StoreValue, given?: SetOptions): Promise<boolean>;
    iterate(given?: KeyValueOptions): AsyncIterable<StoreEntry>;
}

// ---- store/sqlite-file.d.ts
export interface SqliteFiles {
    existsSync(path: string): boolean;
    mkdirSync(path: string, options: {
        recursive: true;
    }): unknown;
    accessSync(path: string, mode?: number): void;
    statSync(path: string): {
        readonly size: number;
        readonly mtimeMs: number;
        isDirectory(): boolean;
    };
}
export interface OpenedSqliteFile<T> {
    readonly opened: T;
    readonly isReadOnly: boolean;
    isStale(): boolean;
}
export declare function openSqliteFile<T>(path: string, files: SqliteFiles, open: (place: string, isReadOnly: boolean) => T): OpenedSqliteFile<T>;

// ---- store/sqlite-lock.d.ts
import type { StoreLock } from './contract.ts';
import type { StoreOptions } from './key-value-contract.ts';
import type { SqliteFiles } from './sqlite-file.ts';
export interface LockModules {
    readonly files: SqliteFiles & {
        truncateSync(path: string, length: number): void;
    };
    open(path: string): {
        exec(sql: string): void;
        close(): void;
    };
}
export declare function lockSqliteFile(file: string, place: string, modules: LockModules, { signal }?: StoreOptions): Promise<StoreLock>;

// ---- store/term-contract.d.ts
import type { Node } from '../nodes/contract.ts';
import type { MetadataFilter } from './filter-contract.ts';
import type { StoreOptions } from './key-value-contract.ts';
export interface NodeTerms {
    id: string;
    terms: readonly string[];
}
export interface TermQuery {
    terms: ReadonlyMap<string, number>;
    topK: number;
    filter?: MetadataFilter | undefined;
    also?: readonly string[] | undefined;
    k1?: number | undefined;
    b?: number | undefined;
}
export interface RankedTerms {
    id: string;
    score: number;
    coverage: number;
}
export interface TermIndex {
    set(entries: readonly NodeTerms[], options?: StoreOptions): Promise<void>;
    missing(options?: StoreOptions): AsyncIterable<Node>;
    rank(query: TermQuery, options?: StoreOptions): Promise<RankedTerms[]>;
}

// ---- store/terms.d.ts
import type { TermQuery } from './term-contract.ts';
export declare const BM25_DEFAULTS: {
    readonly k1: 1.2;
    readonly b: 0.75;
};
export declare function checkTermQuery(query: TermQuery): TermQuery & {
    readonly k1: number;
    readonly b: number;
};
export declare function inverseDocumentFrequency(nodes: number, holding: number): number;
export declare function termSaturation(count: number, relativeLength: number, k1: number, b: number): number;

// ---- store/when-free.d.ts
import type { StoreOptions } from './key-value-contract.ts';
export type WhenFree = <T>(work: () => T, options?: StoreOptions) => Promise<T>;
export declare function createWhenFree(timeoutMs?: number): WhenFree;

// ---- synthesizer/contract.d.ts
import type { AnsweredBy, CallOptions, Warning } from '../call/contract.ts';
import type { JsonObject } from '../shared/json.ts';
import type { FinishReason } from '../llm/contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import type { QueryInput } from '../retriever/contract.ts';
import type { NodeWithScore } from '../nodes/contract.ts';
import type { WebStream } from '../sse/contract.ts';
export interface ResponseSynthesizer {
    synthesize(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): Promise<QueryResponse>;
    streamSynthesize(query: QueryInput, nodes: readonly NodeWithScore[], options?: CallOptions): ResponseStream;
}
export interface QueryResponse extends AnsweredBy {
    text: string;
    sources: NodeWithScore[];
    citations: Citation[];
    outcome: 'answered' | 'no-nodes' | (string & {});
    finishReason?: FinishReason;
    model?: string;
    usage?: Usage;
    warnings: Warning[];
    metadata: JsonObject;
}
export interface Citation {
    number: number;
    start: number;
    end: number;
    nodeId?: string;
    quote?: string;
    quoteStart?: number;
    quoteEnd?: number;
    problem?: 'unknown-source' | 'misquote' | 'other-source' | (string & {});
}
export type ResponseStreamEvent = {
    type: 'sources';
    sources: NodeWithScore[];
} | {
    type: 'text-delta';
    delta: string;
} | {
    type: 'citation';
    citation: Citation;
} | {
    type: 'warning';
    warning: Warning;
} | {
    type: 'finish';
    response: QueryResponse;
} | {
    type: `${string}:${string}`;
    [member: string]: unknown;
};
export interface ResponseStream extends AsyncIterable<ResponseStreamEvent>, WebStream<ResponseStreamEvent> {
    readonly textStream: AsyncIterable<string>;
    readonly partial: PartialQueryResponse;
    final(): Promise<QueryResponse>;
    cancel(): Promise<void>;
}
export interface PartialQueryResponse {
    text: string;
    sources?: NodeWithScore[];
    citations: Citation[];
    metadata?: JsonObject;
}

// ---- synthesizer/index.d.ts
export type { Citation, QueryResponse, ResponseStream, ResponseStreamEvent, ResponseSynthesizer, } from './contract.ts';
export { createResponseStream } from './stream.ts';

// ---- synthesizer/stream.d.ts
import type { Attributes, EventName } from '../events/map.ts';
import type { ResponseStream, ResponseStreamEvent } from './contract.ts';
export interface ResponseStreamOptions {
    readonly name: EventName;
    readonly attributes?: Attributes | undefined;
    readonly content?: (() => Attributes) | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly parent?: string | undefined;
    events(call: {
        readonly signal: AbortSignal;
        readonly parent?: string;
    }): AsyncIterable<ResponseStreamEvent>;
}
export declare function createResponseStream(options: ResponseStreamOptions): ResponseStream;

// ---- testing/hash-embedding.d.ts
import type { BaseEmbedding, BaseEmbeddingOptions, EmbedReply, EmbedRequest } from '../embedding/index.ts';
import type { EmbeddingMetadata } from '../embedding/contract.ts';
export interface HashEmbeddingOptions extends Partial<BaseEmbeddingOptions> {
    dimensions?: number | undefined;
    maxBatchSize?: number | undefined;
}
export declare class HashEmbedding extends BaseEmbedding {
    readonly metadata: EmbeddingMetadata;
    constructor(given?: HashEmbeddingOptions);
    doEmbed(inputs: readonly string[], { dimensions }: EmbedRequest): Promise<EmbedReply>;
}

// ---- testing/index.d.ts
export { HashEmbedding } from './hash-embedding.ts';
export type { ScriptedPart, ScriptedToolCall } from './script.ts';
export { ScriptedLLM, type ScriptedLLMOptions, type ScriptedReply } from './scripted-llm.ts';

// ---- testing/script.d.ts
import type { ContentBlock, ToolCallBlock } from '../llm/message-contract.ts';
export type ScriptedToolCall = Omit<ToolCallBlock, 'id' | 'arguments'> & Partial<Pick<ToolCallBlock, 'id' | 'arguments'>>;
export type ScriptedPart = string | ContentBlock | ScriptedToolCall | {
    readonly type: 'wait';
    readonly ms: number;
} | {
    readonly type: 'cut';
} | Error;

// ---- testing/scripted-llm.d.ts
import type { BaseLLM } from '../llm/base.ts';
import type { Attempt } from '../call/contract.ts';
import type { ChatReply, ChatRequest, ChatStreamEvent, LLMSettings, LLMMetadata } from '../llm/contract.ts';
import type { Usage } from '../llm/usage-contract.ts';
import type { ScriptedPart } from './script.ts';
export type ScriptedReply = string | readonly ScriptedPart[] | ChatReply | Error | ((request: ChatRequest, attempt: Attempt) => ScriptedReply | Promise<ScriptedReply>);
export interface ScriptedLLMOptions extends LLMSettings {
    replies: readonly ScriptedReply[] | ((request: ChatRequest, attempt: Attempt) => ScriptedReply | Promise<ScriptedReply>);
    model?: string | undefined;
    metadata?: Partial<LLMMetadata> | undefined;
    pieceLength?: number | undefined;
    usage?: Usage | undefined;
}
export declare class ScriptedLLM extends BaseLLM {
    readonly requests: ChatRequest[];
    constructor(given: ScriptedLLMOptions);
    get metadata(): LLMMetadata;
    doGenerate(request: ChatRequest, attempt: Attempt): Promise<ChatReply>;
    doStream(request: ChatRequest, attempt: Attempt): AsyncGenerator<ChatStreamEvent>;
}

// ---- tokenizer/contract.d.ts
export interface TokenCounter {
    readonly name: string;
    count(text: string): number;
}
export interface Tokenizer extends TokenCounter {
    encode(text: string): number[];
    decode(tokens: readonly number[]): string;
}

// ---- tokenizer/estimate.d.ts
import type { TokenCounter } from './contract.ts';
export declare const estimateTokenizer: TokenCounter;

// ---- tokenizer/index.d.ts
export type { TokenCounter, Tokenizer } from './contract.ts';
export { estimateTokenizer } from './estimate.ts';

// ---- transform/contract.d.ts
import type { Node, TextNode } from '../nodes/contract.ts';
import type { TokenCounter } from '../tokenizer/contract.ts';
export interface Transform {
    readonly fingerprint?: string;
    transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]>;
}
export interface TransformOptions {
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: {
        done: number;
        total: number;
    }) => void) | undefined;
    parent?: string | undefined;
}
export interface NodeSplitter extends Transform {
    readonly fingerprint: string;
    readonly tokenizer: TokenCounter;
    readonly maxTokens: number;
    split(node: Node): TextNode[];
}

// ---- transform/index.d.ts
export type { NodeSplitter, Transform, TransformOptions } from './contract.ts';

// ---- vectors/mmr.d.ts
export interface MmrCandidate {
    readonly similarity: number;
    readonly embedding: Float32Array;
}
export interface MmrPick {
    readonly index: number;
    readonly score: number;
}
export declare function maximalMarginalRelevance(candidates: readonly MmrCandidate[], topK: number, lambda?: number): MmrPick[];

// ---- vectors/similarity.d.ts
export type SimilarityMode = 'cosine' | 'dot' | 'euclidean';
export declare function similarity(a: ArrayLike<number>, b: ArrayLike<number>, mode?: SimilarityMode): number;

// ---- vectors/vector.d.ts
export declare function checkVector(vector: unknown, what: string): asserts vector is Float32Array;
export declare function unitVector(vector: Float32Array, into?: Float32Array, offset?: number): Float32Array;
export declare function vectorToBytes(vector: Float32Array): Uint8Array;
export declare function bytesToVector(bytes: unknown, isOwn?: boolean): Float32Array | undefined;

// ---- wire/about.d.ts
import type { Attempt } from '../call/contract.ts';
import type { MortiseError } from '../errors.ts';
import type { Secrets } from './secrets.ts';
export interface About {
    readonly provider: string;
    readonly model?: string | undefined;
    readonly secrets?: Secrets;
}
export type ReadingAttempt = Pick<Attempt, 'touch' | 'replied' | 'maxReplyBytes' | 'maxLineBytes'> & Partial<Pick<Attempt, 'warn'>>;
export declare function malformed(what: string, about: About, cause?: unknown): MortiseError;
export declare function notSent(to: string, thrown: unknown, remedy: string, about: About): MortiseError;
export declare function thrownWithoutSecrets(thrown: unknown, about: About, secrets?: Secrets): unknown;

// ---- wire/base64.d.ts
import type { About } from './about.ts';
export declare function float32FromBase64(text: string, about: About): Float32Array;

// ---- wire/body.d.ts
import type { About, ReadingAttempt } from './about.ts';
import type { SseEvent } from './decoders.ts';
export declare function readJson(response: Response, attempt: ReadingAttempt, about: About): Promise<Record<string, unknown>>;
export declare function throwFailure(value: unknown, about: About, alone?: boolean): void;
export declare function eventJson(event: SseEvent, about: About): Record<string, unknown>;

// ---- wire/call-id.d.ts
export declare function uniqueCallId(): string;

// ---- wire/counts.d.ts
export declare function sumOfCounts(counts: readonly (number | undefined)[]): number | undefined;

// ---- wire/credentials.d.ts
export interface ConnectionSettings {
    readonly apiKey?: string | undefined;
    readonly baseURL?: string | undefined;
    readonly headers?: Readonly<Record<string, string>> | undefined;
    readonly client?: object | undefined;
}
export interface ProviderAccess {
    readonly provider: string;
    readonly name: string;
    readonly variable: string;
    readonly defaultBaseURL: string;
    readonly standIns?: readonly string[] | undefined;
    readonly clientSecrets?: readonly string[] | undefined;
}
export declare class Credentials {
    constructor({ apiKey, baseURL, headers, client }: ConnectionSettings, access: ProviderAccess);
    get baseURL(): string;
    get query(): URLSearchParams;
    get headers(): Readonly<Record<string, string>>;
    get authorised(): boolean;
    key(): string | undefined;
    get secrets(): readonly (string | undefined)[];
}
export declare function lazySdk<T>(provider: string, packageName: string, load: () => Promise<T>): () => Promise<T>;

// ---- wire/decoders.d.ts
export interface SseEvent {
    readonly event: string;
    readonly data: string;
}
export interface EventDecoder {
    readonly recognised: boolean;
    readonly pending: number;
    push(bytes: Uint8Array): SseEvent[];
    end(): SseEvent | undefined;
}
export interface OwnFormat {
    readonly decoder: new () => EventDecoder;
    readonly stream: string;
    readonly one: string;
}
export interface StreamFormat {
    readonly format?: 'event-stream' | 'json-lines' | OwnFormat | undefined;
}

// ---- wire/failure-words.d.ts
import type { KnownErrorCode } from '../errors.ts';
export declare function failedEnd(reason: unknown): KnownErrorCode | undefined;

// ---- wire/failure.d.ts
import type { KnownErrorCode } from '../errors.ts';
export interface SaidFailure {
    readonly code?: KnownErrorCode;
    readonly message?: string;
    readonly word?: string;
    readonly status?: number;
    readonly retryAfterMs?: number;
    readonly requestId?: string;
}
export declare function describeFailure(said: unknown): SaidFailure;

// ---- wire/guarded-fetch.d.ts
export interface GuardedFetchOptions {
    readonly provider: string;
    readonly fetch?: typeof globalThis.fetch | undefined;
    readonly addressOption?: string | undefined;
    readonly query?: URLSearchParams | undefined;
}
export declare function guardedFetch({ provider, fetch, query, addressOption }: GuardedFetchOptions, { carry }?: {
    readonly carry?: boolean | undefined;
}): typeof globalThis.fetch;
export declare function refusalOf(response: Response): Response | undefined;

// ---- wire/http-error.d.ts
import type { MortiseError, KnownErrorCode } from '../errors.ts';
import type { About, ReadingAttempt } from './about.ts';
import type { SaidFailure } from './failure.ts';
export interface HttpFailure extends About {
    readonly status: number;
    readonly headers?: Headers | undefined;
    readonly message?: string | undefined;
    readonly code?: KnownErrorCode | undefined;
    readonly requestId?: string | undefined;
    readonly retryAfterMs?: number | undefined;
    readonly cause?: unknown;
}
export declare function errorFromResponse(failure: HttpFailure): MortiseError;
export declare function errorFromReply(response: Response, attempt: ReadingAttempt, about: About & {
    readonly cause?: unknown;
}, code?: (said: SaidFailure, status: number) => KnownErrorCode | undefined): Promise<MortiseError>;
export declare function errorFromSaid({ message, word, status, retryAfterMs, requestId, ...failure }: SaidFailure, about: About, { fallback, partial }?: SaidErrorOptions): MortiseError;
export interface SaidErrorOptions {
    readonly fallback?: KnownErrorCode | undefined;
    readonly partial?: unknown;
}
export declare function errorFromThrown(thrown: unknown, about: About): unknown;

// ---- wire/index.d.ts
export { malformed, notSent, thrownWithoutSecrets, type About } from './about.ts';
export { float32FromBase64 } from './base64.ts';
export { eventJson, readJson, throwFailure } from './body.ts';
export { uniqueCallId } from './call-id.ts';
export { sumOfCounts } from './counts.ts';
export { Credentials, lazySdk, type ConnectionSettings } from './credentials.ts';
export { describeFailure, type SaidFailure } from './failure.ts';
export { failedEnd } from './failure-words.ts';
export { guardedFetch, refusalOf } from './guarded-fetch.ts';
export { errorFromReply, errorFromResponse, errorFromSaid, errorFromThrown } from './http-error.ts';
export { inlineMedia } from './media.ts';
export { requestNotes, type NotesContext, type RequestNotes } from './notes.ts';
export { withOptions } from './options.ts';
export { readReplyText } from './reply-bytes.ts';
export { redact, withoutSecrets, type Secrets } from './secrets.ts';
export type { EventDecoder, OwnFormat, SseEvent, StreamFormat } from './decoders.ts';
export { EndOfReply, jsonEvents, streamEvents, type StreamTranslator } from './stream.ts';
export { readJsonVectors } from './vectors.ts';

// ---- wire/media.d.ts
type Source = {
    url: string;
    mediaType?: string | undefined;
} | {
    data: string | Uint8Array;
    mediaType: string;
};
export declare function inlineMedia(source: Source): Source;

// ---- wire/notes.d.ts
import type { Warning } from '../call/contract.ts';
export interface RequestNotes {
    leaveOut(setting: string, message: string): void;
    note(message: string): void;
    refuse(message: string): never;
}
export interface NotesContext {
    readonly model: string;
    warn(warning: Warning): void;
}
export declare function requestNotes(provider: string, { strict }: {
    readonly strict: boolean;
}, context: NotesContext): RequestNotes;

// ---- wire/options.d.ts
type Members = Readonly<Record<string, unknown>>;
export interface OptionMerging {
    readonly merged?: readonly string[] | true | undefined;
    readonly added?: readonly string[] | undefined;
}
export declare function withOptions(body: Members, options: Members | undefined, { merged, added }?: OptionMerging): Record<string, unknown>;

// ---- wire/reply-bytes.d.ts
import type { About, ReadingAttempt } from './about.ts';
export declare function readReplyText(response: Response, attempt: ReadingAttempt, about?: About, look?: (bytes: Uint8Array) => void): Promise<string>;

// ---- wire/secrets.d.ts
export type Secrets = readonly (string | undefined)[] | undefined;
export declare function redact(text: string, secrets: Secrets, mask?: (form: string) => string): string;
export declare function withoutSecrets(cause: unknown, secrets: Secrets): unknown;

// ---- wire/stream.d.ts
import type { About, ReadingAttempt } from './about.ts';
import type { SseEvent, StreamFormat } from './decoders.ts';
export declare class EndOfReply {
    reason: string | undefined;
    terminal: boolean;
    goesOn: boolean;
    readonly endsWithDone: boolean;
    constructor({ endsWithDone }?: {
        readonly endsWithDone?: boolean | undefined;
    });
    say(reason: unknown): void;
}
export interface StreamTranslator<E> {
    push(event: SseEvent, out: E[]): void;
    readonly done: boolean;
    readonly end?: EndOfReply | undefined;
    finish?(out: E[]): void;
    readonly said?: number | undefined;
}
export declare function streamEvents<E>(response: Response, attempt: ReadingAttempt, translator: StreamTranslator<E>, about: About, { format }?: StreamFormat): AsyncGenerator<E[], void, undefined>;
export declare function jsonEvents(response: Response, attempt: ReadingAttempt, about: About, options?: StreamFormat): AsyncGenerator<Record<string, unknown>, void, undefined>;

// ---- wire/vectors.d.ts
import type { About, ReadingAttempt } from './about.ts';
export declare function readJsonVectors(response: Response, attempt: ReadingAttempt, about: About, member?: string): Promise<Record<string, unknown>>;
