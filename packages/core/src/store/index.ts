export { checkVectorEntries, checkVectorQuery, requireKeyValueStore, requireMembers } from './check.ts';
export type {
  DocumentStore,
  FilterCondition,
  FilterOperator,
  FilterValue,
  KeyValueOptions,
  KeyValueStore,
  MetadataFilter,
  SetOptions,
  SourceRecord,
  SourcesOptions,
  SparseVector,
  StoreEntry,
  StoreLock,
  StoreOptions,
  StoreValue,
  VectorEntry,
  VectorQuery,
  VectorQueryMode,
  VectorSelection,
  VectorStore,
  VectorStoreSupport,
} from './contract.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter } from './filter.ts';
export { MemoryKeyValueStore, type MemoryKeyValueStoreOptions } from './memory.ts';
export { maximalMarginalRelevance, type MmrCandidate, type MmrPick } from './mmr.ts';
