export { BaseReranker, checkRanking } from './base.ts';
export type {
  BaseRerankerOptions,
  RankedDocument,
  RankReply,
  RankRequest,
  Reranker,
  RerankerMetadata,
  RerankOptions,
  RerankResult,
} from './contract.ts';
