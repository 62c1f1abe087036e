import { MortiseError } from '@mortise/core';
import { raceAbort, runPool } from '@mortise/core/call';

/**
 * Results in the order of the items, at most `concurrency` at work. The first failure, or the caller's abort, ends the
 * others by the signal that `work` is given, and rejects at once.
 */
export async function mapPool<T, R>(
  items: readonly T[],
  { concurrency, signal }: { readonly concurrency: number; readonly signal?: AbortSignal | undefined },
  work: (item: T, signal: AbortSignal, at: number) => Promise<R>,
): Promise<R[]> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const onAbort = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', onAbort, { once: true });
  const results = new Array<R>(items.length);
  try {
    await runPool(items.entries(), Math.min(concurrency, items.length), async ([at, item]) => {
      try {
        results[at] = await raceAbort(work(item, controller.signal, at), controller.signal);
      } catch (error) {
        const message = 'Another step beside this one failed, so it was given up.';
        controller.abort(new MortiseError('aborted', message, { cause: error }));
        throw error;
      }
    });
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
  return results;
}
