export { chatEngineConformance, type ChatEngineConformanceOptions } from './chat-engine/conformance.ts';
export type {
  ChatEngineFeature,
  ChatEngineParts,
  ChatEngineSubject,
  Conversation,
  ApprovedToolLike,
  ConversationTurnLike,
  GivenApprovalLike,
  PendingTurnLike,
} from './chat-engine/subject.ts';
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
export {
  documentStoreConformance,
  type DocumentStoreConformanceOptions,
} from './document-store/conformance.ts';
export type {
  DocumentStoreFeature,
  DocumentStoreSubject,
  OpenDocumentStore,
} from './document-store/subject.ts';
export { documentStoreSuite } from './document-store/suite.ts';
export { embeddingConformance } from './embedding/conformance.ts';
export type {
  EmbeddingConformanceOptions,
  EmbeddingFeature,
  EmbeddingSubject,
  EmbeddingTarget,
} from './embedding/subject.ts';
export {
  embeddingCacheConformance,
  type EmbeddingCacheConformanceOptions,
} from './embedding-cache/conformance.ts';
export type { EmbeddingCacheSubject } from './embedding-cache/subject.ts';
export { embeddingCacheSuite } from './embedding-cache/suite.ts';
export { embeddingSuite } from './embedding/suite.ts';
export type {
  CaseResult,
  CaseStatus,
  ConformanceCase,
  ConformanceResults,
  Suite,
  CaseContext,
} from './frame/case.ts';
export type { Check } from './frame/check.ts';
export { conformance, type ConformanceOptions, type TestFunctions } from './frame/conformance.ts';
export { resultsVariable, saveResults } from './frame/results.ts';
export { runCase } from './frame/run-case.ts';
export { llmDialects } from './dialects/by-name.ts';
export {
  runTests,
  type RunOptions,
  type RunOutcome,
  type RunProgress,
  type Wiring,
} from './run/run-tests.ts';
export { serverConformance, SERVER_COST, type ServerConformanceOptions } from './server/conformance.ts';
export type { ServerSubject } from './server/ask.ts';
export { reportBadge } from './report/badge.ts';
export { reportJUnit } from './report/junit.ts';
export { ingestionConformance, type IngestionConformanceOptions } from './ingestion/conformance.ts';
export type {
  IngestionOutcome,
  IngestionStores,
  IngestionSubject,
  IngestionTask,
} from './ingestion/subject.ts';
export { ingestionSuite } from './ingestion/suite.ts';
export type { OwnHeaders } from './shared/probe.ts';
export { REPEATED, slowReadings, type LinearOptions, type SlowReading } from './shared/linear.ts';
export { llmConformance } from './llm/conformance.ts';
export type { LLMConformanceOptions, LLMFeature, LLMSubject, WireTarget } from './llm/subject.ts';
export { llmSuite } from './llm/suite.ts';
export { parserConformance, type ParserConformanceOptions } from './parser/conformance.ts';
export type { ParserFeature, ParserMisfit, ParserSample, ParserSubject } from './parser/subject.ts';
export { parserSuite } from './parser/suite.ts';
export {
  readRecordings,
  recordedResponse,
  recordingsAbsent,
  recordingsVariable,
  replay,
  textFact,
  type Recording,
  type RecordingFacts,
  type TextFact,
} from './recordings.ts';
export { fixtureSecrets, readFixture, type Chunk, type Exchange, type Fixture } from './replay/fixture.ts';
export { recordVariable, startReplay, type Replay } from './replay/replay.ts';
export type { ReplayOptions } from './replay/options.ts';
export {
  postprocessorConformance,
  type PostprocessorConformanceOptions,
} from './postprocessor/conformance.ts';
export type {
  PostprocessorFeature,
  PostprocessorOutside,
  PostprocessorSubject,
} from './postprocessor/subject.ts';
export { postprocessorSuite } from './postprocessor/suite.ts';
export { queryEngineConformance, type QueryEngineConformanceOptions } from './query-engine/conformance.ts';
export type { QueryEngineFeature, QueryEngineParts, QueryEngineSubject } from './query-engine/subject.ts';
export { queryEngineSuite } from './query-engine/suite.ts';
export { reportMarkdown } from './report/markdown.ts';
export {
  readResults,
  reportOf,
  type ConformanceReport,
  type ImplementationReport,
  type ReportedCase,
} from './report/report.ts';
export { rules } from './report/rules.ts';
export { specMarkdown, type SpecCase } from './report/spec.ts';
export { rerankerConformance } from './reranker/conformance.ts';
export type {
  RerankerConformanceOptions,
  RerankerFeature,
  RerankerSubject,
  RerankerTarget,
} from './reranker/subject.ts';
export { rerankerSuite } from './reranker/suite.ts';
export {
  eventStream,
  json,
  startWire,
  type Wire,
  type WireHandler,
  type WireReply,
  type WireRequest,
} from './wire.ts';
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
