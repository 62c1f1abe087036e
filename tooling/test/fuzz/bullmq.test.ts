import {
  createRedisLimiter,
  enqueue,
  queueState,
  work,
  type EnqueueOptions,
  type IngestionQueueOptions,
  type RedisLimiterOptions,
  type RedisScripts,
} from '@mortise/bullmq';
import { isMortiseError, MortiseError } from '@mortise/core';
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
  call(
    'enqueue',
    () =>
      [
        {
          connection: redis(),
          name: 'queue',
          batchSize: 4,
          maxWaiting: 4,
          strategy: 'upserts',
          patienceMs: 50,
        },
      ] as [EnqueueOptions],
    async (given) => enqueue([], given),
  ),
  call(
    'queueState',
    () => [{ connection: redis(), name: 'queue', prefix: 'app' }] as [IngestionQueueOptions],
    async (given) => queueState(given),
  ),
  call(
    'work',
    () => [{ name: 'queue', prefix: 'app', concurrency: 2, leaseMs: 1_000, connection: {} }] as [object],
    (given) => {
      try {
        work({} as never, given as never);
      } catch (error) {
        // Without a client and a pipeline: it is refused whatever else it is given.
        if (!isMortiseError(error, 'configuration')) throw error;
      }
    },
  ),
]);

/** A client whose server holds one queue, with nothing in it. */
function redis(): EnqueueOptions['connection'] {
  const client = {
    status: 'ready',
    duplicate: () => client,
    on: () => client,
    disconnect: () => undefined,
    evalsha: async () => 1,
    eval: async () => 1,
    hmget: async () => ['run'],
    hgetall: async () => ({}),
    hset: async () => 1,
    hdel: async () => 1,
    lrange: async () => [],
  };
  return client as unknown as EnqueueOptions['connection'];
}
