import { linkedController, mapPool } from '@mortise/core/call';
import { describe, expect, it } from 'vitest';

/** How many listeners stand on a signal. */
function counted(signal: AbortSignal): () => number {
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  return () => listeners;
}

describe('linkedController', () => {
  it('C-03: is aborted by the first of its signals, with exactly its reason', () => {
    const [a, b] = [new AbortController(), new AbortController()];
    const linked = linkedController(a.signal, undefined, b.signal);
    const reason = { mine: true };
    b.abort(reason);
    a.abort('later');
    expect(linked.signal.reason).toBe(reason);
  });

  it('C-03: is aborted from the start where a signal is', () => {
    expect(linkedController(AbortSignal.abort('early')).signal.reason).toBe('early');
  });

  it('C-03: leaves no listener behind, and its own abort leaves the others alone', () => {
    const caller = new AbortController();
    const listeners = counted(caller.signal);
    const linked = linkedController(caller.signal);
    expect(listeners()).toBe(1);
    linked.abort('own');
    linked.unlink();
    expect(listeners()).toBe(0);
    expect(caller.signal.aborted).toBe(false);
    expect(linked.signal.reason).toBe('own');
  });
});

describe('mapPool', () => {
  const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

  it('gives results in the order of the items, with no more than so many at once', async () => {
    let running = 0;
    let most = 0;
    const results = await mapPool([30, 1, 20, 2], { concurrency: 2 }, async (ms, _signal, at) => {
      most = Math.max(most, ++running);
      await later(ms);
      running--;
      return `${at}:${ms}`;
    });
    expect(results).toEqual(['0:30', '1:1', '2:20', '3:2']);
    expect(most).toBe(2);
  });

  it('C-03: ends the others at the first failure and rejects with it at once, whoever ignores the signal', async () => {
    const cause = new Error('the first');
    let reason: unknown;
    const pooled = mapPool([0, 1], { concurrency: 2 }, (n, signal) => {
      if (n === 0) return later(1).then(() => Promise.reject(cause));
      signal.addEventListener('abort', () => (reason = signal.reason));
      return new Promise<never>(() => undefined);
    });
    await expect(pooled).rejects.toBe(cause);
    expect(reason).toMatchObject({ code: 'aborted', cause });
  });

  it('C-03: rejects with exactly the reason of the caller, and takes its listener off', async () => {
    const caller = new AbortController();
    const listeners = counted(caller.signal);
    const options = { concurrency: 1, signal: caller.signal };
    const pooled = mapPool([0], options, () => new Promise<never>(() => undefined));
    const reason = { mine: true };
    caller.abort(reason);
    await expect(pooled).rejects.toBe(reason);
    expect(listeners()).toBe(0);
    await expect(mapPool([0], options, () => Promise.resolve(1))).rejects.toBe(reason);
  });

  it('gives nothing for nothing, and refuses a concurrency that is not a whole number above 0', async () => {
    const work = () => Promise.resolve(1);
    await expect(mapPool([], { concurrency: 3 }, work)).resolves.toEqual([]);
    await expect(mapPool([], { concurrency: 0 }, work)).rejects.toMatchObject({ code: 'configuration' });
  });
});
