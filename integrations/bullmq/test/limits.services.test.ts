import { createRedisLimiter } from '@mortise/bullmq';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Came, Limits, Task } from './process.ts';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';

const PROCESSES = 4;

/** A call that the provider got, and when it was sent: this process may stand still while calls come. */
interface Call {
  readonly at: number;
  readonly tokens: number;
}

describe.skipIf(serverProgram === undefined)(`${PROCESSES} processes under one limit${WHY}`, () => {
  let redis: RedisServer;
  let connection: Redis;
  let processes: ChildProcess[];
  let provider: Server;
  let url: string;
  /** By the name of the limit. */
  const calls: Record<string, Call[]> = {};
  const inFlight: Record<string, { now: number; most: number; busyMs: number }> = {};

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    connection = redis.connect();
    provider = createServer((request, response) => {
      const name = (request.url ?? '').slice(1);
      // Estimated as 50: without what calls give back two fifths of the limit would not be used.
      const tokens = (calls[name]?.length ?? 0) % 2 === 0 ? 20 : 40;
      (calls[name] ??= []).push({ at: Number(request.headers['sent-at']), tokens });
      const flight = (inFlight[name] ??= { now: 0, most: 0, busyMs: 0 });
      flight.most = Math.max(flight.most, ++flight.now);
      const began = performance.now();
      setTimeout(() => {
        flight.now--;
        flight.busyMs += performance.now() - began;
        response.end(`${tokens}`);
      }, 100);
    }).listen(0, '127.0.0.1');
    await once(provider, 'listening');
    url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    processes = await Promise.all(Array.from({ length: PROCESSES }, () => another()));
  }, 600_000);

  afterAll(async () => {
    for (const child of processes ?? []) child.kill('SIGKILL');
    provider?.closeAllConnections();
    provider?.close();
    await redis?.stop();
  }, 600_000);

  async function another(): Promise<ChildProcess> {
    const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), [`${redis.port}`], {
      execArgv: ['--conditions=mortise-source', '--disable-warning=ExperimentalWarning'],
    });
    await once(child, 'message');
    return child;
  }

  /** Empties the buckets of a limit: an hour of waiting for what flows in would say no more. */
  async function drain({ name, ...limits }: Limits): Promise<void> {
    (await createRedisLimiter({ connection, name, ...limits }).acquire({})).release();
    const [field] = Object.keys(limits).map((limit) => limit.replace('PerMinute', ''));
    await connection.hset(`{mortise:limiter:${name}}:levels`, field as string, '0');
  }

  async function ask<T = number>(child: ChildProcess, task: Task): Promise<T> {
    const answer = once(child, 'message');
    child.send(task);
    return (await answer)[0] as T;
  }

  it('S-02: keep the limits of requests, tokens and concurrency within 5 %, and make use of them', async () => {
    const requests = { name: 'requests', requestsPerMinute: 6_000 };
    const tokens = { name: 'tokens', tokensPerMinute: 300_000, estimate: 50 };
    const flight = { name: 'flight', concurrency: 6 };
    // The burst that a bucket begins with is used up, so that only what flows in is left.
    await drain(requests);
    await drain(tokens);
    const began = Date.now();
    const forMs = 8_000;
    const task: Task = { kind: 'call', limiters: [requests, tokens, flight], url, workers: 20, forMs };
    await Promise.all(processes.map((child) => ask(child, task)));

    const perSecond = { requests: 100, tokens: 5_000 };
    for (const name of ['requests', 'tokens'] as const) {
      const limit = perSecond[name];
      const sent = (calls[name] ?? [])
        .map(({ at, tokens: used }) => ({ at: (at - began) / 1_000, amount: name === 'tokens' ? used : 1 }))
        .toSorted((a, b) => a.at - b.at);
      let whole = 0;
      for (const { at, amount } of sent) {
        whole += amount;
        // From an empty bucket on no more is taken than has flowed in.
        expect(whole, `${name} in the first ${at} s`).toBeLessThanOrEqual(Math.max(1, at) * limit * 1.05);
      }
      // Without what calls give back no 2 s would have more than 0.6 of the tokens. Of a busy machine one stretch is enough.
      expect(mostWithin(2, sent), name).toBeGreaterThanOrEqual(2 * limit * 0.7);
      // On a busy machine nobody may ask for a while, in which the bucket fills.
      const pause = Math.max(...sent.map(({ at }, n) => at - (sent[n - 1]?.at ?? 0)));
      const most = mostWithin(5, sent);
      expect(most, `${name} in 5 s`).toBeLessThanOrEqual((5 + pause) * limit * 1.05);
    }
    expect(inFlight['flight']?.most).toBe(6);
  });

  it('S-02: the calls in flight and the place in the line of a killed process come back when its lease ends', async () => {
    const limiter = { name: 'killed', concurrency: 2, leaseMs: 600 };
    const child = await another();
    await ask(child, { kind: 'hold', limiter, places: 2 });
    const own = createRedisLimiter({ connection, ...limiter });
    const controller = new AbortController();
    // It lives, so nothing of it is given away, however many leases long.
    const early = own.acquire({ signal: controller.signal }).catch((reason: unknown) => reason);
    await pause(1_500);
    controller.abort('nothing was given');
    expect(await early).toBe('nothing was given');
    const killed = performance.now();
    child.kill('SIGKILL');
    const leases = await Promise.all([own.acquire({}), own.acquire({})]);
    expect(performance.now() - killed).toBeLessThan(1_500);
    for (const lease of leases) lease.release();
  });

  it('S-02: serve calls in the order in which they came, whichever process they came to', async () => {
    const limiter = { name: 'order', requestsPerMinute: 6_000 };
    await drain(limiter);
    // One process has most of the calls, the others few: together twice as many as pass.
    const at = (many: number) => Array.from({ length: many }, (_, n) => (n / many) * 1_000);
    const came = await Promise.all(
      processes.map((child, n) => ask<Came[]>(child, { kind: 'come', limiter, at: at(n === 0 ? 140 : 20) })),
    );
    const order = came.flat().toSorted(([, a], [, b]) => a - b);
    let [latest, overtaken, sum] = [0, 0, 0];
    for (const [moment] of order) {
      latest = Math.max(latest, moment);
      overtaken = Math.max(overtaken, latest - moment);
      sum += latest - moment;
    }
    const waits = came.map(
      (some) => some.reduce((sum, [moment, granted]) => sum + granted - moment, 0) / some.length,
    );
    // A process that is held up hears late of what it was granted.
    expect(overtaken).toBeLessThan(500);
    expect(sum / order.length).toBeLessThan(50);
    expect(Math.max(...waits)).toBeLessThan(1.5 * Math.min(...waits));
  });
});

/** The most of what is within any window of so many seconds. */
function mostWithin(
  seconds: number,
  all: readonly { readonly at: number; readonly amount: number }[],
): number {
  let [from, sum, most] = [0, 0, 0];
  for (const { at, amount } of all) {
    sum += amount;
    for (; (all[from]?.at ?? 0) <= at - seconds; from++) sum -= all[from]?.amount ?? 0;
    most = Math.max(most, sum);
  }
  return most;
}
