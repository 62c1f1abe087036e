import MiniSearch from 'minisearch';
import { matchesFilter, type MetadataFilter } from '@mortise/core/store';
import { copyNode, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { FUNCTION_WORDS, toTerm, wordsOf } from './terms.ts';

export interface BM25IndexOptions {
  /** A word as it is indexed; an empty string leaves it out. Default: lower case, English plurals as singular. */
  toTerm?: ((word: string) => string) | undefined;
  /** Terms that do not count towards `evidence.coverage`. Default: English function words. */
  functionWords?: ReadonlySet<string> | undefined;
}

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly about: string;
}

/**
 * Full-text search over nodes in memory: BM25+ (Lv and Zhai, CIKM 2011) by minisearch, with its k 1.2, b 0.7, d 0.5,
 * over two fields, the text and what the metadata say about it (those that are embedded). Results carry
 * `evidence.bm25`, the raw score, and `evidence.coverage`.
 */
export class BM25Index {
  readonly #search: MiniSearch<Entry>;
  readonly #nodes = new Map<string, Node>();
  readonly #functionTerms: ReadonlySet<string>;
  readonly #toTerm: (word: string) => string;

  constructor(options: BM25IndexOptions = {}) {
    this.#toTerm = options.toTerm ?? toTerm;
    this.#functionTerms = new Set([...(options.functionWords ?? FUNCTION_WORDS)].map(this.#toTerm));
    this.#search = new MiniSearch<Entry>({
      fields: ['text', 'about'],
      tokenize: wordsOf,
      processTerm: (word) => this.#toTerm(word) || null,
    });
  }

  get size(): number {
    return this.#nodes.size;
  }

  /** A node with an id that is there replaces it. */
  upsert(nodes: readonly Node[]): void {
    for (const node of nodes) {
      this.remove([node.id]);
      const { embedding: _embedding, ...kept } = node;
      const copy = copyNode(kept);
      this.#nodes.set(copy.id, copy);
      this.#search.add(entryOf(copy));
    }
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      const node = this.#nodes.get(id);
      if (node === undefined) continue;
      this.#nodes.delete(id);
      this.#search.remove(entryOf(node));
    }
  }

  /** Best first. Nodes that share no term with the query are not results. */
  search(query: string, topK: number, filter?: MetadataFilter): NodeWithScore[] {
    const results: NodeWithScore[] = [];
    for (const { node, score, coverage } of this.ranked(query)) {
      if (filter !== undefined && !matchesFilter(node.metadata, filter)) continue;
      results.push({ node: copyNode(node), score, evidence: { bm25: score, coverage } });
      if (results.length === topK) break;
    }
    return results;
  }

  /** All that `search` can find, by the index's own nodes, which must not be changed. */
  ranked(query: string): { readonly node: Node; readonly score: number; readonly coverage: number }[] {
    const found = this.#search.search(query);
    const weights = this.#weigh(query, found);
    let sum = 0;
    for (const weight of weights.values()) sum += weight;
    return found.map(({ id, score, queryTerms }) => {
      let covered = 0;
      for (const term of new Set(queryTerms)) covered += weights.get(term) ?? 0;
      return { node: this.#nodes.get(id as string) as Node, score, coverage: sum === 0 ? 0 : covered / sum };
    });
  }

  /** Inverse document frequency of each of the query's terms, as BM25 has it; a term that no node holds weighs most. */
  #weigh(query: string, found: readonly { queryTerms: readonly string[] }[]): Map<string, number> {
    const frequency = new Map<string, number>();
    for (const { queryTerms } of found) {
      for (const term of new Set(queryTerms)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
    }
    const terms = new Set(wordsOf(query).map((word) => this.#toTerm(word)));
    const content = [...terms].filter((term) => term !== '' && !this.#functionTerms.has(term));
    // A question of function words alone ("who are you") is held against all of them.
    const counted = content.length === 0 ? [...terms] : content;
    return new Map(
      counted.map((term) => {
        const holding = frequency.get(term) ?? 0;
        return [term, Math.log(1 + (this.#nodes.size - holding + 0.5) / (holding + 0.5))];
      }),
    );
  }
}

function entryOf(node: Node): Entry {
  const excluded = new Set(node.excludedEmbedMetadataKeys);
  const about = Object.entries(node.metadata)
    .filter(([key]) => !excluded.has(key))
    .map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return { id: node.id, text: node.text, about: about.join('\n') };
}
