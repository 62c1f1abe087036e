export {
  errorText,
  isMortiseError,
  MortiseError,
  toMortiseError,
  withErrorFields,
  type KnownErrorCode,
} from './errors.ts';
export { createServiceContext, type ServiceContext } from './service-context.ts';
export * from './call/index.ts';
export * from './embedding/index.ts';
export * from './events/index.ts';
export * from './llm/index.ts';
export * from './parser/index.ts';
export * from './postprocessor/index.ts';
export * from './query-engine/index.ts';
export * from './reader/index.ts';
export * from './reranker/index.ts';
export * from './retriever/index.ts';
export * from './shared/index.ts';
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
