export { BM25Retriever, type BM25RetrieverOptions } from './bm25.ts';
export { BM25Index, type BM25IndexOptions, type RankedNode } from './bm25-index.ts';
export { fuse, FusionRetriever, type FusionRetrieverOptions, type WeightedRetriever } from './fusion.ts';
export { singularTerm } from './terms.ts';
export { VectorRetriever, type VectorRetrieverOptions } from './vector.ts';
