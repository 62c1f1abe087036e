export { createRedisLimiter, type RedisLimiterOptions } from './limiter.ts';
export type { RedisScripts } from './scripts.ts';
