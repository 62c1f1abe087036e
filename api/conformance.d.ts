// The API of @mortise/conformance. Written by `pnpm api`.
// entry . index.d.ts

// ---- chat-engine/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { ChatEngineFeature, ChatEngineSubject } from './subject.ts';
export interface ChatEngineConformanceOptions extends ChatEngineSubject {
    readonly name: string;
    readonly declares: readonly ChatEngineFeature[];
    readonly reasons?: Readonly<Partial<Record<ChatEngineFeature, string>>> | undefined;
}
export declare function chatEngineConformance(functions: TestFunctions, options: ChatEngineConformanceOptions): ConformanceResults;

// ---- chat-engine/subject.d.ts
import type { ChatMessage } from '@mortise/core';
import type { KeyValueStore } from '@mortise/core/store';
import type { QueryOptions } from '@mortise/core/query-engine';
import type { QueryResponse, ResponseStream } from '@mortise/core/synthesizer';
import type { QueryEngineParts } from '../query-engine/subject.ts';
export type ChatEngineFeature = 'messages' | 'store' | 'branches' | 'approvals';
export interface ApprovedToolLike {
    readonly name: string;
    readonly description: string;
    readonly approvalKey: string;
    execute(): string;
}
export interface PendingTurnLike {
    readonly message: string;
    readonly approvals: readonly {
        readonly callId: string;
        readonly name: string;
        readonly token: string;
    }[];
}
export interface GivenApprovalLike {
    callId: string;
    token: string;
    approved: boolean;
}
export interface ConversationTurnLike {
    readonly id: string;
    readonly parent: string | null;
    readonly messages: readonly ChatMessage[];
    readonly current: boolean;
}
export interface TurnOptions extends QueryOptions {
    edits?: string | undefined;
}
export interface Conversation {
    chat(message: string, options?: TurnOptions): Promise<QueryResponse>;
    streamChat(message: string, options?: TurnOptions): ResponseStream;
    history(): Promise<ChatMessage[]>;
    reset(): Promise<void>;
    turns?(): Promise<readonly ConversationTurnLike[]>;
    goTo?(turnId: string): Promise<void>;
    pending?(): Promise<PendingTurnLike | undefined>;
    resume?(options: {
        approvals: readonly GivenApprovalLike[];
    }): Promise<QueryResponse>;
    discard?(): Promise<void>;
}
export interface ChatEngineParts extends QueryEngineParts {
    readonly messages?: readonly ChatMessage[];
    readonly persist?: {
        readonly store: KeyValueStore;
        readonly key: string;
    };
    readonly tool?: ApprovedToolLike;
}
export interface ChatEngineSubject {
    create(parts: ChatEngineParts): Conversation;
}

// ---- chat-engine/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { ChatEngineSubject } from './subject.ts';
export declare const chatEngineSuite: Suite<ChatEngineSubject>;

// ---- dialects/anthropic-messages.d.ts
import type { LLMDialect } from './contract.ts';
export declare const anthropicMessages: LLMDialect;

// ---- dialects/aws-frames.d.ts
import type { Frame, FrameFormat } from './contract.ts';
export declare const awsFrames: FrameFormat;
export declare function awsFrame(event: string, data: unknown, terminal?: true): Frame;

// ---- dialects/bedrock-converse.d.ts
import type { LLMDialect } from './contract.ts';
export declare const bedrockConverse: LLMDialect;

// ---- dialects/bedrock-invoke.d.ts
import type { EmbeddingDialect, RerankDialect } from './contract.ts';
export declare const bedrockTitanEmbeddings: EmbeddingDialect;
export declare const bedrockCohereEmbeddings: EmbeddingDialect;
export declare const bedrockRerank: RerankDialect;

// ---- dialects/by-name.d.ts
import type { LLMDialect } from './contract.ts';
export declare const llmDialects: Readonly<Record<string, LLMDialect | undefined>>;

// ---- dialects/cohere-chat.d.ts
import type { LLMDialect } from './contract.ts';
export declare const cohereChat: LLMDialect;

// ---- dialects/cohere.d.ts
import type { EmbeddingDialect, RerankDialect } from './contract.ts';
export declare const cohereEmbed: EmbeddingDialect;
export declare const cohereRerank: RerankDialect;

// ---- dialects/contract.d.ts
import type { JsonObject } from '@mortise/core';
import type { WireRequest } from '../wire.ts';
export interface Frame {
    readonly event?: string;
    readonly data: string;
    readonly line?: true;
    readonly format?: FrameFormat;
    readonly terminal?: true;
}
export interface FrameFormat {
    readonly contentType: string;
    bytes(frame: Pick<Frame, 'event' | 'data'>): Uint8Array;
}
export interface DialectBase {
    readonly name: string;
    readonly without: Readonly<Record<string, string>>;
    readonly requestId?: string;
    failure(failure: Failure): {
        readonly body: JsonObject;
        readonly headers: Readonly<Record<string, string>>;
        readonly status?: number | undefined;
    };
}
export interface Failure {
    readonly status: number;
    readonly kind?: 'rate' | 'quota' | 'context-length' | undefined;
    readonly message: string;
}
export interface WireAnswer {
    readonly id: string;
    readonly model: string;
    readonly created?: number | undefined;
    readonly parts: readonly AnswerPart[];
    readonly finish: 'stop' | 'length' | 'tool-calls' | 'content-filter';
    readonly usage?: AnswerUsage | undefined;
}
export interface AnswerUsage {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cachedInputTokens?: number | undefined;
    readonly cacheWriteTokens?: number | undefined;
    readonly reasoningTokens?: number | undefined;
    readonly toolTokens?: number | undefined;
}
export interface AnswerCitation {
    readonly words: string;
    readonly start: number;
    readonly end: number;
    readonly title?: string | undefined;
    readonly quote?: string | undefined;
    readonly document?: string | number | undefined;
    readonly url?: string | undefined;
}
export type OwnMembers = JsonObject;
export type AnswerPart = {
    readonly type: 'text';
    readonly pieces: readonly string[];
    readonly members?: OwnMembers;
    readonly signature?: string | undefined;
    readonly citations?: readonly AnswerCitation[];
} | {
    readonly type: 'reasoning';
    readonly pieces: readonly string[];
    readonly signature?: string | undefined;
    readonly redacted?: string | undefined;
} | {
    readonly type: 'tool-call';
    readonly id: string;
    readonly name: string;
    readonly pieces: readonly string[] | null;
    readonly members?: OwnMembers;
    readonly signature?: string | undefined;
} | {
    readonly type: 'unknown';
};
export type UsageShape = 'once' | 'duplicate' | 'cumulative';
export interface StreamShape {
    readonly usage?: UsageShape | undefined;
    readonly interleaved?: boolean | undefined;
    readonly unknownEvent?: boolean | undefined;
    readonly earlyReason?: boolean | undefined;
    readonly calls?: 'one-index' | 'no-index' | undefined;
    readonly unplacedCitations?: boolean | undefined;
}
export interface LLMDialect extends DialectBase {
    streams(request: WireRequest): boolean;
    body(answer: WireAnswer): JsonObject;
    frames(answer: WireAnswer, shape?: StreamShape): readonly Frame[];
    errorFrame(message: string, kind?: Failure['kind']): Frame;
    finishWord(finish: WireAnswer['finish']): string;
    readonly endsWithBytes?: true;
    readonly failedWord?: string;
    blocked?(answer: Pick<WireAnswer, 'id' | 'model' | 'usage'>): {
        readonly body: JsonObject;
        readonly frames: readonly Frame[];
    };
    readonly request: RequestReader;
    readonly document?: {
        readonly mediaType: string;
        readonly data: string;
    };
}
export interface RequestReader {
    readonly members?: readonly string[];
    model(body: JsonObject, request: WireRequest): unknown;
    messages(body: JsonObject): readonly {
        readonly role: string;
        readonly text: string;
    }[];
    tools(body: JsonObject): readonly {
        readonly name: string;
        readonly parameters: unknown;
    }[];
    toolDescriptions?(body: JsonObject): readonly unknown[];
    maxOutputTokens(body: JsonObject): unknown;
    temperature?(body: JsonObject): unknown;
    topP?(body: JsonObject): unknown;
    reasoning?(body: JsonObject): unknown;
    summary?(body: JsonObject): unknown;
    usage?(body: JsonObject): boolean;
    stop?(body: JsonObject): unknown;
    seed?(body: JsonObject): unknown;
    toolChoice?(body: JsonObject): unknown;
    schema?(body: JsonObject): unknown;
    toolResults(body: JsonObject): readonly {
        readonly id: string;
        readonly text: string;
    }[];
    failedResults?(body: JsonObject): readonly string[];
    resultNames?(body: JsonObject): readonly unknown[];
    cachePoints?(body: JsonObject): readonly string[];
    documents?(body: JsonObject): readonly {
        readonly id: string | number;
        readonly text: string;
    }[];
    toolCalls(body: JsonObject): readonly {
        readonly id: string;
        readonly name: string;
        readonly arguments: string;
    }[];
    image?(body: JsonObject): SentImage | string | undefined;
    document?(body: JsonObject): string | undefined;
    signatures?(body: JsonObject): readonly string[];
    redacted?(body: JsonObject): readonly string[];
}
export interface SentImage {
    readonly mediaType: string;
    readonly data: string;
}
export interface EmbeddingDialect extends DialectBase {
    inputs(request: WireRequest): readonly string[];
    blocks?(request: WireRequest): readonly SentInput[];
    model?(request: WireRequest): unknown;
    encoding(request: WireRequest): 'float' | 'base64';
    dimensions?(request: WireRequest): number | undefined;
    kind?(request: WireRequest): 'query' | 'document' | undefined;
    body(rows: readonly EmbeddingRow[], options: EmbeddingBodyOptions): JsonObject;
    headers?(options: EmbeddingBodyOptions): Readonly<Record<string, string>>;
    truncated?(body: JsonObject, inputs: readonly number[]): JsonObject;
    warned?(body: JsonObject, message: string): JsonObject;
}
export type SentInput = string | readonly (string | SentImage)[];
export interface EmbeddingRow {
    readonly index: number;
    readonly vector: readonly (number | null)[];
}
export interface EmbeddingBodyOptions {
    readonly model: string;
    readonly encoding: 'float' | 'base64';
    readonly inputTokens?: number | undefined;
}
export interface RerankDialect extends DialectBase {
    model?(request: WireRequest): unknown;
    query(request: WireRequest): string;
    documents(request: WireRequest): readonly string[];
    topN(request: WireRequest): number | undefined;
    body(results: readonly {
        readonly index: number;
        readonly score: number;
    }[]): JsonObject;
    usage?(count: number): JsonObject;
    warned?(body: JsonObject, message: string): JsonObject;
}

// ---- dialects/features.d.ts
import type { Suite } from '../frame/case.ts';
import type { DialectBase } from './contract.ts';
export declare function wireFeatures<S>({ without }: DialectBase, suite: Suite<S>): string[];
export declare function wireReasons({ without }: DialectBase): Record<string, string>;

// ---- dialects/google-embeddings.d.ts
import type { EmbeddingDialect } from './contract.ts';
export declare const googleEmbeddings: EmbeddingDialect;

// ---- dialects/google-generate-content.d.ts
import type { LLMDialect } from './contract.ts';
export declare const googleGenerateContent: LLMDialect;

// ---- dialects/mistral-chat.d.ts
import type { LLMDialect } from './contract.ts';
export declare const mistralChat: LLMDialect;

// ---- dialects/mistral.d.ts
import type { EmbeddingDialect } from './contract.ts';
export declare const mistralEmbeddings: EmbeddingDialect;

// ---- dialects/openai-chat-completions.d.ts
import type { LLMDialect } from './contract.ts';
export declare const openAIChatCompletions: LLMDialect;

// ---- dialects/openai-embeddings.d.ts
import type { EmbeddingDialect } from './contract.ts';
export declare const openAIEmbeddings: EmbeddingDialect;

// ---- dialects/openai-responses.d.ts
import type { LLMDialect } from './contract.ts';
export declare const openAIResponses: LLMDialect;

// ---- dialects/voyage.d.ts
import type { EmbeddingDialect, RerankDialect } from './contract.ts';
export declare const voyageEmbeddings: EmbeddingDialect;
export declare const voyageMultimodalEmbeddings: EmbeddingDialect;
export declare const voyageRerank: RerankDialect;

// ---- document-store/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { DocumentStoreFeature, DocumentStoreSubject } from './subject.ts';
export interface DocumentStoreConformanceOptions extends DocumentStoreSubject {
    readonly name: string;
    readonly declares: readonly DocumentStoreFeature[];
    readonly reasons?: Readonly<Partial<Record<DocumentStoreFeature, string>>> | undefined;
}
export declare function documentStoreConformance(functions: TestFunctions, options: DocumentStoreConformanceOptions): ConformanceResults;

// ---- document-store/subject.d.ts
import type { DocumentStore } from '@mortise/core/store';
export interface OpenDocumentStore {
    readonly store: DocumentStore;
    reopen?(): DocumentStore | Promise<DocumentStore>;
    close?(): unknown;
}
export type DocumentStoreFeature = 'persistence' | 'failure' | 'lock' | 'terms';
export interface DocumentStoreSubject {
    open(): OpenDocumentStore | Promise<OpenDocumentStore>;
    broken?(): OpenDocumentStore | Promise<OpenDocumentStore>;
}

// ---- document-store/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { DocumentStoreSubject } from './subject.ts';
export declare const documentStoreSuite: Suite<DocumentStoreSubject>;

// ---- embedding-cache/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { EmbeddingCacheSubject } from './subject.ts';
export interface EmbeddingCacheConformanceOptions extends EmbeddingCacheSubject {
    readonly name: string;
}
export declare function embeddingCacheConformance(functions: TestFunctions, options: EmbeddingCacheConformanceOptions): ConformanceResults;

// ---- embedding-cache/subject.d.ts
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { KeyValueStore } from '@mortise/core/store';
export interface EmbeddingCacheSubject {
    cached(model: EmbeddingModel, store: KeyValueStore): EmbeddingModel;
}

// ---- embedding-cache/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { EmbeddingCacheSubject } from './subject.ts';
export declare const embeddingCacheSuite: Suite<EmbeddingCacheSubject>;

// ---- embedding/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { EmbeddingConformanceOptions } from './subject.ts';
export declare function embeddingConformance(functions: TestFunctions, options: EmbeddingConformanceOptions): ConformanceResults;

// ---- embedding/subject.d.ts
import type { BaseEmbeddingOptions, EmbeddingMetadata, EmbeddingModel } from '@mortise/core/embedding';
import type { EmbeddingDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';
export interface EmbeddingTarget {
    readonly url: string;
    readonly settings: Pick<BaseEmbeddingOptions, 'retry' | 'name'> & OwnHeaders;
}
export interface EmbeddingConformanceOptions {
    readonly create: (target: EmbeddingTarget) => EmbeddingModel;
    readonly dialect?: EmbeddingDialect | undefined;
    readonly declares: EmbeddingMetadata;
    readonly reasons?: Readonly<Partial<Record<EmbeddingFeature | (string & {}), string>>> | undefined;
    readonly name?: string | undefined;
}
export type EmbeddingSubject = Pick<EmbeddingConformanceOptions, 'create' | 'dialect' | 'declares'>;
export type EmbeddingFeature = 'asymmetric' | 'dimensions' | 'headers' | 'image' | 'on-batch';

// ---- embedding/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { EmbeddingSubject } from './subject.ts';
export declare const embeddingSuite: Suite<EmbeddingSubject>;

// ---- frame/case.d.ts
import type { Wire, WireHandler } from '../wire.ts';
import type { Check } from './check.ts';
export interface ConformanceCase<S> {
    readonly id: string;
    readonly rule: string;
    readonly title: string;
    readonly requires: readonly string[];
    run(context: CaseContext<S>): Promise<void>;
}
export type Suite<S> = readonly ConformanceCase<S>[];
export interface CaseContext<S> {
    readonly subject: S;
    readonly check: Check;
    wire(handler: WireHandler): Promise<Wire>;
    after(cleanup: () => unknown): void;
}
export type CaseStatus = 'passed' | 'failed' | 'skipped' | 'not-run';
export interface CaseResult {
    readonly id: string;
    readonly rule: string;
    readonly title: string;
    readonly requires: readonly string[];
    readonly status: CaseStatus;
    readonly reason?: string;
    readonly works?: boolean;
    readonly error?: string;
    readonly durationMs?: number;
}
export interface ConformanceResults {
    readonly contract: string;
    readonly name: string;
    readonly declared: readonly string[];
    readonly reasons: Readonly<Record<string, string>>;
    readonly cases: readonly CaseResult[];
}

// ---- frame/check.d.ts
import type { MortiseError } from '@mortise/core';
export interface Check {
    readonly count: number;
    ok(condition: unknown, what: string): void;
    equal(actual: unknown, expected: unknown, what: string): void;
    rejects(promise: Promise<unknown>, what: string): Promise<unknown>;
    error(promise: Promise<unknown>, code: string | readonly string[], what: string): Promise<MortiseError>;
    within<T>(ms: number, promise: Promise<T>, what: string): Promise<T>;
}

// ---- frame/conformance.d.ts
import type { ConformanceResults, Suite } from './case.ts';
export interface TestFunctions {
    describe: (name: string, body: () => void) => unknown;
    it: {
        (name: string, body: () => Promise<void>, timeoutMs?: number): unknown;
        skip(name: string, body: () => Promise<void>): unknown;
    };
}
export interface ConformanceOptions<S> {
    readonly contract: string;
    readonly name: string;
    readonly suite: Suite<S>;
    readonly subject: S;
    readonly declared: Iterable<string>;
    readonly reasons: Readonly<Record<string, string | undefined>>;
    readonly unreported?: readonly string[] | undefined;
    readonly tryUndeclared?: boolean | undefined;
}
export declare function conformance<S>({ describe, it }: TestFunctions, options: ConformanceOptions<S>): ConformanceResults;

// ---- frame/results.d.ts
import type { ConformanceResults } from './case.ts';
export declare const resultsVariable = "MORTISE_CONFORMANCE";
export declare function saveResults(results: ConformanceResults, folder?: string | undefined): void;

// ---- frame/run-case.d.ts
import type { ConformanceCase } from './case.ts';
export declare function runCase<S>(testCase: ConformanceCase<S>, subject: S): Promise<void>;

// ---- hostile.d.ts
export declare const hostileValues: readonly (readonly [what: string, make: () => unknown])[];
export type HostileOutcome = {
    readonly kind: 'value' | 'typed' | 'hung';
} | {
    readonly kind: 'untyped';
    readonly error: unknown;
};
export declare function hostileOutcome(run: () => unknown, { timeoutMs, items }?: {
    timeoutMs?: number;
    items?: number;
}): Promise<HostileOutcome>;
export declare function unlisted(module: Readonly<Record<string, unknown>>, listed: Iterable<string>): {
    readonly missing: string[];
    readonly stale: string[];
};
export declare function isHostileThrow(error: unknown): boolean;

// ---- index.d.ts
export { chatEngineConformance, type ChatEngineConformanceOptions } from './chat-engine/conformance.ts';
export type { ChatEngineFeature, ChatEngineParts, ChatEngineSubject, Conversation, ApprovedToolLike, ConversationTurnLike, GivenApprovalLike, PendingTurnLike, } from './chat-engine/subject.ts';
export { chatEngineSuite } from './chat-engine/suite.ts';
export { anthropicMessages } from './dialects/anthropic-messages.ts';
export { bedrockConverse } from './dialects/bedrock-converse.ts';
export { bedrockCohereEmbeddings, bedrockRerank, bedrockTitanEmbeddings } from './dialects/bedrock-invoke.ts';
export { awsFrame, awsFrames } from './dialects/aws-frames.ts';
export { cohereEmbed, cohereRerank } from './dialects/cohere.ts';
export { googleEmbeddings } from './dialects/google-embeddings.ts';
export { googleGenerateContent } from './dialects/google-generate-content.ts';
export { mistralEmbeddings } from './dialects/mistral.ts';
export { mistralChat } from './dialects/mistral-chat.ts';
export { cohereChat } from './dialects/cohere-chat.ts';
export type * from './dialects/contract.ts';
export { openAIChatCompletions } from './dialects/openai-chat-completions.ts';
export { openAIEmbeddings } from './dialects/openai-embeddings.ts';
export { openAIResponses } from './dialects/openai-responses.ts';
export { voyageEmbeddings, voyageMultimodalEmbeddings, voyageRerank } from './dialects/voyage.ts';
export { wireFeatures, wireReasons } from './dialects/features.ts';
export { documentStoreConformance, type DocumentStoreConformanceOptions, } from './document-store/conformance.ts';
export type { DocumentStoreFeature, DocumentStoreSubject, OpenDocumentStore, } from './document-store/subject.ts';
export { documentStoreSuite } from './document-store/suite.ts';
export { embeddingConformance } from './embedding/conformance.ts';
export type { EmbeddingConformanceOptions, EmbeddingFeature, EmbeddingSubject, EmbeddingTarget, } from './embedding/subject.ts';
export { embeddingCacheConformance, type EmbeddingCacheConformanceOptions, } from './embedding-cache/conformance.ts';
export type { EmbeddingCacheSubject } from './embedding-cache/subject.ts';
export { embeddingCacheSuite } from './embedding-cache/suite.ts';
export { embeddingSuite } from './embedding/suite.ts';
export type { CaseResult, CaseStatus, ConformanceCase, ConformanceResults, Suite, CaseContext, } from './frame/case.ts';
export type { Check } from './frame/check.ts';
export { conformance, type ConformanceOptions, type TestFunctions } from './frame/conformance.ts';
export { resultsVariable, saveResults } from './frame/results.ts';
export { runCase } from './frame/run-case.ts';
export { llmDialects } from './dialects/by-name.ts';
export { runTests, type RunOptions, type RunOutcome, type RunProgress, type Wiring, } from './run/run-tests.ts';
export { serverConformance, SERVER_COST, type ServerConformanceOptions } from './server/conformance.ts';
export type { ServerSubject } from './server/ask.ts';
export { reportBadge } from './report/badge.ts';
export { reportJUnit } from './report/junit.ts';
export { ingestionConformance, type IngestionConformanceOptions } from './ingestion/conformance.ts';
export type { IngestionOutcome, IngestionStores, IngestionSubject, IngestionTask, } from './ingestion/subject.ts';
export { ingestionSuite } from './ingestion/suite.ts';
export type { OwnHeaders } from './shared/probe.ts';
export { REPEATED, slowReadings, type LinearOptions, type SlowReading } from './shared/linear.ts';
export { llmConformance } from './llm/conformance.ts';
export type { LLMConformanceOptions, LLMFeature, LLMSubject, WireTarget } from './llm/subject.ts';
export { llmSuite } from './llm/suite.ts';
export { parserConformance, type ParserConformanceOptions } from './parser/conformance.ts';
export type { ParserFeature, ParserMisfit, ParserSample, ParserSubject } from './parser/subject.ts';
export { parserSuite } from './parser/suite.ts';
export { readRecordings, recordedResponse, recordingsAbsent, recordingsVariable, replay, textFact, type Recording, type RecordingFacts, type TextFact, } from './recordings.ts';
export { fixtureSecrets, readFixture, type Chunk, type Exchange, type Fixture } from './replay/fixture.ts';
export { recordVariable, startReplay, type Replay } from './replay/replay.ts';
export type { ReplayOptions } from './replay/options.ts';
export { postprocessorConformance, type PostprocessorConformanceOptions, } from './postprocessor/conformance.ts';
export type { PostprocessorFeature, PostprocessorOutside, PostprocessorSubject, } from './postprocessor/subject.ts';
export { postprocessorSuite } from './postprocessor/suite.ts';
export { queryEngineConformance, type QueryEngineConformanceOptions } from './query-engine/conformance.ts';
export type { QueryEngineFeature, QueryEngineParts, QueryEngineSubject } from './query-engine/subject.ts';
export { queryEngineSuite } from './query-engine/suite.ts';
export { reportMarkdown } from './report/markdown.ts';
export { readResults, reportOf, type ConformanceReport, type ImplementationReport, type ReportedCase, } from './report/report.ts';
export { rules } from './report/rules.ts';
export { specMarkdown, type SpecCase } from './report/spec.ts';
export { rerankerConformance } from './reranker/conformance.ts';
export type { RerankerConformanceOptions, RerankerFeature, RerankerSubject, RerankerTarget, } from './reranker/subject.ts';
export { rerankerSuite } from './reranker/suite.ts';
export { eventStream, json, startWire, type Wire, type WireHandler, type WireReply, type WireRequest, } from './wire.ts';
export { keyValueConformance, type KeyValueConformanceOptions } from './stores/conformance.ts';
export type { KeyValueFeature, KeyValueSubject, OpenKeyValueStore } from './stores/subject.ts';
export { keyValueSuite } from './stores/key-value.ts';
export { vectorStoreConformance, type VectorStoreConformanceOptions } from './vector-store/conformance.ts';
export type { OpenVectorStore, VectorStoreFeature, VectorStoreSubject } from './vector-store/subject.ts';
export { vectorStoreSuite } from './vector-store/suite.ts';
export { retrieverConformance, type RetrieverConformanceOptions } from './retriever/conformance.ts';
export type { RetrieverFeature, RetrieverSetup, RetrieverSubject } from './retriever/subject.ts';
export { retrieverSuite } from './retriever/suite.ts';
export { rateLimiterConformance, type RateLimiterConformanceOptions } from './limiter/conformance.ts';
export type { LimiterTarget, RateLimiterFeature, RateLimiterSubject } from './limiter/subject.ts';
export { rateLimiterSuite } from './limiter/suite.ts';
export { similarityConformance, type SimilarityConformanceOptions } from './similarity/conformance.ts';
export type { SimilaritySubject } from './similarity/subject.ts';
export { similaritySuite } from './similarity/suite.ts';
export { synthesizerConformance, type SynthesizerConformanceOptions } from './synthesizer/conformance.ts';
export type { SynthesizerFeature, SynthesizerSubject } from './synthesizer/subject.ts';
export { synthesizerSuite } from './synthesizer/suite.ts';
export { splitterConformance, type SplitterConformanceOptions } from './splitter/conformance.ts';
export type { SplitterFeature, SplitterSettings, SplitterSubject } from './splitter/subject.ts';
export { splitterSuite } from './splitter/suite.ts';
export { readerConformance, type ReaderConformanceOptions } from './reader/conformance.ts';
export type { OpenReader, ReaderFeature, ReaderItem, ReaderSubject } from './reader/subject.ts';
export { readerSuite } from './reader/suite.ts';
export { hostileOutcome, hostileValues, isHostileThrow, unlisted, type HostileOutcome } from './hostile.ts';

// ---- ingestion/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { IngestionFeature, IngestionSubject } from './subject.ts';
export interface IngestionConformanceOptions extends IngestionSubject {
    readonly name: string;
    readonly declares: readonly IngestionFeature[];
    readonly reasons?: Readonly<Partial<Record<IngestionFeature, string>>> | undefined;
}
export declare function ingestionConformance(functions: TestFunctions, options: IngestionConformanceOptions): ConformanceResults;

// ---- ingestion/subject.d.ts
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Reader } from '@mortise/core/reader';
import type { Document, Node } from '@mortise/core/retriever';
import type { DocumentStore, VectorStore } from '@mortise/core/store';
export interface IngestionStores {
    readonly documents: DocumentStore;
    readonly vectors: VectorStore;
}
export interface IngestionTask {
    readonly stores: IngestionStores;
    readonly documents: readonly Document[];
    readonly reader: Reader;
    readonly embedding: EmbeddingModel;
    readonly signal?: AbortSignal | undefined;
}
export interface IngestionOutcome {
    readonly failed: readonly string[];
}
export type IngestionFeature = 'readers';
export interface IngestionSubject {
    open(): Promise<IngestionStores & {
        close?(): unknown;
    }> | (IngestionStores & {
        close?(): unknown;
    });
    ingest(task: IngestionTask): Promise<IngestionOutcome>;
    visible(stores: IngestionStores): Promise<readonly Node[]>;
}

// ---- ingestion/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { IngestionSubject } from './subject.ts';
export declare const ingestionSuite: Suite<IngestionSubject>;

// ---- limiter/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { RateLimiterFeature, RateLimiterSubject } from './subject.ts';
export interface RateLimiterConformanceOptions extends RateLimiterSubject {
    readonly name: string;
    readonly declares: readonly RateLimiterFeature[];
    readonly reasons?: Readonly<Partial<Record<RateLimiterFeature, string>>> | undefined;
}
export declare function rateLimiterConformance(functions: TestFunctions, options: RateLimiterConformanceOptions): ConformanceResults;

// ---- limiter/subject.d.ts
import type { RateLimiter } from '@mortise/core/call';
export interface LimiterTarget {
    readonly tokensPerMinute?: number;
    readonly concurrency?: number;
}
export type RateLimiterFeature = 'tokens' | 'concurrency';
export interface RateLimiterSubject {
    create(target: LimiterTarget): RateLimiter;
}

// ---- limiter/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { RateLimiterSubject } from './subject.ts';
export declare const rateLimiterSuite: Suite<RateLimiterSubject>;

// ---- llm/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { LLMConformanceOptions } from './subject.ts';
export declare function llmConformance(functions: TestFunctions, options: LLMConformanceOptions): ConformanceResults;

// ---- llm/subject.d.ts
import type { LLM, LLMCapabilities, LLMSettings } from '@mortise/core/llm';
import type { LLMDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';
export interface WireTarget {
    readonly url: string;
    readonly settings: Pick<LLMSettings, 'retry' | 'name' | 'callIds' | 'maxReplyBytes' | 'maxLineBytes'> & OwnHeaders;
}
export interface LLMConformanceOptions {
    readonly create: (wire: WireTarget) => LLM;
    readonly dialect: LLMDialect;
    readonly declares: LLMCapabilities;
    readonly reasons?: Readonly<Partial<Record<LLMFeature | (string & {}), string>>> | undefined;
    readonly name?: string | undefined;
}
export type LLMSubject = Pick<LLMConformanceOptions, 'create' | 'dialect' | 'declares'> & {
    readonly claims?: Readonly<Record<string, string>>;
};
export type LLMFeature = Exclude<keyof LLMCapabilities, 'inputModalities' | 'ownSettings'> | 'headers' | 'image' | 'document' | 'audio';

// ---- llm/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { LLMSubject } from './subject.ts';
export declare const llmSuite: Suite<LLMSubject>;

// ---- parser/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { ParserFeature, ParserSubject } from './subject.ts';
export interface ParserConformanceOptions extends ParserSubject {
    readonly name: string;
    readonly declares: readonly ParserFeature[];
    readonly reasons?: Readonly<Partial<Record<ParserFeature, string>>> | undefined;
}
export declare function parserConformance(functions: TestFunctions, options: ParserConformanceOptions): ConformanceResults;

// ---- parser/subject.d.ts
import type { Schema } from '@mortise/core/schema';
import type { OutputParser, ValuePath } from '@mortise/core/parser';
export interface ParserSample {
    readonly text: string;
    readonly value: unknown;
}
export interface ParserMisfit {
    readonly text: string;
    readonly code?: 'parse' | 'validation' | undefined;
    readonly position?: number | undefined;
    readonly path?: ValuePath | undefined;
}
export type ParserFeature = 'stream' | 'snapshots' | 'long' | 'failure' | 'place' | 'instructions' | 'json' | 'schema';
export interface ParserSubject {
    create(): OutputParser<unknown, unknown>;
    readonly samples: readonly [ParserSample, ParserSample, ...ParserSample[]];
    readonly invalid?: readonly ParserMisfit[] | undefined;
    readonly pieces?: readonly string[] | undefined;
    long?(items: number): string;
    json?(): OutputParser<unknown, unknown>;
    schema?<Input, Output>(schema: Schema<Input, Output>): OutputParser<Output, unknown>;
}

// ---- parser/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { ParserSubject } from './subject.ts';
export declare const parserSuite: Suite<ParserSubject>;

// ---- postprocessor/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { PostprocessorFeature, PostprocessorSubject } from './subject.ts';
export interface PostprocessorConformanceOptions extends PostprocessorSubject {
    readonly name: string;
    readonly declares: readonly PostprocessorFeature[];
    readonly reasons?: Readonly<Partial<Record<PostprocessorFeature, string>>> | undefined;
}
export declare function postprocessorConformance(functions: TestFunctions, options: PostprocessorConformanceOptions): ConformanceResults;

// ---- postprocessor/subject.d.ts
import type { NodePostprocessor } from '@mortise/core/postprocessor';
import type { NodeWithScore } from '@mortise/core/retriever';
export type PostprocessorFeature = 'best-first' | 'subset' | 'scores' | 'outside';
export interface PostprocessorOutside {
    reached(signal: AbortSignal | undefined): Promise<void>;
}
export interface PostprocessorSubject {
    create(outside: PostprocessorOutside, nodes: readonly NodeWithScore[]): NodePostprocessor;
}

// ---- postprocessor/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { PostprocessorSubject } from './subject.ts';
export declare const postprocessorSuite: Suite<PostprocessorSubject>;

// ---- query-engine/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { QueryEngineFeature, QueryEngineSubject } from './subject.ts';
export interface QueryEngineConformanceOptions extends QueryEngineSubject {
    readonly name: string;
    readonly declares: readonly QueryEngineFeature[];
    readonly reasons?: Readonly<Partial<Record<QueryEngineFeature, string>>> | undefined;
}
export declare function queryEngineConformance(functions: TestFunctions, options: QueryEngineConformanceOptions): ConformanceResults;

// ---- query-engine/subject.d.ts
import type { LLM } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import type { Retriever } from '@mortise/core/retriever';
export type QueryEngineFeature = 'model' | 'retriever' | 'sources';
export interface QueryEngineParts {
    readonly llm: LLM;
    readonly retriever: Retriever;
}
export interface QueryEngineSubject {
    create(parts: QueryEngineParts): QueryEngine;
}

// ---- query-engine/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { QueryEngineSubject } from './subject.ts';
export declare const queryEngineSuite: Suite<QueryEngineSubject>;

// ---- reader/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { ReaderFeature, ReaderSubject } from './subject.ts';
export interface ReaderConformanceOptions extends ReaderSubject {
    readonly name: string;
    readonly declares: readonly ReaderFeature[];
    readonly reasons?: Readonly<Partial<Record<ReaderFeature, string>>> | undefined;
}
export declare function readerConformance(functions: TestFunctions, options: ReaderConformanceOptions): ConformanceResults;

// ---- reader/subject.d.ts
import type { Reader } from '@mortise/core/reader';
export interface ReaderItem {
    readonly name: string;
    readonly text: string;
    readonly more?: readonly string[];
    readonly broken?: boolean;
    readonly blank?: boolean;
}
export interface OpenReader {
    readonly reader: Reader;
    opened?(): readonly string[];
    close?(): unknown;
}
export type ReaderFeature = 'blank' | 'failure' | 'missing' | 'opened' | 'several' | 'skip' | 'version';
export interface ReaderSubject {
    open(items: readonly ReaderItem[]): OpenReader | Promise<OpenReader>;
    missing?(): OpenReader | Promise<OpenReader>;
}

// ---- reader/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { ReaderSubject } from './subject.ts';
export declare const readerSuite: Suite<ReaderSubject>;

// ---- recordings.d.ts
import type { WireReply } from './wire.ts';
export interface TextFact {
    readonly sha256: string;
    readonly length: number;
}
export interface RecordingFacts {
    readonly oracle: string;
    readonly text?: TextFact;
    readonly toolCalls?: readonly {
        readonly id: string;
        readonly name: string;
        readonly args: unknown;
    }[];
    readonly serverToolCalls?: readonly {
        readonly id: string;
        readonly name: string;
        readonly args: unknown;
    }[];
    readonly blockTypes?: readonly string[];
    readonly outputTypes?: readonly string[];
    readonly finishReason?: string;
    readonly status?: string;
    readonly model?: string;
    readonly responseId?: string;
    readonly usage?: Readonly<Record<string, number>>;
    readonly citations?: {
        readonly count: number;
        readonly types: readonly string[];
        readonly firstUrl?: string;
    };
    readonly reasoning?: TextFact;
    readonly reasoningSummary?: TextFact;
    readonly encryptedReasoning?: boolean;
    readonly thoughtSignature?: boolean;
    readonly toolPlan?: TextFact;
    readonly count?: number;
    readonly dims?: number;
    readonly first?: readonly number[];
    readonly ranking?: readonly {
        readonly index: number;
        readonly score: number;
    }[];
    readonly error?: {
        readonly name: string;
        readonly status: number;
        readonly message: string;
        readonly code: string | null;
        readonly type: string;
    };
    readonly [name: string]: unknown;
}
export interface Recording {
    readonly file: string;
    readonly provider: string;
    readonly api: string;
    readonly tags: readonly string[];
    readonly facts: RecordingFacts;
    readonly streamed: boolean;
    body(): string;
}
export declare const recordingsVariable = "MORTISE_WIRE";
export declare const recordingsAbsent = "recordings: MORTISE_WIRE is not set to a folder of recordings";
export declare function readRecordings(providers?: readonly string[], folder?: string | undefined): readonly Recording[];
export declare function replay(reply: WireReply, recording: Recording, options?: {
    chunk?: number;
}): Promise<void>;
export declare function recordedResponse(recording: Recording, chunk: number): Response;
export declare function textFact(text: string): TextFact;

// ---- replay/fixture.d.ts
export interface Fixture {
    readonly format: 1;
    readonly recordedAt: string;
    readonly model?: string;
    readonly exchanges: readonly Exchange[];
}
export interface Exchange {
    readonly request: {
        readonly method: string;
        readonly path: string;
        readonly headers: Readonly<Record<string, string>>;
        readonly body: string;
    };
    readonly response: {
        readonly status: number;
        readonly headers: Readonly<Record<string, string>>;
        readonly chunks: readonly Chunk[];
    };
}
export type Chunk = {
    readonly ms: number;
} & ({
    readonly text: string;
} | {
    readonly base64: string;
});
export declare function fixtureSecrets(fixture: Fixture, secrets?: readonly string[]): string[];
export declare function readFixture(file: string): Fixture;

// ---- replay/options.d.ts
export interface ReplayOptions {
    readonly file: string;
    readonly upstream: string;
    readonly key: string | undefined;
    readonly secrets?: readonly string[] | undefined;
    readonly timing?: boolean | undefined;
}

// ---- replay/replay.d.ts
import type { Wire } from '../wire.ts';
import type { ReplayOptions } from './options.ts';
export declare const recordVariable = "RECORD";
export interface Replay extends Wire {
    readonly apiKey: string;
}
export declare function startReplay(options: ReplayOptions, recording?: boolean): Promise<Replay>;

// ---- report/badge.d.ts
import type { ConformanceResults } from '../frame/case.ts';
export declare function reportBadge(results: readonly ConformanceResults[]): string;

// ---- report/junit.d.ts
import type { ConformanceResults } from '../frame/case.ts';
export declare function reportJUnit(results: readonly ConformanceResults[]): string;

// ---- report/markdown.d.ts
import type { ConformanceReport } from './report.ts';
export declare function reportMarkdown({ implementations }: ConformanceReport, level?: number): string;

// ---- report/report.d.ts
import type { ConformanceResults } from '../frame/case.ts';
export interface ConformanceReport {
    readonly implementations: readonly ImplementationReport[];
}
export interface ImplementationReport {
    readonly contract: string;
    readonly name: string;
    readonly declared: readonly string[];
    readonly reasons: Readonly<Record<string, string>>;
    readonly passed: Readonly<Record<string, readonly string[]>>;
    readonly failed: readonly ReportedCase[];
    readonly skipped: readonly ReportedCase[];
}
export interface ReportedCase {
    readonly id: string;
    readonly rule: string;
    readonly title: string;
    readonly why: string;
    readonly works?: boolean;
}
export declare function readResults(folder: string): readonly ConformanceResults[];
export declare function reportOf(results: readonly ConformanceResults[]): ConformanceReport;

// ---- report/rules.d.ts
export declare const rules: Readonly<Record<string, string>>;

// ---- report/spec.d.ts
import type { ConformanceCase } from '../frame/case.ts';
export type SpecCase = Pick<ConformanceCase<never>, 'id' | 'rule' | 'title' | 'requires'>;
export declare function specMarkdown(contract: string, suite: readonly SpecCase[]): string;

// ---- reranker/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { RerankerConformanceOptions } from './subject.ts';
export declare function rerankerConformance(functions: TestFunctions, options: RerankerConformanceOptions): ConformanceResults;

// ---- reranker/subject.d.ts
import type { ModelSettings } from '@mortise/core/call';
import type { Reranker, RerankerMetadata } from '@mortise/core/reranker';
import type { RerankDialect } from '../dialects/contract.ts';
import type { OwnHeaders } from '../shared/probe.ts';
export interface RerankerTarget {
    readonly url: string;
    readonly settings: Pick<ModelSettings, 'retry' | 'name'> & OwnHeaders;
}
export interface RerankerConformanceOptions {
    readonly create: (target: RerankerTarget) => Reranker;
    readonly dialect?: RerankDialect | undefined;
    readonly declares: RerankerMetadata;
    readonly reasons?: Readonly<Partial<Record<RerankerFeature | (string & {}), string>>> | undefined;
    readonly name?: string | undefined;
}
export type RerankerSubject = Pick<RerankerConformanceOptions, 'create' | 'dialect' | 'declares'>;
export type RerankerFeature = 'headers' | 'maxDocuments';

// ---- reranker/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { RerankerSubject } from './subject.ts';
export declare const rerankerSuite: Suite<RerankerSubject>;

// ---- retriever/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { RetrieverFeature, RetrieverSubject } from './subject.ts';
export interface RetrieverConformanceOptions extends RetrieverSubject {
    readonly name: string;
    readonly reasons?: Readonly<Partial<Record<RetrieverFeature, string>>> | undefined;
}
export declare function retrieverConformance(functions: TestFunctions, options: RetrieverConformanceOptions): ConformanceResults;

// ---- retriever/subject.d.ts
import type { Node, RetrievalObject, Retriever } from '@mortise/core/retriever';
export interface RetrieverSetup {
    readonly nodes: readonly Node[];
    readonly objects?: ReadonlyMap<string, RetrievalObject> | undefined;
}
export type RetrieverFeature = 'filters' | 'recursion' | 'nesting' | 'scores' | 'spans';
export interface RetrieverSubject {
    create(setup: RetrieverSetup): Retriever | Promise<Retriever>;
    compose?(inner: Retriever): Retriever | Promise<Retriever>;
    readonly declares: readonly RetrieverFeature[];
}

// ---- retriever/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { RetrieverSubject } from './subject.ts';
export declare const retrieverSuite: Suite<RetrieverSubject>;

// ---- run/run-tests.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
export type Wiring = (test: TestFunctions) => ConformanceResults | readonly ConformanceResults[];
export interface RunProgress {
    readonly done: number;
    readonly total: number;
    readonly failed: number;
    readonly title: string;
}
export interface RunOptions {
    readonly cases?: readonly string[] | undefined;
    readonly onProgress?: ((progress: RunProgress) => void) | undefined;
    readonly signal?: AbortSignal | undefined;
}
export interface RunOutcome {
    readonly results: readonly ConformanceResults[];
    readonly other: readonly {
        readonly title: string;
        readonly error: string;
    }[];
}
export declare function runTests(wiring: Wiring, options?: RunOptions): Promise<RunOutcome>;

// ---- server/ask.d.ts
export interface ServerSubject {
    readonly baseURL: string;
    readonly model: string;
    readonly apiKey?: string | undefined;
}

// ---- server/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { ServerSubject } from './ask.ts';
export interface ServerConformanceOptions extends ServerSubject {
    readonly contract: 'llm' | 'embedding';
    readonly reasons?: Readonly<Record<string, string>> | undefined;
    readonly name?: string | undefined;
}
export declare const SERVER_COST: {
    readonly llm: {
        readonly requests: number;
        readonly tokens: 2500;
    };
    readonly embedding: {
        readonly requests: number;
        readonly tokens: 500;
    };
};
export declare function serverConformance(functions: TestFunctions, options: ServerConformanceOptions): ConformanceResults;

// ---- shared/linear.d.ts
export declare const REPEATED: readonly string[];
export interface SlowReading {
    readonly text: string;
    readonly ratio: number;
    readonly milliseconds: number;
}
export interface LinearOptions {
    readonly length?: number | undefined;
    readonly repeated?: readonly (string | ((at: number) => string))[] | undefined;
    readonly heads?: readonly string[] | undefined;
    readonly tails?: readonly string[] | undefined;
    readonly everyThread?: boolean | undefined;
}
export declare function slowReadings(read: (text: string) => unknown, { length, repeated, heads, tails, everyThread, }?: LinearOptions): Promise<SlowReading[]>;

// ---- shared/probe.d.ts
export interface OwnHeaders {
    readonly headers?: Readonly<Record<string, string>>;
}

// ---- similarity/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { SimilaritySubject } from './subject.ts';
export interface SimilarityConformanceOptions extends SimilaritySubject {
    readonly name: string;
}
export declare function similarityConformance(functions: TestFunctions, options: SimilarityConformanceOptions): ConformanceResults;

// ---- similarity/subject.d.ts
import type { similarity } from '@mortise/core/embedding';
export interface SimilaritySubject {
    readonly similarity: typeof similarity;
}

// ---- similarity/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { SimilaritySubject } from './subject.ts';
export declare const similaritySuite: Suite<SimilaritySubject>;

// ---- splitter/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { SplitterFeature, SplitterSubject } from './subject.ts';
export interface SplitterConformanceOptions extends SplitterSubject {
    readonly name: string;
    readonly declares: readonly SplitterFeature[];
    readonly reasons?: Readonly<Partial<Record<SplitterFeature, string>>> | undefined;
}
export declare function splitterConformance(functions: TestFunctions, options: SplitterConformanceOptions): ConformanceResults;

// ---- splitter/subject.d.ts
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter } from '@mortise/core/transform';
export interface SplitterSettings {
    readonly tokenizer: TokenCounter;
    readonly maxTokens: number;
    readonly overlap: number;
}
export type SplitterFeature = 'headings' | 'hierarchy';
export interface SplitterSubject {
    create(settings: SplitterSettings): NodeSplitter;
}

// ---- splitter/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { SplitterSubject } from './subject.ts';
export declare const splitterSuite: Suite<SplitterSubject>;

// ---- stores/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { KeyValueFeature, KeyValueSubject } from './subject.ts';
export interface KeyValueConformanceOptions extends KeyValueSubject {
    readonly name: string;
    readonly declares: readonly KeyValueFeature[];
    readonly reasons?: Readonly<Partial<Record<KeyValueFeature, string>>> | undefined;
}
export declare function keyValueConformance(functions: TestFunctions, options: KeyValueConformanceOptions): ConformanceResults;

// ---- stores/key-value.d.ts
import type { Suite } from '../frame/case.ts';
import type { KeyValueSubject } from './subject.ts';
export declare const keyValueSuite: Suite<KeyValueSubject>;

// ---- stores/subject.d.ts
import type { KeyValueStore } from '@mortise/core/store';
export interface OpenKeyValueStore {
    readonly store: KeyValueStore;
    reopen?(): KeyValueStore | Promise<KeyValueStore>;
    close?(): unknown;
}
export type KeyValueFeature = 'persistence' | 'iterate' | 'failure' | 'compare-and-set' | 'lock';
export interface KeyValueSubject {
    open(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
    broken?(): OpenKeyValueStore | Promise<OpenKeyValueStore>;
}

// ---- synthesizer/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { SynthesizerFeature, SynthesizerSubject } from './subject.ts';
export interface SynthesizerConformanceOptions extends SynthesizerSubject {
    readonly name: string;
    readonly declares: readonly SynthesizerFeature[];
    readonly reasons?: Readonly<Partial<Record<SynthesizerFeature, string>>> | undefined;
}
export declare function synthesizerConformance(functions: TestFunctions, options: SynthesizerConformanceOptions): ConformanceResults;

// ---- synthesizer/subject.d.ts
import type { LLM } from '@mortise/core';
import type { ResponseSynthesizer } from '@mortise/core/synthesizer';
export type SynthesizerFeature = 'model' | 'citations';
export interface SynthesizerSubject {
    create(llm: LLM): ResponseSynthesizer;
}

// ---- synthesizer/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { SynthesizerSubject } from './subject.ts';
export declare const synthesizerSuite: Suite<SynthesizerSubject>;

// ---- vector-store/conformance.d.ts
import type { ConformanceResults } from '../frame/case.ts';
import type { TestFunctions } from '../frame/conformance.ts';
import type { VectorStoreFeature, VectorStoreSubject } from './subject.ts';
export interface VectorStoreConformanceOptions extends VectorStoreSubject {
    readonly name: string;
    readonly reasons?: Readonly<Partial<Record<VectorStoreFeature, string>>> | undefined;
}
export declare function vectorStoreConformance(functions: TestFunctions, options: VectorStoreConformanceOptions): ConformanceResults;

// ---- vector-store/subject.d.ts
import type { FilterOperator, VectorStore } from '@mortise/core/store';
export interface OpenVectorStore {
    readonly store: VectorStore;
    settled?(): Promise<void>;
    reopen?(): VectorStore | Promise<VectorStore>;
    close?(): unknown;
}
export type VectorStoreFeature = 'dense' | 'sparse' | 'hybrid' | 'text' | 'mmr' | 'exact' | 'persistence' | 'filters' | `filter:${FilterOperator}`;
export interface VectorStoreSubject {
    open(): OpenVectorStore | Promise<OpenVectorStore>;
    readonly declares: readonly VectorStoreFeature[];
    readonly dimensions?: number | undefined;
}

// ---- vector-store/suite.d.ts
import type { Suite } from '../frame/case.ts';
import type { VectorStoreSubject } from './subject.ts';
export declare const vectorStoreSuite: Suite<VectorStoreSubject>;

// ---- wire.d.ts
import type { ServerResponse } from 'node:http';
export interface WireRequest {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
    readonly text: string;
    readonly closedEarly: Promise<boolean>;
}
export type WireReply = ServerResponse;
export type WireHandler = (request: WireRequest, reply: WireReply, n: number) => void | Promise<void>;
export interface Wire extends AsyncDisposable {
    readonly url: string;
    readonly requests: readonly WireRequest[];
    readonly connections: number;
    readonly open: number;
    readonly peak: number;
    close(): Promise<void>;
}
export declare function startWire(handler: WireHandler): Promise<Wire>;
export declare function json(reply: WireReply, body: unknown, options?: {
    status?: number;
    headers?: Record<string, string>;
}): void;
export declare function eventStream(reply: WireReply, events: readonly (string | {
    event: string;
    data: string;
})[], options?: {
    chunk?: number;
    headers?: Record<string, string>;
}): Promise<void>;
