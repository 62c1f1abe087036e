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

/**
 * One statement for a search, filter, fusion and limit included. Its columns: `node`, `score`, `similarity` (where there is a
 * vector), `embedding` as text (for `mmr`) and `near`, how many the vectors found.
 */
export function searchSql(searched: Searched, search: Search): Sql {
  const { mode, topK, alpha } = search;
  const { table, language } = searched;
  const values = new Values();
  const condition = search.filter && filterSql(search.filter, values);
  const depth = values.bind(mode === 'hybrid' ? Math.max(topK, CANDIDATES) : topK, 'int');
  const limit = values.bind(topK, 'int');
  const vector = search.embedding && vectorSql(search.embedding, searched.half, values);
  const parts: string[] = [];
  if (vector !== undefined)
    parts.push(...nearSql({ table, vector, condition: condition ?? 'true', depth, values, search }));
  if (mode === 'text' || mode === 'hybrid')
    parts.push(...wordsSql({ table, language, question: search.text, condition, depth }, values));
  if (mode === 'hybrid') parts.push(...fusedSql(values.bind(alpha, 'float8')));
  const found = mode === 'hybrid' ? 'fused' : mode === 'text' ? 'words' : 'near';
  const columns = [
    'row.node AS node',
    'found.score AS score',
    ...(vector === undefined ? [] : [`${similarity('row.embedding', vector)} AS similarity`]),
    ...(vector === undefined ? [] : ['(SELECT count(*) FROM near)::int AS near']),
    ...(mode === 'mmr' ? ['row.embedding::text AS embedding'] : []),
  ];
  const text = `WITH ${parts.join(',\n')}
SELECT ${columns.join(', ')}
FROM (SELECT id, score FROM ${found} ORDER BY score DESC, id LIMIT ${limit}) AS found JOIN ${table} AS row USING (id)
ORDER BY found.score DESC, id`;
  return { text, values: values.all };
}

interface Near {
  readonly table: string;
  readonly vector: string;
  readonly condition: string;
  readonly depth: string;
  readonly values: Values;
  readonly search: Search;
}

/** Vectors of length 1: their inner product, which pgvector gives negated, is the cosine, and 0 where one is of zeros. */
function nearSql({ table, vector, condition, depth, values, search }: Near): string[] {
  // Ordered by something else than the graph's own distance, so that it is not taken.
  if (!search.alongGraph)
    return [
      `near AS MATERIALIZED (
  SELECT id, ${similarity('embedding', vector)} AS score FROM ${table} WHERE ${condition} ORDER BY score DESC, id LIMIT ${depth})`,
    ];
  const width = values.bind(String(Math.min(WIDEST, Math.max(search.topK, 40))), 'text');
  // For this statement alone, and set before the graph is looked at: the second part needs a row of the first.
  // Iterative: it goes on where the filter lets too few pass.
  return [
    `settings AS MATERIALIZED (
  SELECT set_config('hnsw.iterative_scan', 'strict_order', true) AS scan, set_config('hnsw.ef_search', ${width}, true) AS width)`,
    `near AS MATERIALIZED (
  SELECT nearest.id, greatest(-1, least(1, -nearest.distance)) AS score FROM settings CROSS JOIN LATERAL (
    SELECT id, embedding <#> ${vector} AS distance FROM ${table}
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
