import { throwIfAborted } from './timers.ts';

/** Milliseconds of work between two turns of the event loop: below what a frame, a heartbeat or a health check notices. */
export const SLICE_MS = 8;

/** Work that is left now and then, so that timers, sockets and aborts have their turn. */
export interface TimeSlices {
  /**
   * Called between two steps of the work: undefined while the slice lasts, else a promise of the next turn of the event loop,
   * which rejects with the reason of an aborted signal.
   *
   * ```ts
   * const slices = timeSlices(signal);
   * for (const step of steps) {
   *   work(step);
   *   const turn = slices.turn();
   *   if (turn !== undefined) await turn;
   * }
   * ```
   */
  turn(): Promise<void> | undefined;
}

/** Slices of `ms` milliseconds, 8 by default. Under an aborted signal the next `turn` comes at once. */
export function timeSlices(signal?: AbortSignal, ms = SLICE_MS): TimeSlices {
  let end = performance.now() + ms;
  return {
    turn() {
      if (performance.now() < end && signal?.aborted !== true) return undefined;
      return nextTurn().then(() => {
        throwIfAborted(signal);
        end = performance.now() + ms;
      });
    },
  };
}

/** Runs a generator to its end in slices. The steps between its `yield`s should be short, a millisecond or two. */
export async function runInSlices<T>(steps: Generator<unknown, T>, slices = timeSlices()): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
}

/** Runs a generator to its end at once. */
export function runAtOnce<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** A turn of the event loop: what waits on timers and sockets has been called. A promise alone gives way to nothing. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => unknown };
  return new Promise(
    (resolve) => void (setImmediate === undefined ? setTimeout(resolve) : setImmediate(resolve)),
  );
}
