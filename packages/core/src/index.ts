export {
  errorText,
  isMortiseError,
  MortiseError,
  toMortiseError,
  withErrorFields,
  type KnownErrorCode,
} from './errors.ts';
export { createServiceContext, type ServiceContext } from './service-context.ts';
// Of calls, embeddings and readers, what applications and most authors name; steps of the work, for who wraps a model or reads
// a file, are in their rooms, such as `@mortise/core/call`.
export type {
  AnsweredBy,
  Attempt,
  CallOptions,
  CallSettings,
  Lease,
  LeaseOutcome,
  ModelSettings,
  RateLimiter,
  Warning,
} from './call/index.ts';
export {
  BaseEmbedding,
  bytesToVector,
  embedQueries,
  similarity,
  vectorToBytes,
  type BaseEmbeddingOptions,
  type EmbeddedText,
  type EmbeddingInput,
  type EmbeddingMetadata,
  type EmbeddingModel,
  type EmbeddingResult,
  type EmbeddingRows,
  type EmbedManyOptions,
  type EmbedOptions,
  type EmbedReply,
  type EmbedRequest,
  type IndexedRow,
  type PartialEmbeddingResult,
  type SimilarityMode,
} from './embedding/index.ts';
export * from './events/index.ts';
export * from './llm/index.ts';
export * from './parser/index.ts';
export * from './postprocessor/index.ts';
export * from './query-engine/index.ts';
export {
  BaseReader,
  type FileFormat,
  type ReadCall,
  type Reader,
  type ReadFailure,
  type ReadItem,
  type ReadOptions,
  type ReadProgress,
  type SourceFile,
} from './reader/index.ts';
export * from './reranker/index.ts';
export * from './retriever/index.ts';
export { base64Of, checkOptions, delimited } from './shared/index.ts';
export type { JsonObject, JsonSchema, JsonValue } from './shared/index.ts';
// Of stores, what applications name; what their authors need besides is in `@mortise/core/store`.
export type {
  DocumentStore,
  FilterCondition,
  FilterOperator,
  FilterValue,
  ItemState,
  KeyValueOptions,
  KeyValueStore,
  MetadataFilter,
  SetOptions,
  SourceRecord,
  SourcesOptions,
  StoreEntry,
  StoreLock,
  StoreOptions,
  StoreValue,
  VectorEntry,
  VectorQuery,
  VectorSelection,
  VectorStore,
  VectorStoreSupport,
} from './store/index.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter, MemoryKeyValueStore } from './store/index.ts';
export * from './sse/index.ts';
export * from './synthesizer/index.ts';
export * from './tokenizer/index.ts';
export * from './transform/index.ts';
