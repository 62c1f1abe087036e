export {
  BaseReranker,
  checkRanking,
  type BaseRerankerOptions,
  type RankReply,
  type RankRequest,
} from './base.ts';
export type { RankedDocument, Reranker, RerankerMetadata, RerankOptions, RerankResult } from './contract.ts';
