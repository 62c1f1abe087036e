export {
  chatEngineConformance,
  type ChatEngineConformanceOptions,
  type ChatEngineFeature,
  type ChatEngineParts,
  type ChatEngineSubject,
  type Conversation,
} from './chat-engine/conformance.ts';
export { chatEngineSuite } from './chat-engine/suite.ts';
export { anthropicMessages } from './dialects/anthropic-messages.ts';
export { cohereEmbed, cohereRerank } from './dialects/cohere.ts';
export { cohereChat } from './dialects/cohere-chat.ts';
export type * from './dialects/contract.ts';
export { openAIChatCompletions } from './dialects/openai-chat-completions.ts';
export { openAIEmbeddings } from './dialects/openai-embeddings.ts';
export { openAIResponses } from './dialects/openai-responses.ts';
export { wireFeatures, wireReasons } from './dialects/features.ts';
export {
  documentStoreConformance,
  type DocumentStoreConformanceOptions,
  type DocumentStoreFeature,
  type DocumentStoreSubject,
  type OpenDocumentStore,
} from './document-store/conformance.ts';
export { documentStoreSuite } from './document-store/suite.ts';
export {
  embeddingConformance,
  type EmbeddingConformanceOptions,
  type EmbeddingFeature,
  type EmbeddingSubject,
  type EmbeddingTarget,
} from './embedding/conformance.ts';
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
export {
  ingestionConformance,
  type IngestionConformanceOptions,
  type IngestionOutcome,
  type IngestionStores,
  type IngestionSubject,
  type IngestionTask,
} from './ingestion/conformance.ts';
export { ingestionSuite } from './ingestion/suite.ts';
export type { OwnHeaders } from './shared/probe.ts';
export { REPEATED, slowReadings, type LinearOptions, type SlowReading } from './shared/linear.ts';
export {
  llmConformance,
  type LLMConformanceOptions,
  type LLMFeature,
  type LLMSubject,
  type WireTarget,
} from './llm/conformance.ts';
export { llmSuite } from './llm/suite.ts';
export {
  parserConformance,
  type ParserConformanceOptions,
  type ParserFeature,
  type ParserMisfit,
  type ParserSample,
  type ParserSubject,
} from './parser/conformance.ts';
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
export { recordVariable, startReplay, type Replay, type ReplayOptions } from './replay/replay.ts';
export {
  postprocessorConformance,
  type PostprocessorConformanceOptions,
  type PostprocessorFeature,
  type PostprocessorOutside,
  type PostprocessorSubject,
} from './postprocessor/conformance.ts';
export { postprocessorSuite } from './postprocessor/suite.ts';
export {
  queryEngineConformance,
  type QueryEngineConformanceOptions,
  type QueryEngineFeature,
  type QueryEngineParts,
  type QueryEngineSubject,
} from './query-engine/conformance.ts';
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
export {
  rerankerConformance,
  type RerankerConformanceOptions,
  type RerankerFeature,
  type RerankerSubject,
  type RerankerTarget,
} from './reranker/conformance.ts';
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
export {
  keyValueConformance,
  type KeyValueConformanceOptions,
  type KeyValueFeature,
  type KeyValueSubject,
  type OpenKeyValueStore,
} from './stores/conformance.ts';
export { keyValueSuite } from './stores/key-value.ts';
export {
  vectorStoreConformance,
  type OpenVectorStore,
  type VectorStoreConformanceOptions,
  type VectorStoreFeature,
  type VectorStoreSubject,
} from './vector-store/conformance.ts';
export { vectorStoreSuite } from './vector-store/suite.ts';
export {
  retrieverConformance,
  type RetrieverConformanceOptions,
  type RetrieverFeature,
  type RetrieverSetup,
  type RetrieverSubject,
} from './retriever/conformance.ts';
export { retrieverSuite } from './retriever/suite.ts';
export {
  rateLimiterConformance,
  type LimiterTarget,
  type RateLimiterConformanceOptions,
  type RateLimiterFeature,
  type RateLimiterSubject,
} from './limiter/conformance.ts';
export { rateLimiterSuite } from './limiter/suite.ts';
export {
  similarityConformance,
  type SimilarityConformanceOptions,
  type SimilaritySubject,
} from './similarity/conformance.ts';
export { similaritySuite } from './similarity/suite.ts';
export {
  synthesizerConformance,
  type SynthesizerConformanceOptions,
  type SynthesizerFeature,
  type SynthesizerSubject,
} from './synthesizer/conformance.ts';
export { synthesizerSuite } from './synthesizer/suite.ts';
export {
  splitterConformance,
  type SplitterConformanceOptions,
  type SplitterFeature,
  type SplitterSettings,
  type SplitterSubject,
} from './splitter/conformance.ts';
export { splitterSuite } from './splitter/suite.ts';
export {
  readerConformance,
  type OpenReader,
  type ReaderConformanceOptions,
  type ReaderFeature,
  type ReaderItem,
  type ReaderSubject,
} from './reader/conformance.ts';
export { readerSuite } from './reader/suite.ts';
export { hostileOutcome, hostileValues, unlisted, type HostileOutcome } from './hostile.ts';
