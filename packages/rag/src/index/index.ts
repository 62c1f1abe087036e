export {
  DocumentIndex,
  openIndex,
  type IndexParts,
  type OpenIndexOptions,
  type OwnIndexParts,
  type StoredIndexParts,
  type UpdateOptions,
  type UpdateProgress,
  type UpdateReport,
} from './document-index.ts';
export {
  DEFAULT_WEIGHTS,
  HybridRetriever,
  type HybridParts,
  type SearchLock,
  type HybridRetrieverOptions,
  type HybridWeights,
} from './hybrid-retriever.ts';
