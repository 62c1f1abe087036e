export { BaseEmbedding, streamConcurrency, type BaseEmbeddingOptions } from './base.ts';
export {
  Batcher,
  checkInput,
  inputKey,
  plainBlocks,
  utf8Length,
  type BatchCost,
  type BatchLimits,
} from './batch.ts';
export { bytesToVector, vectorToBytes } from '../vectors/vector.ts';
export type {
  EmbeddedText,
  EmbeddingInput,
  EmbeddingMetadata,
  EmbeddingModel,
  EmbeddingResult,
  EmbedManyOptions,
  EmbedOptions,
  EmbedReply,
  EmbedRequest,
  PartialEmbeddingResult,
} from './contract.ts';
export { embedQueries } from './queries.ts';
export type { EmbeddingRows, IndexedRow } from './contract.ts';
export { similarity, type SimilarityMode } from '../vectors/similarity.ts';
export {
  EmbeddingStream,
  type EmbeddingSink,
  type RunFailure,
  type StreamRun,
  type TextSource,
} from './stream.ts';
export { TextFeed, type TextTaker } from './text-feed.ts';
export { checkVector, unitVector } from '../vectors/vector.ts';
