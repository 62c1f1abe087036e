import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { createRedisLimiter, type RedisLimiterOptions, type RedisScripts } from '@mortise/bullmq';
import { isMortiseError } from '@mortise/core';
import { subscribe } from '@mortise/core/events';
import type { Cluster, Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it, vi } from 'vitest';

type Reply = readonly [granted: number, waitMs: number, lost: 0 | 1];
type Kind = 'ask' | 'settle' | 'renew';

/** A server of which each script says what a test wants; `told` has the arguments. */
function scripted(ask: (calls: number) => Reply | Promise<Reply> = (calls) => [calls, 0, 0]) {
  const told: { kind: Kind; args: string[] }[] = [];
  const kinds = new Map<string, Kind>();
  let settle: () => Promise<unknown> = async () => 0;
  const reply = async (kind: Kind, args: string[]): Promise<unknown> => {
    told.push({ kind, args });
    if (kind === 'ask') return ask((args.length - 5) / 3);
    return kind === 'settle' ? settle() : 0;
  };
  const connection: RedisScripts = {
    async evalsha(sha1, keys, ...args) {
      const kind = kinds.get(sha1);
      if (kind === undefined) throw new Error('NOSCRIPT No matching script. Please use EVAL.');
      return reply(kind, args.slice(keys));
    },
    async eval(source, keys, ...args) {
      const kind = source.includes('running') ? 'ask' : source.includes('stored') ? 'settle' : 'renew';
      kinds.set(createHash('sha1').update(source).digest('hex'), kind);
      return reply(kind, args.slice(keys));
    },
  };
  return {
    connection,
    told,
    of: (kind: Kind) => told.filter((one) => one.kind === kind).map(({ args }) => args),
    settleBy: (by: () => Promise<unknown>) => void (settle = by),
  };
}

const limited = (connection: RedisScripts, more: Partial<RedisLimiterOptions> = {}) =>
  createRedisLimiter({ connection, name: 'a', tokensPerMinute: 1_000, ...more });

it('C-10: clients of ioredis fit as they are', () => {
  expectTypeOf<Redis>().toExtend<RedisScripts>();
  expectTypeOf<Cluster>().toExtend<RedisScripts>();
});

it('C-09: a server that does not know the command of a login does not have its password repeated', async () => {
  const password = ['hunter2', 'of', 'bob'].join('-');
  const { connection } = scripted(() =>
    Promise.reject(new Error(`ERR unknown command 'auth', with args beginning with: 'bob' '${password}' `)),
  );
  const error: unknown = await limited(connection)
    .acquire({ tokens: 1 })
    .catch((one: unknown) => one);
  expect(error).toMatchObject({ message: expect.stringContaining("ERR unknown command 'auth'. Check") });
  expect(inspect(error, { depth: 9 })).not.toContain(password);
});

it.each([
  [{}, 'needs requestsPerMinute'],
  [{ concurrency: 1.5 }, 'concurrency'],
  [{ requestsPerMinute: 0 }, 'requestsPerMinute'],
  [{ tokensPerMinute: Number.NaN }, 'tokensPerMinute'],
  [{ concurrency: 1, name: '' }, 'name'],
  [{ concurrency: 1, name: 'a}b' }, 'braces'],
  [{ concurrency: 1, prefix: '{a}' }, 'braces'],
  [{ concurrency: 1, leaseMs: 99 }, 'leaseMs'],
  [{ concurrency: 1, timeoutMs: -1 }, 'timeoutMs'],
  [{ concurrency: 1, connection: {} as RedisScripts }, 'connection'],
])('S-02: %j is refused before anything is sent', (options, message) => {
  const make = () => createRedisLimiter({ connection: scripted().connection, name: 'a', ...options });
  expect(make).toThrow(expect.objectContaining({ code: 'configuration' }));
  expect(make).toThrow(message);
});

it('S-02: what can never fit, and what is no number, is refused without a question', async () => {
  const { connection, told } = scripted();
  const limiter = limited(connection);
  await expect(limiter.acquire({ tokens: 1_001 })).rejects.toMatchObject({
    code: 'rate-limit',
    retryable: false,
  });
  for (const tokens of [-1, Number.NaN, Infinity])
    await expect(limiter.acquire({ tokens })).rejects.toMatchObject({ code: 'configuration' });
  expect(told).toEqual([]);
});

describe('in time', () => {
  beforeEach(
    () =>
      void vi.useFakeTimers({
        toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
      }),
  );
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('S-02: calls that come together go in one question, 64 at most, and all keys are of one hash tag', async () => {
    const { connection, of } = scripted();
    const evalsha = vi.spyOn(connection, 'evalsha');
    const limiter = limited(connection, { prefix: 'app' });
    const leases = await Promise.all(Array.from({ length: 100 }, () => limiter.acquire({ tokens: 1 })));
    expect(of('ask').map((args) => (args.length - 5) / 3)).toEqual([64, 36]);
    expect(evalsha.mock.calls[0]?.slice(2, 6)).toEqual(
      ['levels', 'line', 'tickets', 'flight'].map((part) => `{app:limiter:a}:${part}`),
    );
    for (const lease of leases) lease.release();
    await vi.advanceTimersByTimeAsync(10_000);
  });

  it('S-02: who waits asks again when the script says, in the order in which they came, and says that it waited', async () => {
    const replies: Reply[] = [
      [1, 300, 0],
      [2, 0, 0],
    ];
    const { connection, of } = scripted(() => replies.shift() ?? [0, 1_000, 0]);
    const limiter = limited(connection);
    const served: number[] = [];
    const waits: unknown[] = [];
    const stop = subscribe(({ name, attributes }) => void (name === 'rate-limit' && waits.push(attributes)));
    const leases = Promise.all(
      [0, 1, 2].map(async (n) => {
        const lease = await limiter.acquire({ tokens: n });
        served.push(n);
        return lease;
      }),
    );
    await vi.advanceTimersByTimeAsync(299);
    expect(served).toEqual([0]);
    await vi.advanceTimersByTimeAsync(52);
    expect(served).toEqual([0, 1, 2]);
    const [, again] = of('ask');
    expect(again?.slice(5).filter((_, at) => at % 3 === 1)).toEqual(['1', '2']);
    expect(Number(again?.[7])).toBeGreaterThanOrEqual(300);
    for (const lease of await leases) lease.release();
    stop();
    expect(waits).toMatchObject([{ tokens: 1 }, { tokens: 2 }]);
    await vi.advanceTimersByTimeAsync(10_000);
  });

  it('S-02: a call that ends here is told with what it used, once, and wakes who waits here', async () => {
    let free = 1;
    const { connection, of } = scripted(() => (free-- > 0 ? [1, 0, 0] : [0, 1_000, 0]));
    const limiter = limited(connection);
    const lease = await limiter.acquire({ tokens: 100 });
    const next = limiter.acquire({ tokens: 5 });
    await vi.advanceTimersByTimeAsync(0);
    free = 1;
    lease.release({ tokens: 130 });
    lease.release({ tokens: 130 });
    (await next).release({ tokens: Number.NaN });
    await vi.advanceTimersByTimeAsync(0);
    expect(of('settle').map((args) => args.slice(3))).toEqual([
      ['0', '-30'],
      ['0', '0'],
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
  });

  it('C-01: an abort gives back the place in the line, and one that was granted meanwhile', async () => {
    let answer: ((reply: Reply) => void) | undefined;
    const { connection, of } = scripted(() => new Promise((resolve) => (answer = resolve)));
    const limiter = limited(connection);
    for (const reply of [
      [1, 0, 0],
      [0, 500, 0],
    ] as const) {
      const controller = new AbortController();
      const left = limiter.acquire({ tokens: 7, signal: controller.signal }).catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(0);
      controller.abort('enough');
      expect(await left).toBe('enough');
      answer?.(reply);
      await vi.advanceTimersByTimeAsync(0);
      expect(of('settle').at(-1)?.slice(3)).toEqual(['1', '7']);
    }
    expect(of('settle')).toHaveLength(2);
    const waits = new AbortController();
    const left = limiter.acquire({ tokens: 7, signal: waits.signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    answer?.([0, 500, 0]);
    await vi.advanceTimersByTimeAsync(1);
    waits.abort('enough');
    expect(await left).toBe('enough');
    expect(of('settle')).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(of('ask')).toHaveLength(3);
  });

  it('S-02: calls in flight are renewed three times a lease, and told again when the levels were lost', async () => {
    let lost: 0 | 1 = 0;
    const { connection, of } = scripted((calls) => [calls, 0, lost]);
    const limiter = limited(connection, { leaseMs: 3_000 });
    const lease = await limiter.acquire({});
    await vi.advanceTimersByTimeAsync(2_999);
    expect(of('renew')).toHaveLength(2);
    lost = 1;
    const second = await limiter.acquire({});
    expect(of('renew')).toHaveLength(3);
    expect(of('ask')[0]?.[4]).toBe('-1');
    expect(of('ask')[1]?.[4]).toBe('2999');
    lease.release();
    second.release();
    await vi.advanceTimersByTimeAsync(1_000);
  });

  it('S-02: what could not be told is told again until the lease has ended by itself', async () => {
    const { connection, of, settleBy } = scripted();
    const limiter = limited(connection, { leaseMs: 3_000 });
    settleBy(async () => {
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    });
    (await limiter.acquire({ tokens: 5 })).release({ tokens: 3 });
    await vi.advanceTimersByTimeAsync(1_500);
    settleBy(async () => 0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(of('settle').map((args) => args.slice(3))).toEqual(Array(3).fill(['0', '2']));
  });

  it('errors: a server that is gone, refuses or is silent refuses all who wait, typed, and is asked by the next', async () => {
    const gone = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    const cases: [() => Promise<Reply>, string, string, boolean][] = [
      [() => Promise.reject(gone), 'connection', 'runs and can be reached', true],
      [
        () => Promise.reject(new Error('NOAUTH Authentication required.')),
        'authentication',
        'password',
        false,
      ],
      [() => Promise.reject(new Error('OOM command not allowed')), 'quota', 'maxmemory', false],
      [() => Promise.reject(new Error('LOADING Redis is loading')), 'overloaded', 'later', true],
      [() => Promise.reject(new Error('ERR of its own')), 'internal', 'log', false],
      [() => new Promise(() => undefined), 'timeout', 'within 5000 ms', true],
      [async () => 'OK' as unknown as Reply, 'configuration', 'transformers', false],
    ];
    let ask = async (): Promise<Reply> => [1, 0, 0];
    const { connection } = scripted(() => ask());
    const limiter = limited(connection);
    for (const [fails, code, message, retryable] of cases) {
      ask = fails;
      const refused = [1, 2].map(() => limiter.acquire({}).catch((error: unknown) => error));
      await vi.advanceTimersByTimeAsync(5_000);
      for (const error of await Promise.all(refused)) {
        expect(isMortiseError(error, code)).toBe(true);
        expect(error).toMatchObject({ retryable, message: expect.stringContaining(message) });
      }
    }
    ask = async () => [1, 0, 0];
    (await limiter.acquire({})).release();
    await vi.advanceTimersByTimeAsync(20_000);
  });

  it('errors: a silent connection that is known to be down is `connection`', async () => {
    const { connection } = scripted(() => new Promise(() => undefined));
    const limiter = limited({ ...connection, status: 'reconnecting' }, { timeoutMs: 100 });
    const refused = limiter.acquire({}).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(100);
    expect(await refused).toMatchObject({
      code: 'connection',
      message: expect.stringContaining('reconnecting'),
    });
    await vi.advanceTimersByTimeAsync(20_000);
  });
});
