// The API of @mortise/transformers. Written by `pnpm api`.
// entry . index.d.ts

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { TransformersModelOptions } from './model.ts';
import type { Pooling } from './pooling.ts';
export interface TransformersEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model' | 'concurrency'>, TransformersModelOptions {
    pooling?: Pooling | undefined;
    normalize?: boolean | undefined;
    queryPrefix?: string | undefined;
    documentPrefix?: string | undefined;
    dimensions?: number | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export declare class TransformersEmbedding extends BaseEmbedding {
    readonly metadata: EmbeddingMetadata;
    constructor(given: TransformersEmbeddingOptions);
    doEmbed(inputs: readonly string[], request: EmbedRequest, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export { TransformersEmbedding, type TransformersEmbeddingOptions } from './embedding.ts';
export type { LoadingProgress, TransformersModelOptions } from './model.ts';
export type { Pooling } from './pooling.ts';
export { TransformersReranker, type TransformersRerankerOptions } from './reranker.ts';

// ---- model.d.ts
export interface LoadingProgress {
    readonly file: string;
    readonly loaded: number;
    readonly total: number;
}
export interface TransformersModelOptions {
    model: string;
    device?: string | undefined;
    dtype?: string | undefined;
    revision?: string | undefined;
    cacheDir?: string | undefined;
    localFilesOnly?: boolean | undefined;
    onProgress?: ((progress: LoadingProgress) => void) | undefined;
}

// ---- pooling.d.ts
export type Pooling = 'mean' | 'cls' | 'last';

// ---- reranker.d.ts
import type { Attempt, ModelSettings } from '@mortise/core/call';
import type { BaseReranker, RankReply, RankRequest, RerankerMetadata } from '@mortise/core/reranker';
import type { TransformersModelOptions } from './model.ts';
export interface TransformersRerankerOptions extends ModelSettings, TransformersModelOptions {
    scores?: 'sigmoid' | 'logit' | undefined;
    batchSize?: number | undefined;
    maxInputTokens?: number | undefined;
    metadata?: Partial<RerankerMetadata> | undefined;
}
export declare class TransformersReranker extends BaseReranker {
    readonly metadata: RerankerMetadata;
    constructor(given: TransformersRerankerOptions);
    doRerank({ query, documents }: RankRequest, attempt: Attempt): Promise<RankReply>;
}
