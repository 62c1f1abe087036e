import type { Table } from '@lancedb/lancedb';
import { isPresent } from './errors.ts';
import type { Library } from './library.ts';

/** How vectors are searched. */
export type IndexKind = 'exact' | 'hnsw';

/** Below it every vector is looked at as fast. */
const FEWEST_ROWS = 1000;
/** Versions of the table that are older go. A search reads one for seconds. */
const KEPT_MS = 3_600_000;

/** Brings fragments together and indexes up to date; builds the graph where there is none yet. */
export async function optimized({ lancedb }: Library, table: Table, index: IndexKind): Promise<void> {
  await table.optimize({ cleanupOlderThan: new Date(Date.now() - KEPT_MS) });
  if (index === 'exact' || (await table.countRows()) < FEWEST_ROWS) return;
  const config = lancedb.Index.hnswSq({ distanceType: 'dot', numPartitions: 1, m: 16, efConstruction: 150 });
  try {
    await table.createIndex('vector', { config, replace: false });
  } catch (error) {
    // It is up to date by now.
    if (!isPresent(error)) throw error;
  }
}
