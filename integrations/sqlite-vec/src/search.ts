import { vectorToBytes } from '@mortise/core/embedding';
import { timeSlices, type TimeSlices } from '@mortise/core/call';
import type { Database } from './database.ts';
import type { Sql } from './filter-sql.ts';

/** What is searched for. */
export interface Search {
  readonly embedding: Float32Array;
  readonly topK: number;
  readonly condition: Sql | undefined;
  readonly withEmbedding: boolean;
}

/** A node that was found, with its cosine to the query. */
export interface FoundRow {
  readonly json: string;
  readonly similarity: number;
  /** Absent unless it was asked for. */
  readonly embedding?: Uint8Array;
}

/** Work on the open file, as soon as it is free. */
export type Read = <T>(work: (database: Database) => T) => Promise<T>;

/** Numbers that are compared in one statement, which cannot be left: some 10 ms. */
const STEP_NUMBERS = 2_000_000;
/** What is written meanwhile may tear a search, which then begins anew: so often, the last time in one go. */
const ATTEMPTS = 3;

/** The nearest of what the condition holds for, best first; of equal ones the older. */
export async function nearest(
  search: Search,
  signal: AbortSignal | undefined,
  read: Read,
): Promise<FoundRow[]> {
  const slices = timeSlices(signal);
  for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
    const found = await inSteps(search, slices, read);
    if (found !== undefined) return found;
  }
  return read((database) => inOneGo(database, search, stretchesOf(database, search)));
}

/** Undefined where something was written meanwhile. */
async function inSteps(search: Search, slices: TimeSlices, read: Read): Promise<FoundRow[] | undefined> {
  const begun = await read((database) => {
    const stretches = stretchesOf(database, search);
    if (stretches.length < 2) return inOneGo(database, search, stretches);
    return { stamp: database.stamp(), stretches };
  });
  if (Array.isArray(begun)) return begun;
  const { stamp, stretches } = begun;
  let best: Ranked[] = [];
  for (const stretch of stretches) {
    const turn = slices.turn();
    if (turn !== undefined) await turn;
    const ranked = await read((database) => rankedIn(database, search, stretch));
    best = bestOf([...best, ...ranked], search);
  }
  return read((database) => (database.stamp() === stamp ? withNodes(database, best, search) : undefined));
}

function inOneGo(database: Database, search: Search, stretches: readonly Sql[]): FoundRow[] {
  const ranked = stretches.flatMap((stretch) => rankedIn(database, search, stretch));
  return withNodes(database, bestOf(ranked, search), search);
}

/** Conditions for a part of the rows each, which together are those that are searched. */
function stretchesOf(database: Database, { embedding, condition }: Search): Sql[] {
  const step = Math.max(1, Math.floor(STEP_NUMBERS / embedding.length));
  const stretches: Sql[] = [];
  if (condition === undefined) {
    // By themselves each of the two is found in the index at once.
    const ends = database.prepare(
      'SELECT (SELECT min(row) FROM vector_embeddings) AS first, (SELECT max(row) FROM vector_embeddings) AS last',
    );
    const { first, last } = ends.get() as { first: number | null; last: number };
    for (let from = first ?? Infinity; from <= last; from += step)
      stretches.push({ text: 'row BETWEEN ? AND ?', values: [from, from + step - 1] });
    return stretches;
  }
  // Asked for once, since a condition on the metadata may look at all of them.
  const passing = database.prepare(
    `SELECT json_group_array(row) AS numbers FROM vector_embeddings WHERE ${condition.text}`,
  );
  const rows = JSON.parse(passing.get(...condition.values)?.['numbers'] as string) as number[];
  for (let at = 0; at < rows.length; at += step) {
    const numbers = JSON.stringify(rows.slice(at, at + step));
    stretches.push({ text: 'row IN (SELECT value FROM json_each(?))', values: [numbers] });
  }
  return stretches;
}

interface Ranked {
  readonly row: number;
  readonly similarity: number;
}

function rankedIn(database: Database, { embedding, topK }: Search, { text, values }: Sql): Ranked[] {
  // A vector of zeros is like no other: its cosine, NULL to SQLite, is 0.
  const ranked = database.prepare(`
    SELECT row, coalesce(1 - vec_distance_cosine(embedding, ?), 0) AS similarity
    FROM vector_embeddings WHERE ${text} ORDER BY similarity DESC, row LIMIT ?`);
  return ranked.all(vectorToBytes(embedding), ...values, topK) as unknown as Ranked[];
}

function bestOf(ranked: readonly Ranked[], { topK }: Search): Ranked[] {
  return ranked.toSorted((a, b) => b.similarity - a.similarity || a.row - b.row).slice(0, topK);
}

function withNodes(database: Database, ranked: readonly Ranked[], { withEmbedding }: Search): FoundRow[] {
  const node = database.prepare('SELECT json FROM vector_nodes WHERE row = ?');
  const vector = database.prepare('SELECT embedding FROM vector_embeddings WHERE row = ?');
  return ranked.map(({ row, similarity }) => ({
    json: node.get(row)?.['json'] as string,
    similarity: Math.max(-1, Math.min(1, similarity)),
    ...(withEmbedding ? { embedding: vector.get(row)?.['embedding'] as Uint8Array } : {}),
  }));
}
