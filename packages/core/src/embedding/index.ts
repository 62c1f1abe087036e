export { BaseEmbedding, type BaseEmbeddingOptions, type EmbedReply, type EmbedRequest } from './base.ts';
export { Batcher, utf8Length, type BatchCost, type BatchLimits } from './batch.ts';
export { bytesToVector, embeddingCacheKey, vectorToBytes, type EmbeddingKeyFields } from './cache.ts';
export type {
  EmbeddedText,
  EmbeddingKind,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingProgress,
  EmbeddingResult,
  EmbeddingUsage,
  EmbedManyOptions,
  EmbedOptions,
  PartialEmbeddingResult,
} from './contract.ts';
export { embedQueries, type EmbedQueriesOptions } from './queries.ts';
export type { EmbeddingRow, EmbeddingRows, IndexedRow } from './rows.ts';
export { similarity, type SimilarityMode } from '../vectors/similarity.ts';
export { checkVector } from '../vectors/vector.ts';
