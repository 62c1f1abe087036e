import { raceAbort, throwIfAborted } from '../call/timers.ts';
import { isMortiseError, MortiseError } from '../errors.ts';

export interface StoreGuardOptions {
  /** Told once for each operation that failed, with a sentence. */
  readonly warn: (message: string) => void;
  /** Milliseconds after which a store counts as failed. */
  readonly timeoutMs: number;
}

/** Undefined when the store failed; rejects only with the reason of `signal`. */
export type StoreGuard = <T>(
  what: 'read' | 'written',
  signal: AbortSignal | undefined,
  operation: () => Promise<T>,
) => Promise<T | undefined>;

/** A cache is a convenience: whether its store throws, rejects or never answers, the call it serves goes on. */
export function createStoreGuard({ warn, timeoutMs }: StoreGuardOptions): StoreGuard {
  /** It did not answer once: it is not waited for again, operation after operation. */
  let silent = false;

  return async (what, signal, operation) => {
    if (silent) return undefined;
    try {
      const bounded = within(timeoutMs, operation);
      return await (signal === undefined ? bounded : raceAbort(bounded, signal));
    } catch (error) {
      throwIfAborted(signal);
      silent ||= isMortiseError(error, 'timeout');
      const reason = error instanceof Error ? error.message : String(error);
      warn(`The cache could not be ${what}: ${reason}. The call goes on without it.`);
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
