import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@mortise/core/call';
import { reading } from '@mortise/core/shared';
import {
  checkTermQuery,
  inverseDocumentFrequency,
  matchesFilter,
  termSaturation,
  type RankedTerms,
  type TermQuery,
} from '@mortise/core/store';
import { BestFirst } from './best-first.ts';
import type { TermRows, TermStatements } from './term-statements.ts';

/** Milliseconds of work before other work has its turn. */
const TURN_MS = 10;
/** What is written meanwhile may tear a ranking, which then begins anew: so often, the last time in one go. */
const ATTEMPTS = 3;

type Checked = ReturnType<typeof checkTermQuery>;

/** Work on an open file, as soon as it is free; done again from its beginning where it was not. */
export type ReadTerms = <T>(work: (terms: TermStatements) => T | RankedTerms[]) => Promise<T | RankedTerms[]>;

/** See `TermIndex.rank`. */
export async function rankTerms(
  query: TermQuery,
  signal: AbortSignal | undefined,
  read: ReadTerms,
): Promise<RankedTerms[]> {
  throwIfAborted(signal);
  const checked = reading('The query', () =>
    checkTermQuery({ ...query, terms: new Map(query.terms), also: [...(query.also ?? [])] }),
  );
  let torn = 0;
  let ranking: Ranking | undefined;
  for (;;) {
    const found = await read((terms) => {
      const under = (ranking ??= new Ranking(checked, terms.stamp()));
      // Done again from the beginning, should the file not be free in the middle of it.
      ranking = undefined;
      const results = under.advance(terms, torn + 1 < ATTEMPTS ? TURN_MS : Infinity);
      if (results === undefined) ranking = under;
      else if (terms.stamp() === under.stamp || torn + 1 === ATTEMPTS) return results;
      else torn += 1;
      return undefined;
    });
    if (found !== undefined) return found;
    await setImmediate();
    throwIfAborted(signal);
  }
}

/** One ranking, in steps. */
class Ranking {
  /** Of the file when it began. */
  readonly stamp: string;
  readonly #query: Checked;
  readonly #steps: Generator<void, RankedTerms[]>;
  #terms: TermStatements | undefined;

  constructor(query: Checked, stamp: string) {
    this.stamp = stamp;
    this.#query = query;
    this.#steps = this.#ranked();
  }

  /** Works on for so many milliseconds; undefined while there is more to do. */
  advance(terms: TermStatements, ms: number): RankedTerms[] | undefined {
    this.#terms = terms;
    const end = performance.now() + ms;
    for (;;) {
      const { done, value } = this.#steps.next();
      if (done === true) return value;
      if (performance.now() >= end) return undefined;
    }
  }

  *#ranked(): Generator<void, RankedTerms[]> {
    const { terms, topK, also = [] } = this.#query;
    const nodes = this.#file.rows();
    const { rows } = nodes;
    if (rows.length === 0) return [];
    // Each statement is a step of its own: all rows, and those of each term.
    yield;
    const scores = new Float64Array(rows.length);
    const covered = new Float64Array(rows.length);
    let weights = 0;
    for (const [term, weight] of terms) {
      const holding = this.#file.holding(term);
      weights += addTerm({ holding, weight, nodes, scores, covered, query: this.#query });
      yield;
    }

    const rankedAt = (slot: number, id: string): RankedTerms => {
      return { id, score: scores[slot]!, coverage: Math.min(1, covered[slot]! / weights) };
    };
    const best: RankedTerms[] = [];
    const heap = new BestFirst(scores);
    let last = 0;
    for (let slot = heap.next(); slot !== undefined; slot = heap.next()) {
      // Of equal scores those of the first ids are taken, and so all of them are looked at.
      if (best.length >= topK && scores[slot]! < last) break;
      last = scores[slot]!;
      const id = this.#passing(rows[slot]!);
      if (id !== undefined) best.push(rankedAt(slot, id));
      yield;
    }
    best.sort(byScore).splice(topK);

    const asked: RankedTerms[] = [];
    const known = new Set(best.map(({ id }) => id));
    for (const id of new Set(also)) {
      const row = known.has(id) ? undefined : this.#file.rowOf(id);
      const slot = row === undefined ? -1 : slotFrom(0, row, rows);
      if (slot >= 0 && scores[slot]! > 0 && this.#passing(rows[slot]!) !== undefined)
        asked.push(rankedAt(slot, id));
      yield;
    }
    return [...best, ...asked.sort(byScore)];
  }

  get #file(): TermStatements {
    return this.#terms!;
  }

  /** The id of the node in a row, if it passes the filter. */
  #passing(row: number): string | undefined {
    const { filter } = this.#query;
    const passes = filter === undefined || matchesFilter(this.#file.metadataAt(row) ?? {}, filter);
    return passes ? this.#file.idAt(row) : undefined;
  }
}

interface Adding {
  /** Rows in their order, each as often as it holds the term. */
  readonly holding: readonly number[];
  readonly weight: number;
  readonly nodes: TermRows;
  readonly scores: Float64Array;
  readonly covered: Float64Array;
  readonly query: Checked;
}

/** Adds what one term counts to the scores; returns its inverse document frequency. */
function addTerm({ holding, weight, nodes, scores, covered, query: { k1, b } }: Adding): number {
  const slots: number[] = [];
  const counts: number[] = [];
  for (let at = 0, from = 0; at < holding.length;) {
    const row = holding[at]!;
    let next = at + 1;
    while (holding[next] === row) next++;
    const slot = slotFrom(from, row, nodes.rows);
    if (slot >= 0) {
      slots.push(slot);
      counts.push(next - at);
      from = slot + 1;
    }
    at = next;
  }
  const idf = inverseDocumentFrequency(nodes.rows.length, slots.length);
  for (const [at, slot] of slots.entries()) {
    scores[slot]! += weight * idf * termSaturation(counts[at]!, nodes.lengths[slot]! / nodes.mean, k1, b);
    covered[slot]! += idf;
  }
  return idf;
}

/** Where a row stands among the ascending `rows` from `from` on; -1 where it does not. */
function slotFrom(from: number, row: number, rows: Float64Array): number {
  let [low, high] = [from, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]! < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row ? low : -1;
}

function byScore(a: RankedTerms, b: RankedTerms): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}
