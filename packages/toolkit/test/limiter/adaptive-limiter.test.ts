import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAdaptiveLimiter } from '@mortise/toolkit/limiter';
import type { Lease, LeaseOutcome, RateLimiter } from '@mortise/core/call';
import { BaseEmbedding, type EmbeddingMetadata } from '@mortise/core/embedding';
import { MortiseError, subscribe } from '@mortise/core';
import { readJson } from '@mortise/core/wire';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const refusal = (retryAfterMs?: number): LeaseOutcome => ({
  error: new MortiseError('rate-limit', 'slow down', { retryAfterMs }),
});

/** A provider's token bucket: `rate` requests a second, and `burst` seconds' worth of them at once. */
function provider(rate: number, burst = 0.1) {
  let level = rate * burst;
  let filledAt = performance.now();
  return {
    rate,
    accepts(): boolean {
      const now = performance.now();
      level = Math.min(this.rate * burst, level + ((now - filledAt) / 1000) * this.rate);
      filledAt = now;
      if (level < 1) return false;
      level -= 1;
      return true;
    },
  };
}

/** Offers three times what the server grants, and counts what comes of it between 10 s and 70 s. */
async function measured(rate: number, replyMs: number, refusalMs: number, { seed = 0, burst = 0.1 } = {}) {
  const limiter = createAdaptiveLimiter();
  const server = provider(rate, burst);
  let state = seed;
  /** Half as long to half as long again; without a seed as it is. */
  const varied = (ms: number): number => {
    if (seed === 0) return ms;
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ms * (0.5 + state / 2 ** 32);
  };
  const began = performance.now();
  const counts = { served: 0, refused: 0, grantable: 0 };
  const elapsed = () => performance.now() - began;

  async function one(): Promise<void> {
    const lease = await limiter.acquire({});
    const accepted = server.accepts();
    if (elapsed() >= 10_000) counts[accepted ? 'served' : 'refused']++;
    setTimeout(() => lease.release(accepted ? {} : refusal()), varied(accepted ? replyMs : refusalMs));
  }
  for (let tick = 0; tick < 700; tick++) {
    if (tick === 400) server.rate = rate / 2;
    if (tick >= 100) counts.grantable += server.rate / 10;
    for (let n = 0; n < (3 * rate) / 10; n++) void one();
    await vi.advanceTimersByTimeAsync(100);
  }
  return {
    served: counts.served / counts.grantable,
    refused: counts.refused / (counts.served + counts.refused),
  };
}

describe('createAdaptiveLimiter', () => {
  it.each([
    [20, 5, 5],
    [20, 50, 50],
    [20, 3000, 20],
    [200, 5, 5],
    [200, 50, 50],
    [200, 3000, 20],
  ])(
    'S-02: finds %d requests a second, and half of it, with replies after %d ms and refusals after %d ms',
    async (rate, replyMs, refusalMs) => {
      const { served, refused } = await measured(rate, replyMs, refusalMs);
      expect(served).toBeGreaterThanOrEqual(0.92);
      expect(refused).toBeLessThanOrEqual(0.04);
    },
    600_000,
  );

  it.each([
    [20, 5, 1, 0.1],
    [20, 50, 2, 0.5],
    [20, 400, 3, 1],
    [60, 400, 4, 0.1],
    [200, 5, 5, 1],
    [200, 50, 6, 0.5],
    [200, 400, 7, 0.1],
  ])(
    'S-02: finds %d requests a second with replies of about %d ms (seed %d) and a burst of %d s',
    async (rate, ms, seed, burst) => {
      const { served, refused } = await measured(rate, ms, ms, { seed, burst });
      expect(served).toBeGreaterThanOrEqual(0.9);
      expect(refused).toBeLessThanOrEqual(0.05);
    },
    600_000,
  );

  // For 3 s nobody can know that the limit fell to a half: 300 of some 9,000 requests, 3.2 %, are refused whoever sends.
  it.each([
    [200, 50, 0, 0.85, 0.05],
    [200, 3000, 0, 0.85, 0.05],
    [200, 3000, 8, 0.85, 0.05],
    [20, 50, 0, 0.75, 0.08],
    [20, 3000, 0, 0.65, 0.08],
  ])(
    'S-02: finds %d requests a second with replies after %d ms and refusals after 3 s (seed %d)',
    async (rate, replyMs, seed, leastServed, mostRefused) => {
      const { served, refused } = await measured(rate, replyMs, 3000, { seed });
      expect(served).toBeGreaterThanOrEqual(leastServed);
      expect(refused).toBeLessThanOrEqual(mostRefused);
    },
    600_000,
  );

  /** Grants within `ms`, with every lease released at once with `outcome`. */
  async function grants(limiter: RateLimiter, ms: number, outcome: LeaseOutcome = {}): Promise<number> {
    let count = 0;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      const lease = await limiter.acquire({ signal: controller.signal });
      count++;
      lease.release(outcome);
      return ask();
    };
    ask().catch(() => undefined);
    await vi.advanceTimersByTimeAsync(ms);
    controller.abort();
    await vi.advanceTimersByTimeAsync(0);
    return count;
  }

  it('finds a limit that was raised', async () => {
    const limiter = createAdaptiveLimiter();
    const server = provider(20);
    const run = async (ms: number): Promise<number> => {
      let served = 0;
      const controller = new AbortController();
      const ask = async (): Promise<void> => {
        const lease = await limiter.acquire({ signal: controller.signal });
        const accepted = server.accepts();
        if (accepted) served++;
        setTimeout(() => lease.release(accepted ? {} : refusal()), 10);
        return ask();
      };
      ask().catch(() => undefined);
      await vi.advanceTimersByTimeAsync(ms);
      controller.abort();
      return served / (ms / 1000);
    };
    await run(30_000);
    server.rate = 80;
    await run(60_000);
    expect(await run(20_000)).toBeGreaterThan(65);
  });

  it('starts with 10 a second and doubles each second while nothing is refused', async () => {
    const limiter = createAdaptiveLimiter();
    const seconds = [await grants(limiter, 1000), await grants(limiter, 1000), await grants(limiter, 1000)];
    expect(seconds[0]).toBeGreaterThanOrEqual(10);
    expect(seconds[0]).toBeLessThan(25);
    expect(seconds[2]! / seconds[1]!).toBeGreaterThan(1.6);
  });

  it('does not grow while nobody waits: an idle hour is no licence', async () => {
    const limiter = createAdaptiveLimiter();
    for (let n = 0; n < 3600; n++) {
      (await limiter.acquire({})).release();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(await grants(limiter, 1000)).toBeLessThan(25);
  });

  it.each(['rate-limit', 'overloaded'] as const)('slows down for %s, and for nothing else', async (code) => {
    const fresh = await grants(createAdaptiveLimiter(), 2000);
    const limiter = createAdaptiveLimiter();
    for (const other of [
      new MortiseError('server', 'x'),
      new MortiseError('quota', 'x'),
      'the caller left',
    ]) {
      (await limiter.acquire({})).release({ error: other });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(await grants(limiter, 2000)).toBeGreaterThan(fresh / 2);
    await vi.advanceTimersByTimeAsync(1000);
    (await limiter.acquire({})).release({ error: new MortiseError(code, 'x') });
    expect(await grants(limiter, 2000, { error: new MortiseError(code, 'x') })).toBeLessThan(fresh / 3);
  });

  it('takes many refusals that were under way together as one', async () => {
    const limiter = createAdaptiveLimiter();
    await grants(limiter, 4000);
    const leases: Lease[] = [];
    for (let n = 0; n < 100; n++) void limiter.acquire({}).then((lease) => leases.push(lease));
    await vi.advanceTimersByTimeAsync(5000);
    expect(leases).toHaveLength(100);
    for (const lease of leases) lease.release(refusal());
    expect(await grants(limiter, 2000)).toBeGreaterThan(30);
  });

  it('E-04: waits as long as a provider asks for, when that is longer than a second', async () => {
    const limiter = createAdaptiveLimiter();
    (await limiter.acquire({})).release(refusal(5000));
    expect(await grants(limiter, 4900)).toBe(0);
    expect(await grants(limiter, 1000)).toBeGreaterThan(0);
  });

  const told = (limits: Record<string, string>): LeaseOutcome => ({ headers: new Headers(limits) });

  it.each([
    ['x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests'],
    ['anthropic-ratelimit-requests-limit', 'anthropic-ratelimit-requests-remaining'],
  ])('keeps to the limit of %s, without a refusal and without a start', async (limit, remaining) => {
    const limiter = createAdaptiveLimiter();
    (await limiter.acquire({})).release(told({ [limit]: '600', [remaining]: '100' }));
    // 100 are left, and 10 a second come back.
    let granted = 0;
    for (let n = 0; n < 1000; n++) void limiter.acquire({}).then(() => granted++);
    await vi.advanceTimersByTimeAsync(1);
    expect(granted).toBe(100);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(Math.abs(granted - 200)).toBeLessThanOrEqual(1);
  });

  it('S-02: keeps to tokens as the replies tell them, corrects estimates, and refuses what can never fit', async () => {
    const limiter = createAdaptiveLimiter();
    const limits = told({ 'x-ratelimit-limit-tokens': '6000', 'x-ratelimit-remaining-tokens': '1000' });
    (await limiter.acquire({ tokens: 10 })).release(limits);
    await expect(limiter.acquire({ tokens: 6001 })).rejects.toMatchObject({
      code: 'rate-limit',
      retryable: false,
    });
    const first = await limiter.acquire({ tokens: 900 });
    let granted = false;
    void limiter.acquire({ tokens: 600 }).then(() => (granted = true));
    await vi.advanceTimersByTimeAsync(4000);
    expect(granted).toBe(false);
    // 800 were set aside and not used.
    first.release({ tokens: 100 });
    await vi.advanceTimersByTimeAsync(1);
    expect(granted).toBe(true);
  });

  it('ignores headers that make no sense', async () => {
    const limiter = createAdaptiveLimiter();
    const senseless = [
      ['0', '0'],
      ['-1', '5'],
      ['many', '5'],
      ['1e3', '2'],
      ['', ''],
      ['5', 'x'],
    ] as const;
    for (const [limit, remaining] of senseless) {
      const lease = await limiter.acquire({});
      lease.release(
        told({ 'x-ratelimit-limit-requests': limit, 'x-ratelimit-remaining-requests': remaining }),
      );
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(await grants(limiter, 2000)).toBeGreaterThan(10);
  });

  it('finds a limit that the headers do not tell of', async () => {
    const limiter = createAdaptiveLimiter();
    const limits = { 'x-ratelimit-limit-requests': '60000', 'x-ratelimit-remaining-requests': '60000' };
    (await limiter.acquire({})).release(told(limits));
    const leases: Lease[] = [];
    for (let n = 0; n < 2000; n++) void limiter.acquire({}).then((lease) => leases.push(lease));
    await vi.advanceTimersByTimeAsync(1);
    expect(leases).toHaveLength(2000);
    for (const lease of leases) lease.release(refusal());
    const after = await grants(limiter, 1000);
    expect(after).toBeGreaterThan(500);
    expect(after).toBeLessThan(5000);
  });

  it('S-02: is FIFO, and a waiter that leaves is not served', async () => {
    const limiter = createAdaptiveLimiter();
    const order: number[] = [];
    const controller = new AbortController();
    for (let n = 0; n < 10; n++) {
      const signal = n === 5 ? controller.signal : undefined;
      limiter.acquire({ signal }).then(
        () => order.push(n),
        (reason: unknown) => expect(reason).toBe('enough'),
      );
    }
    controller.abort('enough');
    await vi.advanceTimersByTimeAsync(5000);
    expect(order).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9]);
    await expect(limiter.acquire({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('C-03: leaves no listener on a long-lived signal', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    vi.spyOn(signal, 'addEventListener').mockImplementation(() => void listeners++);
    vi.spyOn(signal, 'removeEventListener').mockImplementation(() => void listeners--);
    const limiter = createAdaptiveLimiter();
    for (let n = 0; n < 50; n++) void limiter.acquire({ signal }).then((lease) => lease.release());
    await vi.advanceTimersByTimeAsync(10_000);
    expect(listeners).toBe(0);
  });

  it('tells long waits as events', async () => {
    const waits: unknown[] = [];
    const stop = subscribe(({ name, attributes }) => void (name === 'rate-limit' && waits.push(attributes)));
    const limiter = createAdaptiveLimiter();
    for (let n = 0; n < 3; n++) void limiter.acquire({ tokens: 7 });
    await vi.advanceTimersByTimeAsync(1000);
    stop();
    expect(waits).toEqual([{ waitedMs: 100, tokens: 7 }]);
  });
});

it("hands a reply's headers to the limiter, whoever reads it", async () => {
  vi.useRealTimers();
  const outcomes: (LeaseOutcome | undefined)[] = [];
  const limiter = {
    acquire: () => Promise.resolve({ release: (outcome) => void outcomes.push(outcome) } as Lease),
  };
  class Remote extends BaseEmbedding {
    readonly metadata: EmbeddingMetadata = { maxBatchSize: 9, asymmetric: false };
    override async doEmbed(
      _inputs: readonly string[],
      _request: unknown,
      attempt: Parameters<BaseEmbedding['doEmbed']>[2],
    ) {
      const response = new Response('{"rows":[[1]]}', { headers: { 'x-ratelimit-limit-requests': '9' } });
      const { rows } = await readJson(response, attempt, this);
      return { embeddings: rows as number[][] };
    }
  }
  await new Remote({ provider: 'acme', model: 'm', limiter }).embedText('a');
  expect(outcomes.map((outcome) => outcome?.headers?.get('x-ratelimit-limit-requests'))).toEqual(['9']);
});
