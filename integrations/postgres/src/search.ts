import type { MetadataFilter } from '@mortise/core/store';
import type { Sql } from './database.ts';
import { filterSql, Values } from './filter-sql.ts';
import { wordsSql } from './words-sql.ts';

/** What is searched, and how. */
export interface Search {
  readonly mode: 'dense' | 'mmr' | 'text' | 'hybrid';
  /** Of length 1, or of zeros. Absent for `text`. */
  readonly embedding: Float32Array | undefined;
  readonly text: string;
  readonly topK: number;
  readonly filter: MetadataFilter | undefined;
  /** `hybrid`: the share of the vectors. */
  readonly alpha: number;
  /** Along the graph, which may find less than there is; else every vector that the filter lets pass is looked at. */
  readonly alongGraph: boolean;
}

/** What is searched in. */
export interface Searched {
  /** `"mortise"."vectors"`. */
  readonly table: string;
  readonly half: boolean;
  readonly language: string;
}

/** Of each of the two lists that a hybrid query fuses, as many as the hybrid retriever of `@mortise/rag` takes. */
export const CANDIDATES = 1000;
/** What pgvector takes for `hnsw.ef_search`. */
const WIDEST = 1000;
/** What it has by itself, and the fewest that are taken from a graph where a filter lets few pass. */
const NARROWEST = 40;

/**
 * How many the vectors are to find. Along a graph with a filter, those that pass come in no strict order: of four times as many the
 * nearest are the nearest, and where the graph is left before so many have passed, the filter lets so few pass that all are looked at.
 */
export function depthOf({ mode, topK, filter, alongGraph }: Search): number {
  if (mode === 'hybrid') return Math.max(topK, CANDIDATES);
  return alongGraph && filter !== undefined ? Math.max(NARROWEST, 4 * topK) : topK;
}

/**
 * One statement for a search, filter, fusion and limit included. Its columns: `node`, `score`, `similarity` (where there is a
 * vector), `embedding` as text (for `mmr`) and, where there is a vector, `near`: how many the vectors found.
 */
export function searchSql(searched: Searched, search: Search): Sql {
  const { mode, topK, alpha } = search;
  const { table, language } = searched;
  const values = new Values();
  const condition = search.filter && filterSql(search.filter, values);
  const depth = values.bind(depthOf(search), 'int');
  const vector = search.embedding && vectorSql(search.embedding, searched.half, values);
  const near = (columns: readonly string[]): string[] =>
    vector === undefined
      ? []
      : nearSql({ table, vector, columns, condition: condition ?? 'true', depth, values, search });
  if (mode === 'dense' || mode === 'mmr') {
    const embedding = mode === 'mmr' ? ['embedding'] : [];
    const columns = ['score', 'score AS similarity', ...embedding.map((name) => `${name}::text AS ${name}`)];
    const parts = near(['node', ...embedding]).join(',\n');
    if (search.alongGraph) columns.push(NEAR);
    const best = search.alongGraph ? ` LIMIT ${values.bind(topK, 'int')}` : '';
    const text = `WITH ${parts}
SELECT node, ${columns.join(', ')} FROM near ORDER BY score DESC, id${best}`;
    return { text, values: values.all };
  }
  const words = wordsSql({ table, language, question: search.text, condition, depth }, values);
  const fused =
    mode === 'hybrid' ? [...near([]), ...words, ...fusedSql(values.bind(alpha, 'float8'))] : words;
  const evidence =
    vector === undefined ? '' : `, ${similarity('row.embedding', vector)} AS similarity, ${NEAR}`;
  const best = `SELECT id, score FROM ${mode === 'hybrid' ? 'fused' : 'words'} ORDER BY score DESC, id LIMIT ${values.bind(topK, 'int')}`;
  const text = `WITH ${fused.join(',\n')}
SELECT row.node AS node, found.score AS score${evidence}
FROM (${best}) AS found JOIN ${table} AS row USING (id)
ORDER BY found.score DESC, id`;
  return { text, values: values.all };
}

const NEAR = '(SELECT count(*) FROM near)::int AS near';

interface Near {
  readonly table: string;
  readonly vector: string;
  /** What is given of each, besides its id and its score. */
  readonly columns: readonly string[];
  readonly condition: string;
  readonly depth: string;
  readonly values: Values;
  readonly search: Search;
}

/** Vectors of length 1: their inner product, which pgvector gives negated, is the cosine, and 0 where one is of zeros. */
function nearSql({ table, vector, columns, condition, depth, values, search }: Near): string[] {
  const given = ['id', ...columns];
  // Ordered by something else than the graph's own distance, so that it is not taken.
  if (!search.alongGraph)
    return [
      `near AS MATERIALIZED (
  SELECT ${given.join(', ')}, ${similarity('embedding', vector)} AS score FROM ${table} WHERE ${condition} ORDER BY score DESC, id LIMIT ${depth})`,
    ];
  const width = values.bind(String(Math.min(WIDEST, Math.max(depthOf(search), NARROWEST))), 'text');
  // For this statement alone, and set before the graph is looked at: the second part needs a row of the first.
  // Iterative: it goes on where the filter lets too few pass. Relaxed, since a strict order drops what comes late, though near.
  return [
    `settings AS MATERIALIZED (
  SELECT set_config('hnsw.iterative_scan', 'relaxed_order', true) AS scan, set_config('hnsw.ef_search', ${width}, true) AS width)`,
    `near AS MATERIALIZED (
  SELECT ${given.map((name) => `nearest.${name}`).join(', ')}, greatest(-1, least(1, -nearest.distance)) AS score FROM settings CROSS JOIN LATERAL (
    SELECT ${given.join(', ')}, embedding <#> ${vector} AS distance FROM ${table}
    WHERE settings.scan IS NOT NULL AND ${condition} ORDER BY embedding <#> ${vector} LIMIT ${depth}) AS nearest)`,
  ];
}

/**
 * As the mode `relative-score` of `fuse` in `@mortise/rag`: a list's best counts 1, its worst 0, the others by their distance; one
 * whose scores are all equal counts 1 a node when they are above 0, else 0.
 */
function fusedSql(alpha: string): string[] {
  const counted = (list: string, share: string): string => `
  SELECT id, ${share} * CASE
    WHEN max(score) OVER () > min(score) OVER () THEN (score - min(score) OVER ()) / (max(score) OVER () - min(score) OVER ())
    WHEN score > 0 THEN 1 ELSE 0 END AS part FROM ${list}`;
  return [
    `fused AS (
  SELECT id, sum(part) AS score FROM (${counted('near', alpha)} UNION ALL${counted('words', `(1 - ${alpha})`)}) AS parts GROUP BY id)`,
  ];
}

function similarity(column: string, vector: string): string {
  return `greatest(-1, least(1, -(${column} <#> ${vector})))`;
}

function vectorSql(embedding: Float32Array, half: boolean, values: Values): string {
  return `(${values.bind(vectorText(embedding), 'text')})::${half ? 'halfvec' : 'vector'}`;
}

/** As pgvector reads it: a JSON list of numbers. */
export function vectorText(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
