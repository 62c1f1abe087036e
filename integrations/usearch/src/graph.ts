import { setImmediate } from 'node:timers/promises';
import type { GraphIndex, Library } from './library.ts';
import type { Table } from './table.ts';

export interface GraphSettings {
  readonly connectivity: number;
  readonly expansionAdd: number;
  readonly expansionSearch: number;
  readonly threads: number;
}

/** Rows that are added before timers run. */
const SLICE = 32;

export function createGraph(library: Library, settings: GraphSettings, dimensions: number): GraphIndex {
  return new library.Index({
    dimensions,
    metric: 'cos',
    connectivity: settings.connectivity,
    expansion_add: settings.expansionAdd,
    expansion_search: settings.expansionSearch,
  });
}

/**
 * The graph that was saved with this table, at `path`. Where there is none, or none that can be used, it is made again
 * of the vectors: that takes longer and loses nothing.
 */
export async function loadGraph(
  library: Library,
  settings: GraphSettings,
  table: Table,
  dimensions: number,
  path: string | undefined,
): Promise<GraphIndex> {
  if (path !== undefined) {
    const saved = createGraph(library, settings, dimensions);
    try {
      saved.load(path);
      return saved;
    } catch {
      // Written by a version of usearch that this one does not read.
    }
  }
  const made = createGraph(library, settings, dimensions);
  for (let row = 0; row < table.size; row += SLICE) {
    if (row > 0) await setImmediate();
    const end = Math.min(table.size, row + SLICE);
    const keys = BigUint64Array.from(table.labels.slice(row, end), BigInt);
    made.add(keys, table.vectors().subarray(row * dimensions, end * dimensions), settings.threads);
  }
  return made;
}
