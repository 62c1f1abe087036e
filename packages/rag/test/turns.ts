import { expect, vi } from 'vitest';

/**
 * How often the event loop turned while the work ran: what waits on timers and sockets was called as often. Each look at
 * the clock takes 4 ms of it, so that a slice of time is two steps of the work, however quick or busy the machine is.
 */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let [turns, isDone, now] = [0, false, performance.now()];
  using _clock = vi.spyOn(performance, 'now').mockImplementation(() => (now += 4));
  const count = (): void => {
    if (isDone) return;
    turns += 1;
    setImmediate(count);
  };
  setImmediate(count);
  try {
    await work();
  } finally {
    isDone = true;
  }
  return turns;
}

/**
 * That work which takes `whole` turns to its end is left soon after a signal that is given at its first turn, with exactly
 * the reason of the signal.
 */
export async function expectToBeLeft(
  work: (signal: AbortSignal) => Promise<unknown>,
  whole: number,
): Promise<void> {
  const controller = new AbortController();
  const reason = { enough: true };
  setImmediate(() => controller.abort(reason));
  let thrown: unknown;
  const turns = await turnsDuring(() => work(controller.signal).catch((error: unknown) => (thrown = error)));
  expect(thrown).toBe(reason);
  expect(turns).toBeLessThan(Math.max(4, whole / 2));
}
