import { errorText, isMortiseError, MortiseError } from '@mortise/core';
import { raceAbort, throwIfAborted } from '@mortise/core/call';

interface StoreGuardOptions {
  /** Whose silence is remembered, for every guard on it. */
  readonly store: object;
  /** Told once for each operation that failed, with a sentence. */
  readonly warn: (message: string) => void;
  /** Milliseconds after which a store counts as failed. */
  readonly timeoutMs: number;
  /** What it is called, and what goes on without it. Default: `The cache`, `The call`. */
  readonly names?: { readonly cache: string; readonly user: string } | undefined;
}

/** Undefined when the store failed; rejects only with the reason of `signal`. */
export type StoreGuard = <T>(
  what: 'read' | 'written' | 'locked',
  signal: AbortSignal | undefined,
  operation: () => Promise<T>,
) => Promise<T | undefined>;

/** Milliseconds that a store is left alone after it did not answer. Then one call tries it, and others stay away. */
const STORE_REST_MS = 60_000;

const NAMES = { cache: 'The cache', user: 'The call' };
/** Until when each is left alone, on the clock of `performance.now()`. */
const resting = /* @__PURE__ */ new WeakMap<object, number>();

/**
 * A cache is a convenience: whether its store throws, rejects or never answers, the call it serves goes on. One that
 * did not answer in time is not waited for again, by anybody, for `STORE_REST_MS`: it would cost every call as much.
 */
export function createStoreGuard({ store, warn, timeoutMs, names = NAMES }: StoreGuardOptions): StoreGuard {
  /** It did not answer, or is left alone: this guard does not ask again, operation after operation. */
  let silent = false;

  return async (what, signal, operation) => {
    if (silent) return undefined;
    const until = resting.get(store);
    if (until !== undefined && performance.now() < until) {
      silent = true;
      warn(
        `${names.cache} did not answer lately and is left alone for a while. ${names.user} goes on without it.`,
      );
      return undefined;
    }
    // The one that tries again: if it fares no better, it has cost nobody else anything.
    if (until !== undefined) resting.set(store, performance.now() + STORE_REST_MS);
    try {
      const bounded = within(timeoutMs, operation);
      const result = await (signal === undefined ? bounded : raceAbort(bounded, signal));
      resting.delete(store);
      return result;
    } catch (error) {
      const isLate = isMortiseError(error, 'timeout');
      if (isLate) resting.set(store, performance.now() + STORE_REST_MS);
      // It answered, or nobody knows: the next one may try.
      else if (until !== undefined) resting.delete(store);
      silent ||= isLate;
      throwIfAborted(signal);
      const reason = errorText(error);
      warn(`${names.cache} could not be ${what}: ${reason}. ${names.user} goes on without it.`);
      return undefined;
    }
  };
}

function within<T>(ms: number, operation: () => Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const late = (): void => reject(new MortiseError('timeout', `it did not answer within ${ms} ms`));
    const timer = setTimeout(late, ms);
    const attempt = async (): Promise<T> => operation();
    attempt()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}
