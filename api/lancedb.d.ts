// The API of @mortise/lancedb. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- database.d.ts
export declare const LANGUAGES: readonly ["Arabic", "Danish", "Dutch", "English", "Finnish", "French", "German", "Greek", "Hungarian", "Italian", "Norwegian", "Portuguese", "Romanian", "Russian", "Spanish", "Swedish", "Tamil", "Turkish"];
export type Language = (typeof LANGUAGES)[number];

// ---- index.d.ts
export type { Language } from './database.ts';
export type { IndexKind } from './optimize.ts';
export type { LanceDbVectorStoreOptions } from './options.ts';
export { LanceDbVectorStore } from './store.ts';

// ---- optimize.d.ts
export type IndexKind = 'exact' | 'hnsw';

// ---- options.d.ts
import type { Language } from './database.ts';
import type { IndexKind } from './optimize.ts';
export interface LanceDbVectorStoreOptions {
    uri: string;
    table?: string | undefined;
    dimensions?: number | undefined;
    index?: IndexKind | undefined;
    language?: Language | undefined;
    storageOptions?: Readonly<Record<string, string>> | undefined;
}

// ---- store.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
import type { StoreOptions, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport } from '@mortise/core/store';
import type { LanceDbVectorStoreOptions } from './options.ts';
export declare class LanceDbVectorStore implements VectorStore {
    constructor(options: LanceDbVectorStoreOptions);
    get support(): VectorStoreSupport;
    upsert(entries: readonly VectorEntry[], given?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, given?: StoreOptions): Promise<void>;
    query(query: VectorQuery, given?: StoreOptions): Promise<NodeWithScore[]>;
    optimize(given?: StoreOptions): Promise<void>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
