// The API of @mortise/bullmq. Written by `pnpm api`.
// entry . index.d.ts

// ---- enqueue.d.ts
import type { Reader } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { FailedDocument, IngestionQueueOptions } from './queue.ts';
export interface EnqueueOptions extends IngestionQueueOptions {
    strategy?: 'upserts' | 'upserts-and-delete' | undefined;
    batchSize?: number | undefined;
    maxWaiting?: number | undefined;
    wait?: boolean | undefined;
    patienceMs?: number | undefined;
    signal?: AbortSignal | undefined;
    onProgress?: ((progress: QueueProgress) => void) | undefined;
    onError?: ((failure: FailedDocument) => void) | undefined;
    parent?: string | undefined;
}
export interface QueueProgress {
    readonly enqueued: number;
    readonly settled: number;
    readonly total?: number | undefined;
    readonly failed: number;
}
export interface QueueReport {
    readonly added: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly removed: number;
    readonly superseded: number;
    readonly failed: readonly FailedDocument[];
    readonly nodes: number;
    readonly embedded: number;
    readonly cached: number;
    readonly requests: number;
    readonly tokens?: number | undefined;
}
export declare function enqueue(source: Reader | AsyncIterable<Document> | Iterable<Document>, given: EnqueueOptions): Promise<QueueReport>;
export declare function queueState(given: IngestionQueueOptions & {
    signal?: AbortSignal | undefined;
}): Promise<{
    progress: QueueProgress;
    report: QueueReport;
} | undefined>;

// ---- index.d.ts
export { enqueue, queueState, type EnqueueOptions, type QueueProgress, type QueueReport } from './enqueue.ts';
export { createRedisLimiter, type RedisLimiterOptions } from './limiter.ts';
export type { FailedDocument, IngestionQueueOptions } from './queue.ts';
export type { RedisScripts } from './scripts.ts';
export { work, type IngestionWorker, type WorkOptions, type WorkPipeline, type WorkReport } from './work.ts';

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

// ---- queue.d.ts
import type { Cluster, Redis } from 'ioredis';
export interface IngestionQueueOptions {
    connection: Redis | Cluster;
    name: string;
    prefix?: string | undefined;
}
export interface FailedDocument {
    readonly item: string;
    readonly part?: string | undefined;
    readonly documentId?: string | undefined;
    readonly code: string;
    readonly message: string;
}

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

// ---- work.d.ts
import type { Reader } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { DocumentStore } from '@mortise/core/store';
import type { IngestionQueueOptions } from './queue.ts';
export interface WorkPipeline {
    readonly documents: Pick<DocumentStore, 'sources'>;
    run(source: Reader | AsyncIterable<Document>, options: {
        sourceIds: readonly string[];
        strategy: 'upserts' | 'upserts-and-delete';
        signal: AbortSignal;
    }): Promise<WorkReport>;
}
export interface WorkReport {
    readonly ids: {
        readonly added: readonly string[];
        readonly updated: readonly string[];
    };
    readonly failed: readonly {
        readonly item: string;
        readonly documentId?: string;
        readonly error: Error;
    }[];
    readonly removed: number;
    readonly nodes: number;
    readonly embedded: number;
    readonly cached: number;
    readonly requests: number;
    readonly tokens?: number;
}
export interface WorkOptions extends IngestionQueueOptions {
    concurrency?: number | undefined;
    leaseMs?: number | undefined;
    signal?: AbortSignal | undefined;
    onError?: ((error: Error) => void) | undefined;
}
export interface IngestionWorker extends AsyncDisposable {
    readonly done: Promise<void>;
    stop(options?: {
        now?: boolean | undefined;
    }): Promise<void>;
    drain(): Promise<void>;
}
export declare function work(pipeline: WorkPipeline, given: WorkOptions): IngestionWorker;
