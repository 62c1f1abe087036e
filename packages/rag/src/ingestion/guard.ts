import { emitPoint } from '@mortise/core/events';

/** The cache is a convenience: one that fails costs a `warning` event, never the run. */
export async function guarded<T>(
  what: 'read' | 'written',
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const message = `The ingestion cache could not be ${what}: ${reason}. The run goes on without it.`;
    emitPoint('warning', { type: 'other', setting: 'cache', message });
    return undefined;
  }
}
