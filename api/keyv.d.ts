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
    readonly namespace?: string | undefined;
}
export declare class KeyvKeyValueStore implements KeyValueStore {
    readonly lock?: NonNullable<KeyValueStore['lock']>;
    constructor(keyv: KeyvLike);
    get(key: string, given?: KeyValueOptions): Promise<StoreValue | undefined>;
    set(key: string, value: StoreValue, given?: SetOptions): Promise<void>;
    delete(key: string, given?: KeyValueOptions): Promise<void>;
    getMany(keys: readonly string[], given?: KeyValueOptions): Promise<(StoreValue | undefined)[]>;
    setMany(entries: readonly StoreEntry[], given?: SetOptions): Promise<void>;
    iterate(given?: KeyValueOptions): AsyncIterable<StoreEntry>;
}
