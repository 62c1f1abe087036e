import { createRedisLimiter } from '@mortise/bullmq';
import { inspect } from 'node:util';
import type { RateLimiter } from '@mortise/core/call';
import { Cluster, type Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';

describe.skipIf(serverProgram === undefined)(`the limiter on a server of its own${WHY}`, () => {
  let server: RedisServer;
  let connection: Redis;
  let names = 0;

  beforeAll(async () => {
    server = await startRedis(serverProgram as string);
    connection = server.connect();
  }, 600_000);

  afterAll(async () => {
    await server?.stop();
  }, 600_000);

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

  it('S-02: a flush gives nobody a second burst, and what is in flight is told again', async () => {
    const options = { connection, name: name(), tokensPerMinute: 1_000, concurrency: 2, leaseMs: 3_000 };
    const limiter = createRedisLimiter(options);
    const held = [await limiter.acquire({ tokens: 900 }), await limiter.acquire({})];
    await connection.flushall();
    expect(await within(300, limiter, { tokens: 500 })).toBe(false);
    const other = createRedisLimiter(options);
    expect(await within(300, other, {})).toBe(false);
    held[0]?.release({ tokens: 900 });
    expect(await within(1_000, other, {})).toBe(true);
  });

  it('errors: a server that is killed refuses who waits and who comes, and one that is started anew has what it had', async () => {
    const options = { name: name(), tokensPerMinute: 1_000, timeoutMs: 400, leaseMs: 5_000 };
    const client = server.connect();
    const limiter = createRedisLimiter({ ...options, connection: client });
    const lease = await limiter.acquire({ tokens: 400 });
    await limiter.acquire({ tokens: 600 });
    const waits = limiter.acquire({ tokens: 500 }).catch((error: unknown) => error);
    await until(async () => (await connection.zcard(`{mortise:limiter:${options.name}}:line`)) === 1);
    await server.kill();
    const gone = {
      code: 'connection',
      retryable: true,
      message: expect.stringContaining('Check that it runs'),
    };
    expect(await waits).toMatchObject(gone);
    await expect(limiter.acquire({ tokens: 5 })).rejects.toMatchObject(gone);
    // What it used is told when there is somebody to tell.
    lease.release({ tokens: 0 });
    await server.start();
    await until(async () => client.status === 'ready');
    expect(await within(200, limiter, { tokens: 900 })).toBe(false);
    expect(await within(5_000, limiter, { tokens: 400 })).toBe(true);
  });

  it('errors: a connection without a queue for what is sent while it is down says so at once', async () => {
    const client = server.connect({ enableOfflineQueue: false, lazyConnect: true });
    const limiter = createRedisLimiter({ connection: client, name: name(), concurrency: 1 });
    await expect(limiter.acquire({})).rejects.toMatchObject({ code: 'connection', retryable: true });
    await until(async () => client.status === 'ready');
    (await limiter.acquire({})).release();
  });

  it('C-09: a password that is wrong is `authentication`, and in no error', async () => {
    const password = 'not-to-be-told';
    await connection.call('ACL', 'SETUSER', 'somebody', 'on', '>another', '~*', '+@all');
    const client = server.connect({ username: 'somebody', password });
    const limiter = createRedisLimiter({ connection: client, name: name(), concurrency: 1 });
    const error: unknown = await limiter.acquire({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'authentication',
      cause: { message: expect.stringContaining('WRONGPASS') },
    });
    expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(password);
    client.disconnect();
  });

  it('errors: a key of somebody else is `configuration`, and a connection that is closed `connection`', async () => {
    const options = { name: name(), concurrency: 1 };
    await connection.set(`{mortise:limiter:${options.name}}:levels`, 'mine');
    const taken = createRedisLimiter({ ...options, connection });
    await expect(taken.acquire({})).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('prefix'),
    });
    const client = server.connect();
    await client.quit();
    const closed = createRedisLimiter({ connection: client, name: name(), concurrency: 1 });
    await expect(closed.acquire({})).rejects.toMatchObject({ code: 'connection' });
  });
});

it.skipIf(serverProgram === undefined)(
  `S-02: all keys of a limit are on one node of a cluster${WHY}`,
  async () => {
    const server = await startRedis(serverProgram as string, ...CLUSTER);
    const cluster = new Cluster([{ host: '127.0.0.1', port: server.port }]);
    cluster.on('error', () => undefined);
    try {
      await server.connect().cluster('ADDSLOTSRANGE', 0, 16_383);
      for (const name of ['a', 'b', 'c']) {
        const limiter = createRedisLimiter({
          connection: cluster,
          name,
          requestsPerMinute: 60,
          concurrency: 1,
        });
        const lease = await limiter.acquire({});
        expect(await within(50, limiter, {})).toBe(false);
        lease.release();
        expect(await within(1_000, limiter, {})).toBe(true);
      }
    } finally {
      cluster.disconnect();
      await server.stop();
    }
  },
);

/** Whether a place is granted in time; it is given back as it is. */
async function within(ms: number, limiter: RateLimiter, request: { tokens?: number }): Promise<boolean> {
  try {
    (await limiter.acquire({ ...request, signal: AbortSignal.timeout(ms) })).release();
    return true;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') return false;
    throw error;
  }
}

/** A node that knows its address is one that it can be reached at. */
const CLUSTER = ['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'];

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries === 500) throw new Error('It did not come to hold.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
