export { BaseReranker, checkRanking } from './base.ts';
export type {
  RankedDocument,
  RankReply,
  RankRequest,
  Reranker,
  RerankerMetadata,
  RerankOptions,
  RerankResult,
} from './contract.ts';
