export {
  checkVectorEntries,
  checkVectorQuery,
  checkVectorSearch,
  openedSupport,
  requireDimensions,
  requireKeyValueStore,
} from './check.ts';
export type {
  DocumentStore,
  ItemState,
  SourceRecord,
  SourcesOptions,
  SparseVector,
  StoreLock,
  VectorEntry,
  VectorQuery,
  VectorQueryMode,
  VectorSelection,
  VectorStore,
  VectorStoreSupport,
} from './contract.ts';
export type { FilterCondition, FilterOperator, FilterValue, MetadataFilter } from './filter-contract.ts';
export type {
  KeyValueOptions,
  KeyValueStore,
  SetOptions,
  StoreEntry,
  StoreOptions,
  StoreValue,
} from './key-value-contract.ts';
export { storeFailure, systemCode } from './failure.ts';
export { checkFilter, FILTER_OPERATORS, matchesFilter } from './filter.ts';
export { createStoreGuard, type StoreGuard, type StoreGuardOptions } from './guard.ts';
export { MemoryKeyValueStore, type MemoryKeyValueStoreOptions } from './memory.ts';
export { maximalMarginalRelevance, type MmrCandidate, type MmrPick } from '../vectors/mmr.ts';
export { openSqliteFile, type OpenedSqliteFile, type SqliteFiles } from './sqlite-file.ts';
export { lockSqliteFile, type LockModules } from './sqlite-lock.ts';
export type { NodeTerms, RankedTerms, TermIndex, TermQuery } from './term-contract.ts';
export { BM25_DEFAULTS, checkTermQuery, inverseDocumentFrequency, termSaturation } from './terms.ts';
export { createWhenFree, type WhenFree } from './when-free.ts';
