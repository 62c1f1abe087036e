import { describe, expect, it, vi, afterEach } from 'vitest';
import { runAtOnce, runInSlices, timeSlices } from '@mortise/core/call';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** Steps of a millisecond each: a look at the clock takes that long. */
function* work(steps: number, seen: number[] = []): Generator<void, string> {
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (now += 1));
  for (let at = 0; at < steps; at++) {
    seen.push(at);
    yield;
  }
  return 'done';
}

describe('work in slices', () => {
  it('C-13: leaves the event loop its turns, and gives what the work gives', async () => {
    const turns = vi.spyOn(globalThis, 'setImmediate');
    expect(await runInSlices(work(60))).toBe('done');
    // A slice is 8 ms.
    expect(turns.mock.calls.length).toBeGreaterThanOrEqual(6);
    expect(turns.mock.calls.length).toBeLessThanOrEqual(8);
    expect(runAtOnce(work(3))).toBe('done');
  });

  it('C-01: sees an abort at its next turn, and rejects with exactly the reason', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    setImmediate(() => controller.abort('enough'));
    await expect(runInSlices(work(5_000, seen), timeSlices(controller.signal))).rejects.toBe('enough');
    expect(seen.length).toBeLessThan(20);
    const aborted = timeSlices(AbortSignal.abort('early'), 1_000);
    await expect(aborted.turn()).rejects.toBe('early');
  });

  it('has no turn before a slice is over', () => {
    expect(timeSlices(undefined, 1_000).turn()).toBeUndefined();
    expect(timeSlices(undefined, 0).turn()).toBeInstanceOf(Promise);
  });

  it('lets timers have their turn, with setImmediate and without', async () => {
    for (const there of [true, false]) {
      if (!there) vi.stubGlobal('setImmediate', undefined);
      let called = false;
      setTimeout(() => (called = true), 0);
      const end = performance.now() + 1_000;
      while (!called && performance.now() < end) await timeSlices(undefined, 0).turn();
      expect(called).toBe(true);
    }
  });

  it('an error of the work is the error', async () => {
    function* failing(): Generator<void, never> {
      yield;
      throw new Error('no');
    }
    await expect(runInSlices(failing())).rejects.toThrow('no');
  });
});
