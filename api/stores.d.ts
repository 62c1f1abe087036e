// The API of @mortise/stores. Written by `pnpm api`.
// entry . index.d.ts

// ---- file.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
export interface FileKeyValueStoreOptions {
    directory: string;
    durable?: boolean | undefined;
}
export declare class FileKeyValueStore implements KeyValueStore {
    constructor({ directory, durable }: FileKeyValueStoreOptions);
    get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
    delete(key: string, options?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
    iterate(options?: KeyValueOptions): AsyncIterable<StoreEntry>;
}

// ---- index.d.ts
export { FileKeyValueStore, type FileKeyValueStoreOptions } from './file.ts';
export { SqliteKeyValueStore, type SqliteKeyValueStoreOptions } from './sqlite.ts';

// ---- sqlite.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
export interface SqliteKeyValueStoreOptions {
    path: string;
    durable?: boolean | undefined;
}
export declare class SqliteKeyValueStore implements KeyValueStore {
    constructor({ path, durable }: SqliteKeyValueStoreOptions);
    get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
    delete(key: string, options?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
    iterate(options?: KeyValueOptions): AsyncIterable<StoreEntry>;
    close(): void;
    [Symbol.dispose](): void;
}
