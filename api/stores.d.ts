// The API of @mortise/stores. Written by `pnpm api`.
// entry . index.d.ts
// entry ./conformance conformance/index.d.ts

// ---- conformance/index.d.ts
import type { ConformanceResults, TestFunctions } from '@mortise/conformance';
export default function conformance(test: TestFunctions): ConformanceResults[];

// ---- file-documents.d.ts
import type { DocumentStore, StoreLock, StoreOptions } from '@mortise/core/store';
import type { FileKeyValueStoreOptions } from './file.ts';
import type { KeyValueDocumentStore } from './key-value-documents.ts';
export type FileDocumentStoreOptions = FileKeyValueStoreOptions;
export declare class FileDocumentStore extends KeyValueDocumentStore implements DocumentStore {
    constructor(options: FileDocumentStoreOptions);
    lock(given?: StoreOptions): Promise<StoreLock>;
}

// ---- file.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
export interface FileKeyValueStoreOptions {
    directory: string;
    durable?: boolean | undefined;
    maxBytes?: number | undefined;
}
export declare class FileKeyValueStore implements KeyValueStore {
    constructor(options: FileKeyValueStoreOptions);
    get(key: string, given?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, given?: SetOptions): Promise<void>;
    delete(key: string, given?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], given?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], given?: SetOptions): Promise<void>;
    iterate(given?: KeyValueOptions): AsyncIterable<StoreEntry>;
}

// ---- index.d.ts
export { FileDocumentStore, type FileDocumentStoreOptions } from './file-documents.ts';
export { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
export { KeyValueDocumentStore, type KeyValueDocumentStoreOptions } from './key-value-documents.ts';
export { SqliteDocumentStore, type SqliteDocumentStoreOptions } from './sqlite-documents.ts';
export { SqliteKeyValueStore, type SqliteKeyValueStoreOptions } from './sqlite.ts';

// ---- key-value-documents.d.ts
import type { Node } from '@mortise/core/retriever';
import type { DocumentStore, KeyValueStore, SourceRecord, SourcesOptions, StoreOptions } from '@mortise/core/store';
export interface KeyValueDocumentStoreOptions {
    store: KeyValueStore;
    namespace?: string | undefined;
}
export declare class KeyValueDocumentStore implements DocumentStore {
    constructor(options: KeyValueDocumentStoreOptions);
    upsert(nodes: readonly Node[], given?: StoreOptions): Promise<void>;
    get(id: string, given?: StoreOptions): Promise<Node | undefined>;
    getMany(ids: readonly string[], given?: StoreOptions): Promise<(Node | undefined)[]>;
    delete(ids: readonly string[], given?: StoreOptions): Promise<void>;
    iterate(given?: StoreOptions): AsyncIterable<Node>;
    setSource(record: SourceRecord, given?: StoreOptions): Promise<void>;
    getSource(sourceId: string, given?: StoreOptions): Promise<SourceRecord | undefined>;
    deleteSource(sourceId: string, given?: StoreOptions): Promise<void>;
    sources(given?: SourcesOptions): AsyncIterable<SourceRecord>;
}

// ---- sqlite-documents.d.ts
import type { Node } from '@mortise/core/retriever';
import type { DocumentStore, LockOptions, SourceRecord, SourcesOptions, StoreLock, StoreOptions, TermIndex } from '@mortise/core/store';
import type { SqliteKeyValueStoreOptions } from './sqlite.ts';
export type SqliteDocumentStoreOptions = SqliteKeyValueStoreOptions;
export declare class SqliteDocumentStore implements DocumentStore {
    constructor(options: SqliteDocumentStoreOptions);
    upsert(nodes: readonly Node[], given?: StoreOptions): Promise<void>;
    get(id: string, given?: StoreOptions): Promise<Node | undefined>;
    getMany(ids: readonly string[], given?: StoreOptions): Promise<(Node | undefined)[]>;
    delete(ids: readonly string[], given?: StoreOptions): Promise<void>;
    iterate(given?: StoreOptions): AsyncIterable<Node>;
    setSource(record: SourceRecord, given?: StoreOptions): Promise<void>;
    getSource(sourceId: string, given?: StoreOptions): Promise<SourceRecord | undefined>;
    deleteSource(sourceId: string, given?: StoreOptions): Promise<void>;
    sources(given?: SourcesOptions): AsyncIterable<SourceRecord>;
    lock(given?: LockOptions): Promise<StoreLock>;
    terms(analysis: string): TermIndex;
    close(): void;
    [Symbol.dispose](): void;
}

// ---- sqlite.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
export interface SqliteKeyValueStoreOptions {
    path: string;
    durable?: boolean | undefined;
}
export declare class SqliteKeyValueStore implements KeyValueStore {
    constructor(options: SqliteKeyValueStoreOptions);
    get(key: string, given?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, given?: SetOptions): Promise<void>;
    delete(key: string, given?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], given?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], given?: SetOptions): Promise<void>;
    compareAndSet(key: string, expected: StoreValue | undefined, value: StoreValue, given?: SetOptions): Promise<boolean>;
    iterate(given?: KeyValueOptions): AsyncIterable<StoreEntry>;
    close(): void;
    [Symbol.dispose](): void;
}
