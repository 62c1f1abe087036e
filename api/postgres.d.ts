// The API of @mortise/postgres. Written by `pnpm api`.
// entry . index.d.ts

// ---- client.d.ts
export interface PostgresClient {
    query(text: string, values?: unknown[]): Promise<{
        rows: unknown[];
    }>;
    connect?(): Promise<unknown>;
    readonly totalCount?: number | undefined;
}
export interface ConnectionOptions {
    client?: PostgresClient | undefined;
    connectionString?: string | undefined;
}

// ---- database.d.ts
import type { ConnectionOptions } from './client.ts';
import type { TableOptions } from './tables.ts';
export interface PostgresOptions extends ConnectionOptions, TableOptions {
}

// ---- documents.d.ts
import type { Node } from '@mortise/core/retriever';
import type { DocumentStore, LockOptions, SourceRecord, SourcesOptions, StoreLock, StoreOptions } from '@mortise/core/store';
import type { PostgresOptions } from './database.ts';
export interface PostgresDocumentStoreOptions extends PostgresOptions {
}
export declare class PostgresDocumentStore implements DocumentStore {
    readonly lock?: (options?: LockOptions) => Promise<StoreLock>;
    constructor(options: PostgresDocumentStoreOptions);
    upsert(nodes: readonly Node[], given?: StoreOptions): Promise<void>;
    get(id: string, given?: StoreOptions): Promise<Node | undefined>;
    getMany(ids: readonly string[], given?: StoreOptions): Promise<(Node | undefined)[]>;
    delete(ids: readonly string[], given?: StoreOptions): Promise<void>;
    iterate(given?: StoreOptions): AsyncIterable<Node>;
    setSource(record: SourceRecord, given?: StoreOptions): Promise<void>;
    getSource(sourceId: string, given?: StoreOptions): Promise<SourceRecord | undefined>;
    deleteSource(sourceId: string, given?: StoreOptions): Promise<void>;
    sources(given?: SourcesOptions): AsyncIterable<SourceRecord>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

// ---- index.d.ts
export type { PostgresClient } from './client.ts';
export { PostgresDocumentStore, type PostgresDocumentStoreOptions } from './documents.ts';
export { PostgresKeyValueStore, type PostgresKeyValueStoreOptions } from './key-value.ts';
export { PostgresVectorStore, type PostgresVectorStoreOptions } from './vectors.ts';
export { openPostgres, type OpenedPostgres } from './open.ts';

// ---- key-value.d.ts
import type { KeyLock, KeyLockOptions, KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
import type { PostgresOptions } from './database.ts';
export interface PostgresKeyValueStoreOptions extends PostgresOptions {
}
export declare class PostgresKeyValueStore implements KeyValueStore {
    constructor(options: PostgresKeyValueStoreOptions);
    get(key: string, given?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, given?: SetOptions): Promise<void>;
    delete(key: string, given?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], given?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], given?: SetOptions): Promise<void>;
    compareAndSet(key: string, expected: StoreValue | undefined, value: StoreValue, given?: SetOptions): Promise<boolean>;
    lock(keys: readonly string[], given?: KeyLockOptions): Promise<KeyLock>;
    iterate(given?: KeyValueOptions): AsyncIterable<StoreEntry>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}

// ---- open.d.ts
import type { StoreOptions } from '@mortise/core/store';
import type { PostgresClient } from './client.ts';
export interface OpenedPostgres extends PostgresClient {
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
export declare function openPostgres(place: string, given?: StoreOptions): Promise<OpenedPostgres>;

// ---- tables.d.ts
export interface TableOptions {
    schema?: string | undefined;
    prefix?: string | undefined;
}

// ---- vectors.d.ts
import type { NodeWithScore } from '@mortise/core/retriever';
import type { StoreOptions, VectorEntry, VectorQuery, VectorSelection, VectorStore, VectorStoreSupport } from '@mortise/core/store';
import type { PostgresOptions } from './database.ts';
export interface PostgresVectorStoreOptions extends PostgresOptions {
    dimensions: number;
    index?: 'exact' | 'hnsw' | undefined;
    half?: boolean | undefined;
    language?: string | undefined;
    indexedKeys?: readonly string[] | undefined;
}
export declare class PostgresVectorStore implements VectorStore {
    readonly support: VectorStoreSupport;
    constructor(given: PostgresVectorStoreOptions);
    upsert(entries: readonly VectorEntry[], given?: StoreOptions): Promise<void>;
    delete(selection: VectorSelection, given?: StoreOptions): Promise<void>;
    query(query: VectorQuery, given?: StoreOptions): Promise<NodeWithScore[]>;
    close(): Promise<void>;
    [Symbol.asyncDispose](): Promise<void>;
}
