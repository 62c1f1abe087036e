import { raceAbort, sleep, throwIfAborted } from '../call/timers.ts';
import { isLocked } from './failure.ts';
import type { StoreOptions } from './key-value-contract.ts';

/** Milliseconds between tries: those of SQLite's own handler of busy files, which stops the process meanwhile. */
const DELAYS = [1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50] as const;
const LONGEST_DELAY = 100;

/** Does work on a file that others may hold, as soon as it is free. */
export type WhenFree = <T>(work: () => T, options?: StoreOptions) => Promise<T>;

/**
 * Waits for a lock without stopping the event loop. Synchronous `work` is done at once; where it throws because the file
 * is locked (`isLocked`) it is tried again, sooner at first and every 100 ms later, for `timeoutMs` in all: then what it
 * threw last is thrown. So `work` must do all or nothing. An aborted signal ends the wait. What is asked for while
 * something waits comes after it, in the order of the calls.
 */
export function createWhenFree(timeoutMs = 10_000): WhenFree {
  let last: Promise<unknown> | undefined;

  async function waited<T>(work: () => T, { signal }: StoreOptions, before?: Promise<unknown>): Promise<T> {
    const start = performance.now();
    if (before !== undefined) await (signal === undefined ? before : raceAbort(before, signal));
    for (let tries = 0; ; tries++) {
      throwIfAborted(signal);
      try {
        return work();
      } catch (error) {
        const remaining = start + timeoutMs - performance.now();
        if (!isLocked(error) || remaining <= 0) throw error;
        await sleep(Math.min(remaining, DELAYS[tries] ?? LONGEST_DELAY), signal);
      }
    }
  }

  return async (work, options = {}) => {
    if (last === undefined) {
      try {
        return work();
      } catch (error) {
        if (!isLocked(error)) throw error;
      }
    }
    const turn = waited(work, options, last);
    const settled = turn.catch(() => undefined).then(() => void (last === settled && (last = undefined)));
    last = settled;
    return turn;
  };
}
