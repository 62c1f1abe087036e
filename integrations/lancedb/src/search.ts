import type { Query, Table, VectorQuery } from '@lancedb/lancedb';
import type { Table as ArrowTable } from 'apache-arrow';
import { similarity } from '@mortise/core/embedding';
import { isOneOf } from './filter-sql.ts';

/** What is searched, and how. */
export interface Search {
  readonly mode: 'dense' | 'mmr' | 'text' | 'hybrid';
  /** Of length 1, or of zeros. Absent for `text`. */
  readonly vector: Float32Array | undefined;
  readonly text: string;
  readonly topK: number;
  readonly condition: string | undefined;
  /** `hybrid`: the share of the vectors. */
  readonly alpha: number;
  /** By the index of vectors, which may find less than there is; else every vector that passes is looked at. */
  readonly byIndex: boolean;
}

/** A row that was found. */
export interface Found {
  readonly id: string;
  /** JSON. */
  readonly node: string;
  readonly score: number;
  /** Where there is a vector in the query. */
  readonly similarity?: number;
  readonly vector?: Float32Array;
}

/** Of each of the two lists that a hybrid query fuses, as many as the hybrid retriever of `@mortise/rag` takes. */
const CANDIDATES = 1000;
/** Of a question: who asks more has pasted a book. */
const LONGEST_QUESTION = 20_000;
/** LanceDB cuts a larger number down to its last 32 bits. */
const MOST_ROWS = 2_147_483_647;
/** By the index, as many vectors are compared exactly for each that is wanted. */
const REFINE = 4;

/** Best first; of equal scores by id. */
export async function found(table: Table, search: Search): Promise<Found[]> {
  if (search.mode === 'text') return byWords(table, search, search.topK, ['node']);
  if (search.mode !== 'hybrid') return byVector(table, search, search.topK, ['node', 'vector']);
  const depth = Math.max(search.topK, CANDIDATES);
  const [near, words] = await Promise.all([
    byVector(table, search, depth, []),
    byWords(table, search, depth, []),
  ]);
  const best = fused([near, words], [search.alpha, 1 - search.alpha]).slice(0, search.topK);
  return withNodes(table, best, search.vector as Float32Array);
}

async function byVector(table: Table, search: Search, limit: number, columns: string[]): Promise<Found[]> {
  const { vector, condition } = search;
  const query = (isExact: boolean): VectorQuery => {
    const asked = table
      .query()
      .nearestTo(vector as Float32Array)
      .column('vector')
      .distanceType('dot')
      .select(['id', ...columns, '_distance'])
      .limit(Math.min(limit, MOST_ROWS));
    if (condition !== undefined) asked.where(condition);
    return isExact ? asked.bypassVectorIndex() : asked.refineFactor(REFINE);
  };
  let rows = await query(!search.byIndex).toArrow();
  if (search.byIndex && rows.numRows < limit) rows = await query(true).toArrow();
  return sorted(rows, '_distance', (distance) => Math.max(-1, Math.min(1, 1 - distance)));
}

/** Any of the words, as the language cuts and stems them; nothing in a question is syntax. */
async function byWords(table: Table, search: Search, limit: number, columns: string[]): Promise<Found[]> {
  const { condition } = search;
  const question = search.text.slice(0, LONGEST_QUESTION).toWellFormed().replaceAll('\0', ' ');
  if (question.trim() === '') return [];
  const query: Query = table
    .query()
    .fullTextSearch(question, { columns: ['text'] })
    .select(['id', ...columns, '_score'])
    .limit(Math.min(limit, MOST_ROWS));
  if (condition !== undefined) query.where(condition);
  return sorted(await query.toArrow(), '_score', (score) => score);
}

function sorted(rows: ArrowTable, column: string, scoreOf: (value: number) => number): Found[] {
  const [ids, nodes, values] = ['id', 'node', column].map((name) => rows.getChild(name));
  const vectors = rows.getChild('vector');
  const all: Found[] = [];
  for (let at = 0; at < rows.numRows; at++) {
    const score = scoreOf(values?.get(at) as number);
    const vector = (vectors?.get(at) as { toArray(): Float32Array } | null | undefined)?.toArray();
    all.push({
      id: ids?.get(at) as string,
      node: (nodes?.get(at) ?? '') as string,
      score,
      ...(column === '_distance' ? { similarity: score } : {}),
      ...(vector === undefined ? {} : { vector }),
    });
  }
  return all.toSorted(byScore);
}

function byScore(a: { score: number; id: string }, b: { score: number; id: string }): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}

interface Ranked {
  readonly id: string;
  readonly score: number;
}

/**
 * As the mode `relative-score` of `fuse` in `@mortise/rag`: a list's best counts 1, its worst 0, the others by their distance;
 * one whose scores are all equal counts 1 a node when they are above 0, else 0.
 */
function fused(lists: readonly (readonly Ranked[])[], shares: readonly number[]): Ranked[] {
  const sums = new Map<string, number>();
  for (const [at, list] of lists.entries()) {
    const [high, low] = [list[0]?.score ?? 0, list.at(-1)?.score ?? 0];
    for (const { id, score } of list) {
      const part = high > low ? (score - low) / (high - low) : Number(score > 0);
      sums.set(id, (sums.get(id) ?? 0) + part * shares[at]!);
    }
  }
  return Array.from(sums, ([id, score]) => ({ id, score })).toSorted(byScore);
}

/** What was deleted meanwhile is left out. */
async function withNodes(table: Table, ranked: readonly Ranked[], query: Float32Array): Promise<Found[]> {
  if (ranked.length === 0) return [];
  const rows = await table
    .query()
    .where(
      isOneOf(
        'id',
        ranked.map(({ id }) => id),
      ),
    )
    .select(['id', 'node', 'vector'])
    .toArrow();
  const byId = new Map(sorted(rows, '', () => 0).map((row) => [row.id, row]));
  return ranked.flatMap(({ id, score }) => {
    const row = byId.get(id);
    if (row?.vector === undefined) return [];
    return [{ id, score, node: row.node, similarity: similarity(row.vector, query) }];
  });
}
