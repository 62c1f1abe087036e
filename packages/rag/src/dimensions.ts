import { MortiseError } from '@mortise/core';
import type { StoreOptions, VectorStore, VectorStoreSupport } from '@mortise/core/store';

/**
 * Throws `configuration` for vectors of other dimensions than the store's, where both are known: told before anything
 * is embedded, since every single vector would be refused.
 */
export function requireDimensions(support: VectorStoreSupport, dimensions: number | undefined): void {
  const held = support.dimensions;
  if (held === undefined || dimensions === undefined || held === dimensions) return;
  const message = `The embedding model gives vectors of ${dimensions} dimensions, the vector store holds ${held}. Use the model it was built with, or an empty store.`;
  throw new MortiseError('configuration', message);
}

/**
 * What a store declares once it was opened: one on a disk tells its dimensions after its first call, so one that deletes
 * nothing is made where they are not known yet.
 */
export async function openedSupport(store: VectorStore, options: StoreOptions): Promise<VectorStoreSupport> {
  if (store.support.dimensions === undefined) await store.delete({ ids: [] }, options);
  return store.support;
}
