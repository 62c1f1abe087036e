// The API of @mortise/sqlite-vec. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- index.d.ts
export { SqliteVecVectorStore, type SqliteVecVectorStoreOptions } from './store.ts';

// ---- store.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
import type { StoreOptions, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport } from '@mortise/core/store';
export interface SqliteVecVectorStoreOptions {
    path: string;
    dimensions?: number | undefined;
    durable?: boolean | undefined;
    extension?: string | undefined;
}
export declare class SqliteVecVectorStore implements VectorStore {
    constructor(options: SqliteVecVectorStoreOptions);
    get support(): VectorStoreSupport;
    upsert(entries: readonly VectorEntry[], given?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, given?: StoreOptions): Promise<void>;
    query(query: VectorQuery, given?: StoreOptions): Promise<NodeWithScore[]>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
