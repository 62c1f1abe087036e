import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Lease } from '@mortise/core/call';
import { subscribe, type MortiseEvent } from '@mortise/core/events';
import { ScriptedLLM } from '@mortise/core/testing';
import { createRateLimiter } from '@mortise/toolkit/limiter';

describe('createRateLimiter', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('S-02: grants a burst of the limit, then evenly', async () => {
    const limiter = createRateLimiter({ requestsPerMinute: 60 });
    const granted: number[] = [];
    const began = performance.now();
    for (let n = 0; n < 63; n++) void limiter.acquire({}).then(() => granted.push(performance.now() - began));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(granted.slice(0, 60)).toEqual(Array(60).fill(0));
    expect(granted.slice(60).map(Math.round)).toEqual([1000, 2000, 3000]);
  });

  it('S-02: never grants more than the limit and its burst in any minute', async () => {
    const limiter = createRateLimiter({ requestsPerMinute: 30 });
    const granted: number[] = [];
    for (let n = 0; n < 200; n++) void limiter.acquire({}).then(() => granted.push(performance.now()));
    await vi.advanceTimersByTimeAsync(400_000);
    expect(granted).toHaveLength(200);
    for (const [at, time] of granted.entries()) {
      const within = granted.slice(at).filter((other) => other - time < 60_000).length;
      expect(within).toBeLessThanOrEqual(60);
    }
  });

  it('S-02: is FIFO: a small request does not overtake a large one', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 });
    const order: string[] = [];
    await limiter.acquire({ tokens: 100 });
    void limiter.acquire({ tokens: 80 }).then(() => order.push('large'));
    void limiter.acquire({ tokens: 1 }).then(() => order.push('small'));
    await vi.advanceTimersByTimeAsync(1000);
    expect(order).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(order).toEqual(['large', 'small']);
  });

  it('S-02: is corrected by actual usage, in both directions', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 });
    const first = await limiter.acquire({ tokens: 100 });
    first.release({ tokens: 10 });
    const second = await limiter.acquire({ tokens: 90 });
    second.release({ tokens: 190 });
    let granted = false;
    void limiter.acquire({ tokens: 10 }).then(() => (granted = true));
    // 100 below zero, and 10 asked: 110 tokens at 100 a minute.
    await vi.advanceTimersByTimeAsync(65_000);
    expect(granted).toBe(false);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(granted).toBe(true);
  });

  it('S-02: refuses at once what can never fit', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 });
    await expect(limiter.acquire({ tokens: 101 })).rejects.toMatchObject({
      code: 'rate-limit',
      retryable: false,
    });
  });

  it('C-01: a cancelled wait rejects with the reason and lets the next one through', async () => {
    const limiter = createRateLimiter({ tokensPerMinute: 100 });
    await limiter.acquire({ tokens: 100 });
    const controller = new AbortController();
    const large = limiter
      .acquire({ tokens: 100, signal: controller.signal })
      .catch((error: unknown) => error);
    let lease: Lease | undefined;
    void limiter.acquire({ tokens: 5 }).then((granted) => (lease = granted));
    await vi.advanceTimersByTimeAsync(4000);
    expect(lease).toBeUndefined();
    controller.abort('stop');
    expect(await large).toBe('stop');
    await vi.advanceTimersByTimeAsync(0);
    expect(lease).toBeDefined();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('releases a place once, however often it is told', async () => {
    const limiter = createRateLimiter({ concurrency: 1 });
    const first = await limiter.acquire({});
    first.release();
    first.release();
    await limiter.acquire({});
    let third = false;
    void limiter.acquire({}).then(() => (third = true));
    await vi.advanceTimersByTimeAsync(10);
    expect(third).toBe(false);
  });

  it('refuses to be made of nothing', () => {
    expect(() => createRateLimiter({})).toThrow(expect.objectContaining({ code: 'configuration' }) as Error);
    expect(() => createRateLimiter({ requestsPerMinute: 0 })).toThrow(/requestsPerMinute/);
  });
});

it('S-02: refuses what is no count of tokens: it would switch the limit off', async () => {
  const limiter = createRateLimiter({ tokensPerMinute: 10 });
  for (const tokens of [Number.NaN, -1])
    await expect(limiter.acquire({ tokens })).rejects.toMatchObject({ code: 'configuration' });
});

it('C-03: a place that was granted no longer listens: an abort then cancels nobody else', async () => {
  const limiter = createRateLimiter({ concurrency: 1 });
  const controller = new AbortController();
  const first = await limiter.acquire({ signal: controller.signal });
  const second = limiter.acquire({});
  controller.abort();
  first.release();
  expect(await second).toBeDefined();
});

it('V-02: a wait for a limiter belongs to the call that waited, whoever ended it', async () => {
  const llm = new ScriptedLLM({
    replies: async () => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      return 'ok';
    },
    limiter: createRateLimiter({ concurrency: 1 }),
  });
  const events: MortiseEvent[] = [];
  const stop = subscribe((event) => void events.push(event));
  await Promise.all([llm.chat('a'), llm.chat('b')]);
  stop();
  const starts = events.filter(({ phase }) => phase === 'start');
  const waited = events.filter(({ name }) => name === 'rate-limit');
  expect(waited.map(({ spanId }) => spanId)).toEqual([starts[1]?.spanId]);
});
