export {
  DocumentIndex,
  openIndex,
  type IndexParts,
  type OpenIndexOptions,
  type UpdateOptions,
  type UpdateReport,
} from './document-index.ts';
export {
  DEFAULT_WEIGHTS,
  HybridRetriever,
  type HybridParts,
  type HybridRetrieverOptions,
  type HybridWeights,
} from './hybrid-retriever.ts';
export type { UpdateProgress } from './update-plan.ts';
