import { finiteNumber, wholeNumber } from '@mortise/core/shared';
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
 */
export class BM25Index {
  readonly #analysis: Analysis;
  readonly #k1: number;
  readonly #b: number;
  readonly #rowOf = new Map<string, number>();
  /** By row; a dead row has none. */
  #nodes: (Node | undefined)[] = [];
  /** Terms of each row. */
  #lengths: number[] = [];
  #terms = new Map<string, Posting>();
  /** Terms of all rows that are alive. */
  #totalLength = 0;

  constructor(options: BM25IndexOptions = {}) {
    this.#analysis = new Analysis(options);
    this.#k1 = finiteNumber('k1', options.k1 ?? BM25_DEFAULTS.k1, { least: 0 });
    this.#b = finiteNumber('b', options.b ?? BM25_DEFAULTS.b, { least: 0, most: 1 });
  }

  get size(): number {
    return this.#rowOf.size;
  }

  /** A node with an id that is there replaces it. */
  upsert(nodes: readonly Node[]): void {
    for (const node of nodes) checkNode(node);
    for (const node of nodes) {
      this.#remove(node.id);
      const { embedding: _embedding, ...kept } = node;
      this.#add(copyNode(kept));
    }
    this.#sweep();
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#remove(id);
    this.#sweep();
  }

  /** Best first. Nodes that share no term with the query are not results. */
  search(query: string, topK: number, filter?: MetadataFilter): NodeWithScore[] {
    wholeNumber('topK', topK, { code: 'invalid-request' });
    if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
    const results: NodeWithScore[] = [];
    for (const { node, score, coverage } of this.ranked(query)) {
      if (filter !== undefined && !matchesFilter(node.metadata, filter)) continue;
      results.push({ node: copyNode(node), score, evidence: { bm25: score, coverage } });
      if (results.length === topK) break;
    }
    return results;
  }

  /** All that `search` can find; of equal scores by id, so that the order does not hang on past updates. */
  ranked(query: string): RankedNode[] {
    const scores = new Float64Array(this.#nodes.length);
    const covered = new Float64Array(this.#nodes.length);
    const found: number[] = [];
    let weights = 0;
    for (const [term, times] of this.#analysis.ofQuery(query)) {
      const posting = this.#terms.get(term);
      const idf = this.#idf(posting?.alive ?? 0);
      weights += idf;
      if (posting === undefined) continue;
      const { rows, counts } = posting;
      for (let at = 0; at < rows.length; at++) {
        const row = rows[at] as number;
        if (this.#nodes[row] === undefined) continue;
        if (covered[row] === 0) found.push(row);
        scores[row]! += times * idf * this.#saturated(counts[at] as number, row);
        covered[row]! += idf;
      }
    }
    return found
      .map((row) => {
        const coverage = Math.min(1, (covered[row] as number) / weights);
        return { node: this.#nodes[row] as Node, score: scores[row] as number, coverage };
      })
      .sort((a, b) => b.score - a.score || (a.node.id < b.node.id ? -1 : 1));
  }

  /** A term that no node holds weighs most. */
  #idf(holding: number): number {
    return inverseDocumentFrequency(this.size, holding);
  }

  #saturated(count: number, row: number): number {
    const relative = (this.#lengths[row] as number) / (this.#totalLength / this.size);
    return termSaturation(count, relative, this.#k1, this.#b);
  }

  #add(node: Node): void {
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

  /** Builds anew what is mostly dead, which costs no more than the updates that made it so. */
  #sweep(): void {
    if (this.#nodes.length < 2 * this.size + 64) return;
    const alive = this.#nodes.filter((node) => node !== undefined);
    this.#nodes = [];
    this.#lengths = [];
    this.#terms = new Map();
    this.#totalLength = 0;
    this.#rowOf.clear();
    for (const node of alive) this.#add(node);
  }
}
