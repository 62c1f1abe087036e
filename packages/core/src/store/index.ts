export { checkVectorEntries, checkVectorQuery, checkVectorSearch, requireKeyValueStore } from './check.ts';
export type {
  DocumentStore,
  ItemState,
  LockOptions,
  SourceRecord,
  SourcesOptions,
  StoreLock,
  VectorEntry,
  VectorQuery,
  VectorSelection,
  VectorStore,
  VectorStoreSupport,
} from './contract.ts';
export type { FilterCondition, FilterOperator, FilterValue, MetadataFilter } from './filter-contract.ts';
export type {
  KeyLock,
  KeyLockOptions,
  KeyValueOptions,
  KeyValueStore,
  SetOptions,
  StoreEntry,
  StoreOptions,
  StoreValue,
} from './key-value-contract.ts';
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
