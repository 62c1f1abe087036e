import { emitPoint } from '@mortise/core/events';
import type { KeyValueStore } from '@mortise/core/store';
import { createStoreGuard } from '@mortise/toolkit/wrappers';

/** Milliseconds that one operation of the cache may take; then it is left alone for a while. */
const TIMEOUT_MS = 30_000;
const NAMES = { cache: 'The ingestion cache', user: 'The run' };

/** The cache is a convenience: one that fails or does not answer costs a `warning` event, never the run. */
export function guarded<T>(
  cache: KeyValueStore,
  what: 'read' | 'written',
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const warn = (message: string): void => emitPoint('warning', { type: 'other', setting: 'cache', message });
  return createStoreGuard({ store: cache, warn, timeoutMs: TIMEOUT_MS, names: NAMES })(what, signal, work);
}
