import { createRedisLimiter, type RedisLimiterOptions, type RedisScripts } from '@mortise/bullmq';
import { MortiseError } from '@mortise/core';
import { call, fuzz } from './fuzz.ts';

/** A server of Redis whose scripts all say this. */
const answering = (answer: unknown): RedisScripts => ({
  evalsha: async () => answer,
  eval: async () => answer,
});

const options = (): RedisLimiterOptions => ({
  connection: answering([1, 0, 0]),
  name: 'model',
  prefix: 'app',
  requestsPerMinute: 10,
  tokensPerMinute: 1_000,
  concurrency: 2,
  leaseMs: 1_000,
  timeoutMs: 1_000,
});

fuzz('integrations/bullmq', [
  call(
    'createRedisLimiter',
    () => [options()] as [RedisLimiterOptions],
    async (given) => {
      (await createRedisLimiter(given).acquire({ tokens: 1 })).release();
    },
  ),
  call(
    'a limiter in Redis, acquire',
    () => [{ tokens: 5 }] as [{ tokens: number }],
    async (request) => {
      (await createRedisLimiter(options()).acquire(request)).release({ tokens: 3 });
    },
  ),
  call(
    'a limiter in Redis, its answers',
    () => [[1, 0, 0]] as [unknown],
    async (answer) => {
      const connection = answering(answer);
      const controller = new AbortController();
      const enough = setTimeout(() => controller.abort(new MortiseError('aborted', 'It waits.')), 20);
      const { signal } = controller;
      try {
        (await createRedisLimiter({ ...options(), connection }).acquire({ signal })).release();
      } finally {
        clearTimeout(enough);
      }
    },
  ),
]);
