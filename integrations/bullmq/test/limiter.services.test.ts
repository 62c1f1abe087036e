import { createRedisLimiter } from '@mortise/bullmq';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';

describe.skipIf(serverProgram === undefined)(`the limiter on a server of its own${WHY}`, () => {
  let server: RedisServer;
  let connection: Redis;
  let names = 0;

  beforeAll(async () => {
    server = await startRedis(serverProgram as string);
    connection = server.connect();
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
  }, 60_000);

  const name = (): string => `limit-${++names}`;

  it('S-02: an abort leaves no ticket, and all that is left when calls end is the levels', async () => {
    const shared = name();
    const options = { connection, name: shared, tokensPerMinute: 1_000, concurrency: 2 };
    const [one, other] = [createRedisLimiter(options), createRedisLimiter(options)];
    const lease = await one.acquire({ tokens: 900 });
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [one, one, other, other].map((limiter) =>
      limiter.acquire({ tokens: 500, signal }).catch((reason: unknown) => reason),
    );
    await until(async () => (await connection.zcard(`{mortise:limiter:${shared}}:line`)) === 2);
    controller.abort('enough');
    expect(await Promise.all(waits)).toEqual(Array(4).fill('enough'));
    lease.release({ tokens: 900 });
    await until(async () => {
      const keys = await connection.keys(`*${shared}*`);
      return keys.length === 1 && keys[0] === `{mortise:limiter:${shared}}:levels`;
    });
  });
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries === 100) throw new Error('It did not come to hold.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
