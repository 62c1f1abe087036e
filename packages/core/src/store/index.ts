export {
  checkVectorEntries,
  checkVectorQuery,
  checkVectorSearch,
  openedSupport,
  requireDimensions,
  requireKeyValueStore,
  requireMembers,
} from './check.ts';
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
export { storeFailure, systemCode } from './failure.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter } from './filter.ts';
export { createStoreGuard, type StoreGuard, type StoreGuardOptions } from './guard.ts';
export { MemoryKeyValueStore, type MemoryKeyValueStoreOptions } from './memory.ts';
export { maximalMarginalRelevance, type MmrCandidate, type MmrPick } from './mmr.ts';
export { openSqliteFile, type OpenedSqliteFile, type SqliteFiles } from './sqlite-file.ts';
export { lockSqliteFile, type LockModules } from './sqlite-lock.ts';
export {
  BM25_DEFAULTS,
  checkTermQuery,
  inverseDocumentFrequency,
  termSaturation,
  type NodeTerms,
  type RankedTerms,
  type TermIndex,
  type TermQuery,
} from './terms.ts';
export { createWhenFree, type WhenFree } from './when-free.ts';
