// The API of @mortise/keyv. Written by `pnpm api`.
// entry . index.d.ts

// ---- index.d.ts
export { KeyvKeyValueStore, type KeyvLike } from './store.ts';

// ---- store.d.ts
import type { KeyValueOptions, KeyValueStore, SetOptions, StoreEntry, StoreValue } from '@mortise/core/store';
export interface KeyvLike {
    get(key: string): Promise<unknown>;
    getMany(keys: string[]): Promise<unknown[]>;
    set(key: string, value: unknown, ttl?: number): Promise<boolean>;
    setMany(entries: {
        key: string;
        value: unknown;
        ttl?: number;
    }[]): Promise<unknown>;
    delete(key: string): Promise<boolean>;
    on(event: 'error', listener: (error: unknown) => void): unknown;
    iterator?: unknown;
    readonly store?: unknown;
}
export declare class KeyvKeyValueStore implements KeyValueStore {
    constructor(keyv: KeyvLike);
    get(key: string, options?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, options?: SetOptions): Promise<void>;
    delete(key: string, options?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], options?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], options?: SetOptions): Promise<void>;
    iterate(options?: KeyValueOptions): AsyncIterable<StoreEntry>;
}
