import { wholeNumber } from '../shared/options.ts';

/**
 * Runs `work` on the items with at most `concurrency` at once: a pool, so a slow item holds back one place and not
 * a wave. The first failure stops the taking of further items; `work` is told by its own means (a shared signal).
 * Rejects with that first failure once every running item has settled.
 */
export async function runPool<T>(
  items: Iterable<T> | AsyncIterable<T>,
  concurrency: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  wholeNumber('concurrency', concurrency);
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let failed = false;
  let failure: unknown;

  async function worker(): Promise<void> {
    while (!failed) {
      try {
        const next = await iterator.next();
        if (next.done === true) return;
        await work(next.value);
      } catch (error) {
        if (!failed) [failed, failure] = [true, error];
      }
    }
  }

  await Promise.all(Array.from({ length: concurrency }, worker));
  if (!failed) return;
  // As `for await` does: an iterable that holds something open must hear that nobody goes on. The failure does not wait
  // for what it then does, and what it throws is not the one to tell.
  void (async () => iterator.return?.())().catch(() => undefined);
  throw failure as Error;
}
