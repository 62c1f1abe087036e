import { MortiseError } from '@mortise/core';
import type { DocumentStore, StoreLock } from '@mortise/core/store';

/** Stores that cannot be locked, and are written by a run of this process. */
const running = new WeakSet<DocumentStore>();

/** The store's lock; of one that has none, a lock among the runs of this process. `conflict` when another run holds it. */
export async function lockOf(documents: DocumentStore, signal: AbortSignal | undefined): Promise<StoreLock> {
  if (documents.lock !== undefined) return documents.lock({ signal });
  if (running.has(documents)) {
    const message = 'Another run writes to this document store. Wait for it to end.';
    throw new MortiseError('conflict', message);
  }
  running.add(documents);
  return { release: async () => void running.delete(documents) };
}
