import { throwIfAborted } from '@mortise/core/call';

let turn: Promise<unknown> = /* @__PURE__ */ Promise.resolve();

/**
 * One batch after another, with the event loop between: the runtime computes on the calling thread, so that timers, signals and
 * sockets would wait until all calls are done.
 */
export function inTurn<T>(signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  const result = turn.then(async () => {
    await new Promise((resolve) => setTimeout(resolve));
    throwIfAborted(signal);
    return run();
  });
  turn = result.catch(() => undefined);
  return result;
}
