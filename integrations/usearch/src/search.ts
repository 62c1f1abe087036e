import type { Node } from '@mortise/core/retriever';
import type { GraphIndex, Library } from './library.ts';
import type { Table } from './table.ts';

/** A row of the table and its cosine to the query. */
export interface Hit {
  readonly row: number;
  readonly similarity: number;
}

/** Rows that are gathered and compared at once: 12 MB of 384 dimensions. */
const BLOCK_ROWS = 8_192;
/** From this share of all rows on, asking the graph for so many costs more than comparing with all. */
const GRAPH_SHARE = 0.25;
/** How much further the graph is asked when a filter left too few. */
const WIDER = 4;

/** The nearest rows that `passes` lets through, exactly: by comparing with each of them. */
export function exactHits(
  library: Library,
  table: Table,
  query: Float32Array,
  topK: number,
  passes: ((node: Node) => boolean) | undefined,
): Hit[] {
  const dimensions = query.length;
  const best = (vectors: Float32Array, rowAt: (at: number) => number): Hit[] => {
    const k = Math.min(topK, vectors.length / dimensions);
    if (k === 0) return [];
    const { keys, distances } = library.exactSearch(vectors, query, dimensions, k, 'cos', 1);
    return Array.from(keys, (key, at) => hit(rowAt(Number(key)), distances[at]!));
  };
  if (passes === undefined) return best(table.vectors(), (at) => at);

  let hits: Hit[] = [];
  let rows: number[] = [];
  const block = new Float32Array(Math.min(BLOCK_ROWS, table.size) * dimensions);
  const compare = (): void => {
    const found = best(block.subarray(0, rows.length * dimensions), (at) => rows[at]!);
    hits = [...hits, ...found].sort((a, b) => b.similarity - a.similarity).slice(0, topK);
    rows = [];
  };
  for (const [row, node] of table.nodes.entries()) {
    if (!passes(node)) continue;
    block.set(table.vector(row), rows.length * dimensions);
    if (rows.push(row) === BLOCK_ROWS) compare();
  }
  compare();
  return hits;
}

/**
 * The nearest rows as the graph finds them. With a filter it is asked for more and more, until enough of what it finds
 * passes; when that would be a good part of all rows, they are compared one by one instead, which is exact: a filter
 * never leaves fewer than there are.
 */
export function graphHits(
  library: Library,
  table: Table,
  graph: GraphIndex,
  query: Float32Array,
  topK: number,
  passes: ((node: Node) => boolean) | undefined,
): Hit[] {
  let wanted = passes === undefined ? topK : topK * WIDER;
  while (wanted <= table.size * GRAPH_SHARE) {
    const { keys, distances } = graph.search(query, wanted, 1);
    const hits: Hit[] = [];
    for (const [at, key] of keys.entries()) {
      const row = table.rowOfLabel(Number(key));
      if (row !== undefined && passes?.(table.nodes[row]!) !== false) hits.push(hit(row, distances[at]!));
    }
    if (hits.length >= topK) return hits.slice(0, topK);
    wanted *= WIDER;
  }
  return exactHits(library, table, query, topK, passes);
}

function hit(row: number, distance: number): Hit {
  return { row, similarity: Math.max(-1, Math.min(1, 1 - distance)) };
}
