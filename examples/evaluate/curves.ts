import type { Collection } from './collection.ts';
import type { MeasuredQuery, RetrievalReport } from '@mortise/rag';

/** One line of a diagram: its points from left to right, both parts 0 to 1. */
export interface Curve {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

type Judgements = Collection['judgements'];

/** Ids of the documents that are relevant to a query. */
export function relevantTo(query: string, judgements: Judgements): Set<string> {
  const grades = judgements.get(query) ?? new Map<string, number>();
  return new Set([...grades].flatMap(([id, grade]) => (grade > 0 ? [id] : [])));
}

/** Mean recall of the first k, for each k up to `most`: from 0 to 1 by the logarithm of k, since the first places count most. */
export function recallCurve({ name, queries }: RetrievalReport, judgements: Judgements, most: number): Curve {
  const sums = new Float64Array(most);
  for (const { id, found } of queries) {
    const relevant = relevantTo(id, judgements);
    let hits = 0;
    for (let at = 0; at < most; at++) {
      if (relevant.has(found[at] ?? '')) hits += 1;
      sums[at] = (sums[at] ?? 0) + hits / relevant.size;
    }
  }
  return {
    name,
    points: Array.from(sums, (sum, at) => [Math.log(at + 1) / Math.log(most), sum / queries.length] as const),
  };
}

/**
 * Mean precision at eleven levels of recall, each the best that is reached at that level or beyond (TREC's interpolation: Manning,
 * Raghavan and Schütze, "Introduction to Information Retrieval", 2008, section 8.4).
 */
export function precisionCurve({ name, queries }: RetrievalReport, judgements: Judgements): Curve {
  const levels = Array.from({ length: 11 }, (_, at) => at / 10);
  const rows = queries.map((query) => interpolated(query, judgements, levels));
  return {
    name,
    points: levels.map((level, at) => {
      const sum = rows.reduce((total, row) => total + (row[at] ?? 0), 0);
      return [level, sum / queries.length] as const;
    }),
  };
}

function interpolated(
  { id, found }: MeasuredQuery,
  judgements: Judgements,
  levels: readonly number[],
): number[] {
  const relevant = relevantTo(id, judgements);
  const reached: { recall: number; precision: number }[] = [];
  let hits = 0;
  for (const [at, document] of found.entries()) {
    if (!relevant.has(document)) continue;
    hits += 1;
    reached.push({ recall: hits / relevant.size, precision: hits / (at + 1) });
  }
  return levels.map((level) =>
    // A third of three is 0.33…, and no less than 0.3.
    reached.reduce(
      (best, { recall, precision }) => (recall >= level - 1e-9 ? Math.max(best, precision) : best),
      0,
    ),
  );
}

/** A query in which two runs differ, or of which something was missed. */
export interface QueryDifference {
  readonly id: string;
  readonly query: string;
  readonly before: number;
  readonly after: number;
  readonly relevant: ReadonlySet<string>;
  readonly found: readonly (readonly string[])[];
  /** Relevant documents that no run has among what it found. */
  readonly missed: readonly string[];
}

/** Every query, by how much better or worse the second run answers it; the greatest gain first. */
export function queryDifferences(
  [a, b]: readonly [RetrievalReport, RetrievalReport],
  { queries, judgements }: Pick<Collection, 'queries' | 'judgements'>,
  metric: string,
): QueryDifference[] {
  const texts = new Map(queries.map(({ id, query }) => [id, query]));
  const others = new Map(b.queries.map((query) => [query.id, query]));
  return a.queries
    .map(({ id, metrics, found }): QueryDifference => {
      const other = others.get(id);
      const relevant = relevantTo(id, judgements);
      const all = new Set([...found, ...(other?.found ?? [])]);
      return {
        id,
        query: texts.get(id) ?? '',
        before: metrics[metric] ?? 0,
        after: other?.metrics[metric] ?? 0,
        relevant,
        found: [found, other?.found ?? []],
        missed: [...relevant].filter((document) => !all.has(document)),
      };
    })
    .toSorted((x, y) => y.after - y.before - (x.after - x.before));
}
