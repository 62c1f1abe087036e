export { enqueue, queueState, type EnqueueOptions, type QueueProgress, type QueueReport } from './enqueue.ts';
export { createRedisLimiter, type RedisLimiterOptions } from './limiter.ts';
export type { FailedDocument, IngestionQueueOptions } from './queue.ts';
export type { RedisScripts } from './scripts.ts';
export { work, type IngestionWorker, type WorkOptions, type WorkPipeline, type WorkReport } from './work.ts';
