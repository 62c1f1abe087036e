import { MortiseError } from '../errors.ts';
import { wholeNumber } from '../shared/options.ts';
import { linkedController, raceAbort, throwIfAborted } from './timers.ts';

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

/** How many items are worked on at once, and who may end it. */
export interface MapPoolOptions {
  /** A whole number above 0. */
  readonly concurrency: number;
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** What the others' signal is aborted with when one has failed. Default: an `aborted` error with the failure as its cause. */
  readonly siblingReason?: ((failure: unknown) => unknown) | undefined;
}

/**
 * What `work` gives for each item, in the order of the items, at most `concurrency` of them under way. The first failure, or
 * the caller's abort, ends the others by the signal that `work` is given, and rejects at once, also where `work` does not
 * look at it; after an abort with exactly the caller's reason.
 */
export async function mapPool<T, R>(
  items: readonly T[],
  { concurrency, signal, siblingReason = givenUp }: MapPoolOptions,
  work: (item: T, signal: AbortSignal, at: number) => Promise<R>,
): Promise<R[]> {
  wholeNumber('concurrency', concurrency);
  throwIfAborted(signal);
  if (items.length === 0) return [];
  const results = new Array<R>(items.length);
  const linked = linkedController(signal);
  try {
    await runPool(items.entries(), Math.min(concurrency, items.length), async ([at, item]) => {
      try {
        results[at] = await raceAbort(work(item, linked.signal, at), linked.signal);
      } catch (error) {
        if (!linked.signal.aborted) linked.abort(siblingReason(error));
        throw error;
      }
    });
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    linked.unlink();
  }
  return results;
}

function givenUp(cause: unknown): MortiseError {
  return new MortiseError('aborted', 'Another step beside this one failed, so it was given up.', { cause });
}
