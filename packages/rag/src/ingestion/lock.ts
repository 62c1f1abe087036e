import { DocumentLocks, type DocumentStore, type LockOptions, type StoreLock } from '@mortise/core/store';

/** Of stores that cannot be locked: what runs of this process write. */
const running = new WeakMap<DocumentStore, DocumentLocks>();

/** The store's lock; of one that has none, a lock among the runs of this process. `conflict` when another run holds it. */
export async function lockOf(documents: DocumentStore, options: LockOptions): Promise<StoreLock> {
  if (documents.lock !== undefined) return documents.lock(options);
  const locks = running.get(documents) ?? new DocumentLocks();
  running.set(documents, locks);
  const release = locks.take('of these documents', options.sourceIds);
  return { release: async () => release() };
}
