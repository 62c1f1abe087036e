import { timeSlices } from '@mortise/core/call';
import type { GraphIndex, Library } from './library.ts';
import type { Table } from './table.ts';

export interface GraphSettings {
  readonly connectivity: number;
  readonly expansionAdd: number;
  readonly expansionSearch: number;
  readonly threads: number;
}

/** Rows that are added in one call, which cannot be left: as many as take so long, and no more than the most. */
const SLICE_MS = 8;
const FIRST_ROWS = 8;
const MOST_ROWS = 256;

/**
 * The rows from 0 on in parts that a graph takes some milliseconds for: that of 10,000 takes a row in 0.6 ms, one of
 * 100,000 in twice as long. Between two of them the event loop has its turn.
 */
export async function inParts(
  count: number,
  signal: AbortSignal | undefined,
  add: (start: number, end: number) => void,
): Promise<void> {
  const slices = timeSlices(signal, 0);
  let rows = FIRST_ROWS;
  for (let start = 0; start < count;) {
    if (start > 0) await slices.turn();
    const end = Math.min(count, start + rows);
    const before = performance.now();
    add(start, end);
    const took = performance.now() - before;
    // No more than twice as many: a pause of the machine says nothing.
    rows = Math.max(1, Math.min(MOST_ROWS, rows * 2, Math.round((rows * SLICE_MS) / took)));
    start = end;
  }
}

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
  await inParts(table.size, undefined, (row, end) => {
    const keys = BigUint64Array.from(table.labels.slice(row, end), BigInt);
    made.add(keys, table.vectors().subarray(row * dimensions, end * dimensions), settings.threads);
  });
  return made;
}
