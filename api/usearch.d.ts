// The API of @mortise/usearch. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- index.d.ts
export { UsearchVectorStore, type UsearchVectorStoreOptions } from './store.ts';

// ---- store.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
import type { StoreOptions, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport } from '@mortise/core/store';
export interface UsearchVectorStoreOptions {
    path?: string | undefined;
    search?: 'hnsw' | 'exact' | undefined;
    dimensions?: number | undefined;
    connectivity?: number | undefined;
    expansionAdd?: number | undefined;
    expansionSearch?: number | undefined;
    threads?: number | undefined;
}
export declare class UsearchVectorStore implements VectorStore {
    constructor(given?: UsearchVectorStoreOptions);
    get support(): VectorStoreSupport;
    upsert(entries: readonly VectorEntry[], given?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, given?: StoreOptions): Promise<void>;
    query(query: VectorQuery, given?: StoreOptions): Promise<NodeWithScore[]>;
    flush(given?: StoreOptions): Promise<void>;
    save(given?: StoreOptions): Promise<void>;
}
