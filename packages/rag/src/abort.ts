import { raceAbort } from '@mortise/core/call';

/**
 * Runs what may be anybody's implementation of a contract, and makes an abort settle at once with exactly its reason,
 * whatever that implementation throws or however long it takes to notice.
 */
export async function abortable<T>(signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await (signal === undefined ? run() : raceAbort(run(), signal));
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
