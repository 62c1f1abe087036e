// The API of @mortise/voyage. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- client.d.ts
export interface VoyageConnectionOptions {
    apiKey?: string | undefined;
    baseURL?: string | undefined;
    headers?: Readonly<Record<string, string>> | undefined;
    fetch?: typeof globalThis.fetch | undefined;
}

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- convert-embedding.d.ts
export interface EmbedSettings {
    readonly outputDtype: 'float' | 'int8' | 'binary' | 'ubinary';
    readonly truncation: boolean;
    readonly multimodal: boolean;
}

// ---- embedding.d.ts
import type { Attempt } from '@mortise/core/call';
import type { BaseEmbedding, BaseEmbeddingOptions, EmbeddingInput, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
import type { VoyageConnectionOptions } from './client.ts';
import type { EmbedSettings } from './convert-embedding.ts';
export type VoyageEmbeddingModel = 'voyage-4-large' | 'voyage-4' | 'voyage-4-lite' | 'voyage-code-3' | 'voyage-multimodal-3.5' | (string & {});
export interface VoyageEmbeddingOptions extends Omit<BaseEmbeddingOptions, 'provider' | 'model'>, VoyageConnectionOptions {
    model: VoyageEmbeddingModel;
    dimensions?: number | undefined;
    outputDtype?: EmbedSettings['outputDtype'] | undefined;
    truncation?: boolean | undefined;
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export type VoyageEmbeddingProviderOptions = {
    voyage?: {
        input_type?: string | null | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class VoyageEmbedding extends BaseEmbedding<VoyageEmbeddingProviderOptions> {
    readonly metadata: EmbeddingMetadata;
    constructor(given: VoyageEmbeddingOptions);
    doEmbed(inputs: readonly EmbeddingInput[], request: EmbedRequest<VoyageEmbeddingProviderOptions>, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export type { VoyageConnectionOptions } from './client.ts';
export { VoyageEmbedding, type VoyageEmbeddingModel, type VoyageEmbeddingOptions, type VoyageEmbeddingProviderOptions, } from './embedding.ts';
export { VoyageReranker, type VoyageRerankerOptions, type VoyageRerankModel, type VoyageRerankProviderOptions, } from './reranker.ts';

// ---- reranker.d.ts
import type { Attempt, ModelSettings } from '@mortise/core/call';
import type { BaseReranker, RankReply, RankRequest, RerankerMetadata } from '@mortise/core/reranker';
import type { VoyageConnectionOptions } from './client.ts';
export type VoyageRerankModel = 'rerank-2.5' | 'rerank-2.5-lite' | (string & {});
export interface VoyageRerankerOptions extends ModelSettings, VoyageConnectionOptions {
    model: VoyageRerankModel;
    truncation?: boolean | undefined;
    metadata?: Partial<RerankerMetadata> | undefined;
}
export type VoyageRerankProviderOptions = {
    voyage?: {
        truncation?: boolean | undefined;
        [member: string]: unknown;
    } | undefined;
    [provider: string]: {
        [option: string]: unknown;
    } | undefined;
};
export declare class VoyageReranker extends BaseReranker<VoyageRerankProviderOptions> {
    readonly metadata: RerankerMetadata;
    constructor(given: VoyageRerankerOptions);
    doRerank(request: RankRequest<VoyageRerankProviderOptions>, attempt: Attempt): Promise<RankReply>;
}
