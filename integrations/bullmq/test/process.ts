import { createRedisLimiter, type RedisLimiterOptions } from '@mortise/bullmq';
import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';

/** What one of several processes does: `limits.services.test.ts` starts it, and gives tasks as messages. */
export type Task =
  /** Calls under each limiter, `workers` at once, for a time; the reply of a call says what it used. */
  | { kind: 'call'; limiters: Limits[]; url: string; workers: number; forMs: number }
  /** Takes places, and waits for one more. */
  | { kind: 'hold'; limiter: Limits; places: number }
  /** One place at each of the moments, from now on in milliseconds. */
  | { kind: 'come'; limiter: Limits; at: number[] };

export type Limits = Omit<RedisLimiterOptions, 'connection'> & { readonly estimate?: number };

/** When a call came and when it was granted, on the clock of the machine. */
export type Came = readonly [came: number, granted: number];

const connection = new Redis({ port: Number(process.argv[2]), host: '127.0.0.1' });

async function call({ limiters, url, workers, forMs }: Task & { kind: 'call' }): Promise<number> {
  const until = performance.now() + forMs;
  const made = limiters.map(async ({ estimate = 0, ...limits }) => {
    const limiter = createRedisLimiter({ connection, ...limits });
    const signal = AbortSignal.timeout(forMs);
    const worker = async (): Promise<void> => {
      while (performance.now() < until) {
        const lease = await limiter.acquire({ tokens: estimate, signal }).catch(() => undefined);
        if (lease === undefined) return;
        const response = await fetch(`${url}/${limits.name}`, { headers: { 'sent-at': `${Date.now()}` } });
        lease.release({ tokens: Number(await response.text()) });
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));
  });
  await Promise.all(made);
  return 0;
}

async function hold({ limiter: limits, places }: Task & { kind: 'hold' }): Promise<number> {
  const limiter = createRedisLimiter({ connection, ...limits });
  for (let n = 0; n < places; n++) await limiter.acquire({});
  void limiter.acquire({});
  while ((await connection.zcard(`{mortise:limiter:${limits.name}}:line`)) === 0) await pause(5);
  return 0;
}

async function come({ limiter: limits, at }: Task & { kind: 'come' }): Promise<Came[]> {
  const limiter = createRedisLimiter({ connection, ...limits });
  return Promise.all(
    at.map(async (ms) => {
      await pause(ms);
      const came = Date.now();
      const lease = await limiter.acquire({});
      const granted = Date.now();
      lease.release();
      return [came, granted] as const;
    }),
  );
}

process.on('message', async (task: Task) => {
  const done = task.kind === 'call' ? call(task) : task.kind === 'hold' ? hold(task) : come(task);
  process.send?.(await done);
});
connection.once('ready', () => process.send?.('ready'));
