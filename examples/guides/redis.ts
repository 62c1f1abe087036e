import KeyvRedis from '@keyv/redis';
import { createRedisLimiter } from '@mortise/bullmq';
import { isMortiseError, type EmbeddingModel, type LLM, type RateLimiter } from '@mortise/core';
import { KeyvKeyValueStore } from '@mortise/keyv';
import { createRateLimiter, withCache, withEmbeddingCache } from '@mortise/toolkit';
import { Redis } from 'ioredis';
import Keyv from 'keyv';

/** What one of several processes has of the Redis at `url`: a cache that all of them share. */
export function openCache(url: string, llm: LLM, embedding: EmbeddingModel) {
  // #region cache
  const adapter = new KeyvRedis(url);
  const store = new KeyvKeyValueStore(new Keyv({ store: adapter, namespace: 'models' }));
  const chat = withCache(llm, store, { ttlMs: 7 * 24 * 3_600_000 });
  const embeddings = withEmbeddingCache(embedding, store);
  // #endregion
  return { chat, embeddings, store, close: () => adapter.disconnect() };
}

/** A limit that all processes keep together. */
export function openLimit(url: string) {
  // #region limit
  const connection = new Redis(url);
  const limits = { requestsPerMinute: 5_000, tokensPerMinute: 800_000 };
  const limiter = createRedisLimiter({ connection, name: 'openai/gpt-5', ...limits });
  // #endregion
  return { limiter, close: () => connection.quit() };
}

/** The shared limit, and a share of it that each process keeps by itself while Redis is away. */
export function withSpare(shared: RateLimiter, processes: number): RateLimiter {
  // #region spare
  const spare = createRateLimiter({ requestsPerMinute: 5_000 / processes });
  const limiter: RateLimiter = {
    acquire: (request) =>
      shared.acquire(request).catch((error: unknown) => {
        if (isMortiseError(error, 'connection')) return spare.acquire(request);
        throw error;
      }),
  };
  // #endregion
  return limiter;
}
