export { TransformersEmbedding, type TransformersEmbeddingOptions } from './embedding.ts';
export type { LoadingProgress, TransformersModelOptions } from './model.ts';
export type { Pooling } from './pooling.ts';
export { TransformersReranker, type TransformersRerankerOptions } from './reranker.ts';
