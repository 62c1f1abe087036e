import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedLLM } from '@mortise/core/testing';
import { callPolicy, raceAbort, runCall, type CallSettings, type OpenAttempt } from '@mortise/core/call';
import { isMortiseError, MortiseError, subscribe, type MortiseEvent } from '@mortise/core';

const about = { provider: 'acme', model: 'a-1' };

type CallSpec = Parameters<typeof runCall>[0];

function spec(settings: CallSettings = {}, extra: Partial<CallSpec> = {}): CallSpec {
  return { policy: callPolicy(settings), options: {}, stream: false, about, ...extra };
}

/** A budget of so many retries, a fifth back for each first attempt that succeeds. */
function retries(most: number) {
  let left = most;
  return {
    take: () => left >= 1 && left-- >= 1,
    refund: () => void (left = Math.min(most, left + 0.2)),
  };
}

const server = () => new MortiseError('server', 'down', about);

/** Fails `times` times, then gives the number of the attempt. */
function failing(times: number, error: () => Error = server) {
  return vi.fn(async (attempt: OpenAttempt) => {
    if (attempt.number <= times) throw error();
    return attempt.number;
  });
}

/** Never settles by itself and ignores the signal, as a bad SDK does. */
const hangs = () => new Promise<never>(() => undefined);

describe('runCall', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('E-05: makes at most maxAttempts attempts and announces every retry', async () => {
    const events: MortiseEvent[] = [];
    const stop = subscribe((event) => void events.push(event));
    const run = failing(9);
    const result = runCall(spec({ retry: { maxAttempts: 4, baseDelayMs: 10 } }), run);
    const expectation = expect(result).rejects.toMatchObject({ code: 'server' });
    await vi.runAllTimersAsync();
    await expectation;
    stop();
    expect(run).toHaveBeenCalledTimes(4);
    const retries = events.filter(({ name }) => name === 'retry');
    expect(retries.map(({ attributes }) => attributes['attempt'])).toEqual([1, 2, 3]);
  });

  it('says in its errors which server was asked, where it has a name', async () => {
    const named = spec({ retry: false, name: 'eu-gateway' } as CallSettings);
    const failed: unknown = await runCall(named, failing(1)).catch((error: unknown) => error);
    expect(failed).toMatchObject({ ...about, code: 'server', server: 'eu-gateway' });
    expect(JSON.parse(JSON.stringify(failed))).toMatchObject({ server: 'eu-gateway' });
    const late = runCall({ ...named, options: { timeoutMs: 10 } }, hangs);
    const expectation = expect(late).rejects.toMatchObject({ code: 'timeout', server: 'eu-gateway' });
    await vi.runAllTimersAsync();
    await expectation;
    const nameless: unknown = await runCall(spec({ retry: false }), failing(1)).catch(
      (error: unknown) => error,
    );
    expect(nameless).not.toHaveProperty('server');
  });

  it('in a stream says it of what fails after its opening', async () => {
    const named = spec({ retry: false, name: 'eu-gateway' } as CallSettings, { stream: true });
    const attempt = await runCall(named, (opened: OpenAttempt) => Promise.resolve(opened));
    const failure = attempt.failure(new TypeError('fetch failed'));
    attempt.close();
    expect(failure).toMatchObject({ ...about, server: 'eu-gateway' });
  });

  it('E-05: makes one attempt with retry: false', async () => {
    const run = failing(1);
    await expect(runCall(spec({ retry: false }), run)).rejects.toMatchObject({ code: 'server' });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it.each(['authentication', 'invalid-request', 'quota', 'malformed-response'] as const)(
    'E-04: never retries %s',
    async (code) => {
      const run = failing(1, () => new MortiseError(code, 'no'));
      await expect(runCall(spec(), run)).rejects.toMatchObject({ code });
      expect(run).toHaveBeenCalledTimes(1);
    },
  );

  it('E-04: waits exactly as long as the provider asks', async () => {
    const run = failing(1, () => new MortiseError('rate-limit', 'slow', { retryAfterMs: 7000 }));
    const result = runCall(spec(), run);
    await vi.advanceTimersByTimeAsync(6999);
    expect(run).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toBe(2);
  });

  it('C-04: fails at once when the provider asks to wait beyond the deadline', async () => {
    const run = failing(1, () => new MortiseError('rate-limit', 'slow', { retryAfterMs: 60_000 }));
    await expect(runCall(spec({ deadlineMs: 50_000 }), run)).rejects.toMatchObject({
      code: 'rate-limit',
      retryAfterMs: 60_000,
    });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('E-05: draws waits from 0 to the doubled base, at most maxDelayMs', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const delays: unknown[] = [];
    const stop = subscribe(
      (event) => void (event.name === 'retry' && delays.push(event.attributes['delayMs'])),
    );
    const result = runCall(
      spec({ retry: { maxAttempts: 5, baseDelayMs: 100, maxDelayMs: 250 } }),
      failing(4),
    );
    await vi.runAllTimersAsync();
    expect(await result).toBe(5);
    stop();
    random.mockRestore();
    expect(delays).toEqual([50, 100, 125, 125]);
  });

  it('E-05: stops retrying when the budget is used up', async () => {
    const budget = retries(2);
    const run = failing(99);
    const expectation = expect(
      runCall(spec({ retry: { maxAttempts: 10, budget } }), run),
    ).rejects.toMatchObject({ code: 'server' });
    await vi.runAllTimersAsync();
    await expectation;
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('C-04: bounds one attempt, and retries it', async () => {
    const run = vi.fn(async (attempt: OpenAttempt) => (attempt.number === 1 ? hangs() : 'ok'));
    const result = runCall(spec({ timeoutMs: 1000 }), run);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await result).toBe('ok');
    expect(run.mock.calls[0]?.[0].signal.reason).toMatchObject({ code: 'timeout' });
  });

  it('C-04: bounds the whole call by deadlineMs', async () => {
    const expectation = expect(
      runCall(spec({ deadlineMs: 1500, timeoutMs: 1000 }), hangs),
    ).rejects.toMatchObject({
      code: 'timeout',
      retryable: false,
    });
    await vi.advanceTimersByTimeAsync(1600);
    await expectation;
  });

  it('C-01: rejects with exactly the reason, whatever the attempt throws', async () => {
    const controller = new AbortController();
    const reason = { my: 'reason' };
    const result = runCall(spec({}, { options: { signal: controller.signal } }), (attempt) => {
      return new Promise((_resolve, reject) =>
        attempt.signal.addEventListener('abort', () => reject(new Error('SDK says no'))),
      );
    });
    const seen = result.catch((error: unknown) => error);
    controller.abort(reason);
    expect(await seen).toBe(reason);
  });

  it('C-01: ends at once an attempt that ignores its signal, and a wait between attempts', async () => {
    for (const run of [hangs, failing(99)]) {
      const controller = new AbortController();
      const result = runCall(
        spec({ retry: { baseDelayMs: 10_000 } }, { options: { signal: controller.signal } }),
        run,
      );
      const seen = result.catch((error: unknown) => error);
      await vi.advanceTimersByTimeAsync(1);
      controller.abort('stop');
      expect(await seen).toBe('stop');
    }
    expect(vi.getTimerCount()).toBe(0);
  });

  it('C-02: makes no attempt for an aborted signal', async () => {
    const run = failing(0);
    await expect(runCall(spec({}, { options: { signal: AbortSignal.abort('early') } }), run)).rejects.toBe(
      'early',
    );
    expect(run).not.toHaveBeenCalled();
  });

  it('C-03: leaves no listener and no timer behind', async () => {
    const controller = new AbortController();
    const add = vi.spyOn(controller.signal, 'addEventListener');
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    for (let n = 0; n < 50; n++)
      await runCall(spec({}, { options: { signal: controller.signal } }), failing(0));
    expect(add).toHaveBeenCalledTimes(50);
    expect(remove).toHaveBeenCalledTimes(50);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['undici', 'terminated'],
    ['Chromium', 'network error'],
    ['Deno', 'error reading a body from connection'],
    ['Deno', 'error sending request for url (http://127.0.0.1:1/)'],
    ['workerd', 'Network connection lost.'],
  ])('E-03: a connection that breaks is connection in the words of %s: %s', async (_runtime, words) => {
    const failed = failing(1, () => new TypeError(words));
    await expect(runCall(spec({ retry: false }), failed)).rejects.toMatchObject({ code: 'connection' });
  });

  it('maps what is no MortiseError: network failures to connection, the rest to internal, with the cause', async () => {
    const reset = new TypeError('fetch failed', {
      cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    });
    const error = await runCall(
      spec({ retry: false }),
      failing(1, () => reset),
    ).catch((thrown: unknown) => thrown);
    expect(isMortiseError(error, 'connection') && error.message).toContain('ECONNRESET');
    expect(error).toMatchObject({ retryable: true, ...about, cause: reset });
    const bug = new RangeError('bug');
    await expect(
      runCall(
        spec(),
        failing(1, () => bug),
      ),
    ).rejects.toMatchObject({ code: 'internal', cause: bug, ...about });
  });

  it('keeps a MortiseError that an SDK wrapped: what an injected fetch says stands', async () => {
    const own = new MortiseError('budget', 'enough for today');
    const wrapped = new Error('Connection error.', { cause: own });
    await expect(
      runCall(
        spec(),
        failing(1, () => wrapped),
      ),
    ).rejects.toMatchObject({ code: 'budget', message: own.message, ...about });
  });

  it('S-02: asks the limiter before every attempt and gives the place back', async () => {
    const release = vi.fn();
    const acquire = vi.fn(async () => ({ release }));
    const result = runCall(
      spec({ limiter: { acquire }, retry: { baseDelayMs: 1 } }, { tokens: 7 }),
      failing(1),
    );
    await vi.runAllTimersAsync();
    await result;
    expect(acquire).toHaveBeenCalledTimes(2);
    expect(acquire).toHaveBeenCalledWith(expect.objectContaining({ tokens: 7 }));
    expect(release).toHaveBeenCalledTimes(2);
    expect(release.mock.calls[0]).toEqual([
      { error: expect.objectContaining({ code: 'server' }) as unknown },
    ]);
  });

  it('S-02: gives back a place that a limiter grants after the call was aborted', async () => {
    let grant: (lease: { release(): void }) => void = () => undefined;
    const acquire = () => new Promise<{ release(): void }>((resolve) => (grant = resolve));
    const controller = new AbortController();
    const seen = runCall(
      spec({ limiter: { acquire } }, { options: { signal: controller.signal } }),
      failing(0),
    ).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(0);
    controller.abort('stop');
    expect(await seen).toBe('stop');
    const release = vi.fn();
    grant({ release });
    await vi.advanceTimersByTimeAsync(0);
    expect(release).toHaveBeenCalledTimes(1);
  });

  it.each([
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { deadlineMs: Infinity },
    { retry: { maxAttempts: 1.5 } },
    { retry: { baseDelayMs: -1 } },
  ])('refuses %o as configuration', (settings) => {
    expect(() => callPolicy(settings)).toThrow(expect.objectContaining({ code: 'configuration' }) as Error);
  });
});

it('C-04: a time bound of an integration of its own is a timeout, and not an unknown failure', async () => {
  const late = () =>
    Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  await expect(new ScriptedLLM({ replies: late, retry: false }).chat('x')).rejects.toMatchObject({
    code: 'timeout',
    retryable: true,
  });
});

it('C-02: sends nothing when the signal is aborted in the moment a limiter grants', async () => {
  const controller = new AbortController();
  const release = vi.fn();
  const limiter = {
    acquire: () => Promise.resolve({ release }).finally(() => queueMicrotask(() => controller.abort('stop'))),
  };
  const llm = new ScriptedLLM({ replies: () => 'ok', limiter });
  await expect(llm.chat('x', { signal: controller.signal })).rejects.toBe('stop');
  expect([llm.requests.length, release.mock.calls.length]).toEqual([0, 1]);
});

describe('runCall, at its edges', () => {
  it('E-05: a first try that succeeds pays back to the budget, one that was repeated does not', async () => {
    const budget = retries(1);
    const settings = { retry: { baseDelayMs: 1, maxAttempts: 2, budget } };
    expect(await runCall(spec(settings), failing(1))).toBe(2);
    for (let calls = 0; calls < 4; calls++) await runCall(spec(settings), failing(0));
    await expect(runCall(spec(settings), failing(1))).rejects.toMatchObject({ code: 'server' });
    await runCall(spec(settings), failing(0));
    expect(await runCall(spec(settings), failing(1))).toBe(2);
  });

  it('E-05: a budget holds no more than it began with', () => {
    const { budget } = callPolicy({});
    const taken = () => {
      let times = 0;
      while (budget.take()) times += 1;
      return times;
    };
    for (let calls = 0; calls < 10; calls++) budget.refund();
    expect(taken()).toBe(100);
    for (let calls = 0; calls < 9; calls++) budget.refund();
    expect(taken()).toBe(1);
  });

  it('E-04: waits no longer than the provider asks, though the back-off would', async () => {
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.99);
    const soon = () => new MortiseError('rate-limit', 'busy', { retryAfterMs: 1 });
    const began = performance.now();
    expect(await runCall(spec({ retry: { baseDelayMs: 5000 } }), failing(1, soon))).toBe(2);
    expect(performance.now() - began).toBeLessThan(4000);
    random.mockRestore();
  });

  it('L-06: a stream that is left begins no attempt and waits for none', async () => {
    const run = failing(1);
    const leaveSignal = AbortSignal.abort('left');
    await expect(runCall(spec({}, { leaveSignal, stream: true }), run)).rejects.toBe('left');
    expect(run).not.toHaveBeenCalled();
    const leaving = new AbortController();
    const slow = runCall(
      spec({ retry: { baseDelayMs: 60_000 } }, { leaveSignal: leaving.signal, stream: true }),
      run,
    );
    vi.spyOn(Math, 'random').mockReturnValueOnce(0.99);
    setTimeout(() => leaving.abort('left'), 10);
    const began = performance.now();
    await expect(slow).rejects.toBe('left');
    expect([performance.now() - began < 30_000, run.mock.calls.length]).toEqual([true, 1]);
  });

  it('C-02: what an aborted signal overtakes is no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', listener);
    await expect(raceAbort(Promise.reject(new Error('late')), AbortSignal.abort('stop'))).rejects.toBe(
      'stop',
    );
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
