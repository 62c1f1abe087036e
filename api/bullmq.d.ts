// The API of @mortise/bullmq. Written by `pnpm api`.
// entry . index.d.ts

// ---- index.d.ts
export { createRedisLimiter, type RedisLimiterOptions } from './limiter.ts';
export type { RedisScripts } from './scripts.ts';

// ---- limiter.d.ts
import type { RateLimiter } from '@mortise/core/call';
import type { RedisScripts } from './scripts.ts';
export interface RedisLimiterOptions {
    connection: RedisScripts;
    name: string;
    requestsPerMinute?: number | undefined;
    tokensPerMinute?: number | undefined;
    concurrency?: number | undefined;
    prefix?: string | undefined;
    leaseMs?: number | undefined;
    timeoutMs?: number | undefined;
}
export declare function createRedisLimiter(given: RedisLimiterOptions): RateLimiter;

// ---- scripts.d.ts
export interface RedisScripts {
    evalsha(sha1: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
    eval(script: string, numberOfKeys: number, ...args: string[]): Promise<unknown>;
    readonly status?: string | undefined;
}
export interface Script {
    readonly source: string;
    readonly sha1: string;
}
export declare function script(source: string): Script;
