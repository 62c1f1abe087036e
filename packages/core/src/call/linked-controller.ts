/** An `AbortController` that other signals abort too, until it is unlinked. */
export interface LinkedController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
  /** Takes its listeners off the other signals. Safe to repeat; without it a long-lived signal keeps them. */
  unlink(): void;
}

/**
 * A controller of one's own, that the first of `signals` to be aborted aborts with exactly its reason (C-03); at once where
 * one is aborted already. By listeners that are taken off again: `AbortSignal.any` keeps every dependent signal of a
 * long-lived signal in memory.
 */
export function linkedController(...signals: readonly (AbortSignal | undefined)[]): LinkedController {
  const controller = new AbortController();
  const onAbort = (): void =>
    controller.abort(signals.find((signal) => signal?.aborted === true)?.reason as unknown);
  for (const signal of signals) {
    if (signal?.aborted === true) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    unlink() {
      for (const signal of signals) signal?.removeEventListener('abort', onAbort);
    },
  };
}
