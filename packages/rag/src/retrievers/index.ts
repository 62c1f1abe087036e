export { AutoMergingRetriever, type AutoMergingRetrieverOptions, type NodeLookup } from './auto-merging.ts';
export { BM25Retriever, type BM25RetrieverOptions } from './bm25.ts';
export { BM25Index, type BM25IndexOptions, type RankedNode } from './bm25-index.ts';
export { fuse, type FuseOptions, type FusionMode } from './fuse.ts';
export { FusionRetriever, type FusionRetrieverOptions, type WeightedRetriever } from './fusion.ts';
export { QUERY_GENERATION_PROMPT, type QueryGeneration } from './query-generation.ts';
export { RouterRetriever, type DescribedRetriever, type RouterRetrieverOptions } from './router.ts';
export { singularTerm } from './terms.ts';
export { VectorRetriever, type VectorRetrieverOptions } from './vector.ts';
