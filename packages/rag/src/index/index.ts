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
export { HybridRetriever, type HybridParts, type SearchLock } from './hybrid-retriever.ts';
export { DEFAULT_WEIGHTS, type HybridRetrieverOptions, type HybridWeights } from './hybrid-ranking.ts';
