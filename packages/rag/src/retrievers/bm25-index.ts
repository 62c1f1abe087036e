import { runAtOnce } from '@mortise/core/call';
import { checkOptions, checkTexts, finiteNumber, reading, wholeNumber } from '@mortise/core/shared';
import {
  BM25_DEFAULTS,
  checkFilter,
  FILTER_OPERATORS,
  inverseDocumentFrequency,
  matchesFilter,
  termSaturation,
  type MetadataFilter,
} from '@mortise/core/store';
import { checkNode, copyNode, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { Analysis, counted, type AnalysisOptions } from './analysis.ts';
import { sortSteps } from './sort-steps.ts';

/** Postings that are looked at in one step, less than a millisecond. */
const STEP_POSTINGS = 8192;

/** Nodes that are checked in one step. */
const STEP_NODES = 512;

export interface BM25IndexOptions extends AnalysisOptions {
  /** How soon a term that comes again stops counting, from 0. Default: 1.2. */
  k1?: number | undefined;
  /** How much long nodes are held back, 0 to 1. Default: 0.75. */
  b?: number | undefined;
}

/** A node found by its words. */
export interface RankedNode {
  /** The index's own, which must not be changed. */
  readonly node: Node;
  /** BM25, above 0. */
  readonly score: number;
  /** The part of the query's terms that the node holds, each by its inverse document frequency, 0 to 1. */
  readonly coverage: number;
}

/** One term: the rows that hold it, how often each, and how many of these rows are alive. */
interface Posting {
  readonly rows: number[];
  readonly counts: number[];
  alive: number;
}

/**
 * Full-text search over nodes in memory, by an inverted index and BM25 (Robertson and Zaragoza, "The Probabilistic
 * Relevance Framework: BM25 and Beyond", 2009), with the inverse document frequency as Lucene has it, which is never
 * negative. A node is one text: what its metadata say of it (those that are embedded), and its own. Results carry
 * `evidence.bm25`, the raw score, and `evidence.coverage`.
 *
 * Time to search is linear in the postings of the query's terms. A node that is replaced or removed leaves a dead row
 * until half of the rows are dead.
 *
 * Each method does its work in one step. The same methods with
 * `Steps` do it between turns of the event loop, drained by `runInSlices` of `@mortise/core/call`; what changes meanwhile
 * is found or not.
 */
export class BM25Index {
  readonly #analysis: Analysis;
  readonly #k1: number;
  readonly #b: number;
  #rowOf = new Map<string, number>();
  /** By row; a dead row has none. */
  #nodes: (Node | undefined)[] = [];
  /** Terms of each row. */
  #lengths: number[] = [];
  #terms = new Map<string, Posting>();
  /** Terms of all rows that are alive. */
  #totalLength = 0;
  /** Changes with every row that comes or goes. */
  #version = 0;

  constructor(given: BM25IndexOptions = {}) {
    const options = checkOptions(given, 'configuration');
    this.#analysis = new Analysis(options);
    this.#k1 = finiteNumber('k1', options.k1 ?? BM25_DEFAULTS.k1, { least: 0 });
    this.#b = finiteNumber('b', options.b ?? BM25_DEFAULTS.b, { least: 0, most: 1 });
  }

  get size(): number {
    return this.#rowOf.size;
  }

  /** A node with an id that is there replaces it. */
  upsert(nodes: readonly Node[]): void {
    reading('The list of nodes', () => runAtOnce(this.upsertSteps(nodes)));
  }

  /** `upsert`, node by node. */
  *upsertSteps(nodes: readonly Node[]): Generator<void, void> {
    for (const [at, node] of nodes.entries()) {
      checkNode(node);
      if (at % STEP_NODES === STEP_NODES - 1) yield;
    }
    for (const node of nodes) {
      this.#remove(node.id);
      const { embedding: _embedding, ...kept } = node;
      this.#add(copyNode(kept));
      yield;
    }
    yield* this.#sweepSteps();
  }

  remove(ids: readonly string[]): void {
    runAtOnce(this.removeSteps(checkTexts('The list of ids', ids)));
  }

  /** `remove`, node by node. */
  *removeSteps(ids: readonly string[]): Generator<void, void> {
    for (const id of ids) {
      this.#remove(id);
      yield;
    }
    yield* this.#sweepSteps();
  }

  /** Best first. Nodes that share no term with the query are not results. */
  search(query: string, topK: number, filter?: MetadataFilter): NodeWithScore[] {
    return reading('The search', () => runAtOnce(this.searchSteps(query, topK, filter)));
  }

  *searchSteps(query: string, topK: number, filter?: MetadataFilter): Generator<void, NodeWithScore[]> {
    wholeNumber('topK', topK, { code: 'invalid-request' });
    if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
    const results: NodeWithScore[] = [];
    for (const { node, score, coverage } of yield* this.rankedSteps(query)) {
      yield;
      if (filter !== undefined && !matchesFilter(node.metadata, filter)) continue;
      results.push({ node: copyNode(node), score, evidence: { bm25: score, coverage } });
      if (results.length === topK) break;
    }
    return results;
  }

  /** All that `search` can find; of equal scores by id, so that the order does not hang on past updates. */
  ranked(query: string): RankedNode[] {
    return reading('The query', () => runAtOnce(this.rankedSteps(query)));
  }

  *rankedSteps(query: string): Generator<void, RankedNode[]> {
    // A sweep makes new rows, and leaves these as they are.
    const [nodes, lengths, meanLength] = [this.#nodes, this.#lengths, this.#totalLength / this.size];
    const terms = [...this.#analysis.ofQuery(query)].map(([term, times]) => {
      const posting = this.#terms.get(term);
      return { times, posting, held: posting?.rows.length ?? 0, idf: this.#idf(posting?.alive ?? 0) };
    });
    const scores = new Float64Array(nodes.length);
    const covered = new Float64Array(nodes.length);
    const found: number[] = [];
    let weights = 0;
    for (const { times, posting, held, idf } of terms) {
      weights += idf;
      if (posting === undefined) continue;
      const { rows, counts } = posting;
      for (let at = 0; at < held; at++) {
        if (at % STEP_POSTINGS === STEP_POSTINGS - 1) yield;
        const row = rows[at] as number;
        if (nodes[row] === undefined) continue;
        if (covered[row] === 0) found.push(row);
        const relative = (lengths[row] as number) / meanLength;
        scores[row]! += times * idf * termSaturation(counts[at] as number, relative, this.#k1, this.#b);
        covered[row]! += idf;
      }
    }
    const ranked: RankedNode[] = [];
    for (const [at, row] of found.entries()) {
      if (at % STEP_POSTINGS === STEP_POSTINGS - 1) yield;
      const node = nodes[row];
      if (node === undefined) continue;
      const coverage = Math.min(1, (covered[row] as number) / weights);
      ranked.push({ node, score: scores[row] as number, coverage });
    }
    return yield* sortSteps(ranked, (a, b) => b.score - a.score || (a.node.id < b.node.id ? -1 : 1));
  }

  /** A term that no node holds weighs most. */
  #idf(holding: number): number {
    return inverseDocumentFrequency(this.size, holding);
  }

  #add(node: Node): void {
    this.#version += 1;
    const row = this.#nodes.push(node) - 1;
    this.#rowOf.set(node.id, row);
    let length = 0;
    for (const [term, count] of counted(this.#analysis.ofNode(node))) {
      let posting = this.#terms.get(term);
      if (posting === undefined) this.#terms.set(term, (posting = { rows: [], counts: [], alive: 0 }));
      posting.rows.push(row);
      posting.counts.push(count);
      posting.alive += 1;
      length += count;
    }
    this.#lengths[row] = length;
    this.#totalLength += length;
  }

  #remove(id: string): void {
    const row = this.#rowOf.get(id);
    if (row === undefined) return;
    this.#version += 1;
    const node = this.#nodes[row] as Node;
    this.#rowOf.delete(id);
    this.#nodes[row] = undefined;
    this.#totalLength -= this.#lengths[row] as number;
    for (const term of counted(this.#analysis.ofNode(node)).keys()) {
      const posting = this.#terms.get(term) as Posting;
      posting.alive -= 1;
      if (posting.alive === 0) this.#terms.delete(term);
    }
  }

  /**
   * Leaves out the rows that are dead, once they are most of them, which costs less than the updates that made it so. Where
   * something changes meanwhile, the next update begins again.
   */
  *#sweepSteps(): Generator<void, void> {
    if (this.#nodes.length < 2 * this.size + 64) return;
    const version = this.#version;
    const [nodes, lengths]: [Node[], number[]] = [[], []];
    const rowOf = new Map<string, number>();
    const moved = new Map<number, number>();
    for (const [row, node] of this.#nodes.entries()) {
      if (node !== undefined) {
        moved.set(row, nodes.length);
        rowOf.set(node.id, nodes.length);
        nodes.push(node);
        lengths.push(this.#lengths[row] as number);
      }
      if (row % STEP_POSTINGS === STEP_POSTINGS - 1) yield;
      if (version !== this.#version) return;
    }
    const terms = new Map<string, Posting>();
    let looked = 0;
    for (const [term, { rows, counts, alive }] of this.#terms) {
      const posting: Posting = { rows: [], counts: [], alive };
      terms.set(term, posting);
      for (let at = 0; at < rows.length; at++) {
        if (++looked % STEP_POSTINGS === 0) yield;
        if (version !== this.#version) return;
        const row = moved.get(rows[at] as number);
        if (row === undefined) continue;
        posting.rows.push(row);
        posting.counts.push(counts[at] as number);
      }
    }
    this.#nodes = nodes;
    this.#lengths = lengths;
    this.#rowOf = rowOf;
    this.#terms = terms;
  }
}
