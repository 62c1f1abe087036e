import { expect } from 'vitest';

/** How often the event loop turned while the work ran: what waits on timers and sockets was called as often. */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let [turns, isDone] = [0, false];
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
