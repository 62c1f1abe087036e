export { BaseEmbedding, type BaseEmbeddingOptions, type EmbedReply, type EmbedRequest } from './base.ts';
export { Batcher, utf8Length, type BatchCost, type BatchLimits } from './batch.ts';
export { bytesToVector, embeddingCacheKey, vectorToBytes } from './cache.ts';
export type {
  EmbeddedText,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedOptions,
  PartialEmbeddingResult,
} from './contract.ts';
export { embedQueries } from './queries.ts';
export type { EmbeddingRows, IndexedRow } from './rows.ts';
export { similarity, type SimilarityMode } from '../vectors/similarity.ts';
export { checkVector } from '../vectors/vector.ts';
