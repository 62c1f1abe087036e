// The API of @mortise/energetic-ai. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- embedding.d.ts
import type { Attempt, CallSettings } from '@mortise/core/call';
import type { BaseEmbedding, EmbeddingMetadata, EmbedReply, EmbedRequest } from '@mortise/core/embedding';
export interface EnergeticAIEmbeddingOptions extends CallSettings {
    metadata?: Partial<EmbeddingMetadata> | undefined;
}
export declare class EnergeticAIEmbedding extends BaseEmbedding {
    readonly metadata: EmbeddingMetadata;
    constructor(options?: EnergeticAIEmbeddingOptions);
    doEmbed(inputs: readonly string[], _request: EmbedRequest, attempt: Attempt): Promise<EmbedReply>;
}

// ---- index.d.ts
export { EnergeticAIEmbedding, type EnergeticAIEmbeddingOptions } from './embedding.ts';
