import {
  checkTermQuery,
  inverseDocumentFrequency,
  matchesFilter,
  termSaturation,
  type DocumentStore,
  type NodeTerms,
  type RankedTerms,
  type TermIndex,
} from '@mortise/core/store';
import type { Node } from '@mortise/core/retriever';

/** What is wrong with it. */
export type TermFault =
  | 'other-scores'
  | 'cut-before-the-filter'
  | 'strays-are-found'
  | 'replaced-nodes-keep-terms'
  | 'one-analysis-for-all'
  | 'terms-in-lower-case'
  | 'any-top-k'
  | 'late-abort'
  | 'copies-nothing';

/** Terms of one store, whoever asks. */
export class ReferenceTerms {
  readonly #store: DocumentStore;
  readonly #fault: TermFault | undefined;
  #analysis = '';
  readonly #terms = new Map<string, readonly string[]>();

  constructor(store: DocumentStore, fault?: TermFault) {
    this.#store = store;
    this.#fault = fault;
  }

  /** Told of every write of nodes. */
  forget(ids: readonly string[]): void {
    if (this.#fault !== 'replaced-nodes-keep-terms') for (const id of ids) this.#terms.delete(id);
  }

  of(analysis: string): TermIndex {
    const fault = this.#fault;
    const check = (signal: AbortSignal | undefined): void => {
      if (fault !== 'late-abort') signal?.throwIfAborted();
    };
    return {
      set: async (entries, { signal } = {}) => {
        check(signal);
        const kept = fault === 'copies-nothing' ? entries : structuredClone(entries);
        if (fault !== 'one-analysis-for-all' && this.#analysis !== analysis) this.#terms.clear();
        this.#analysis = analysis;
        await Promise.resolve();
        for (const { id, terms } of kept) {
          const node = await this.#store.get(id);
          const folded = fault === 'terms-in-lower-case' ? terms.map((term) => term.toLowerCase()) : terms;
          if (node !== undefined) this.#terms.set(id, folded);
        }
      },
      missing: (options = {}) => {
        const [terms, nodes] = [this.#termsOf(analysis), () => this.#counted()];
        return (async function* () {
          check(options.signal);
          for (const node of await nodes()) if (!terms.has(node.id)) yield node;
        })();
      },
      rank: async (query, { signal } = {}) => {
        check(signal);
        const asked = new Map(query.terms);
        const topK = fault === 'any-top-k' ? Math.max(1, Math.floor(query.topK) || 1) : query.topK;
        const { k1, b, filter, also = [] } = checkTermQuery({ ...query, topK, terms: asked });
        const terms = this.#termsOf(analysis);
        const nodes = (await this.#counted()).filter(({ id }) => terms.has(id));
        const entries = nodes.map(({ id }): NodeTerms => ({ id, terms: terms.get(id) ?? [] }));
        const all = scored(entries, asked, k1, fault === 'other-scores' ? 1 - b : b);
        const metadata = new Map(nodes.map((node) => [node.id, node.metadata]));
        const passing = (found: RankedTerms[]): RankedTerms[] =>
          found.filter(({ id }) => filter === undefined || matchesFilter(metadata.get(id) ?? {}, filter));
        const best =
          fault === 'cut-before-the-filter' ? passing(all.slice(0, topK)) : passing(all).slice(0, topK);
        return passing(all).filter((each) => best.includes(each) || also.includes(each.id));
      },
    };
  }

  #termsOf(analysis: string) {
    const isKnown = this.#fault === 'one-analysis-for-all' || this.#analysis === analysis;
    return isKnown ? this.#terms : new Map<string, readonly string[]>();
  }

  async #counted(): Promise<Node[]> {
    const ids = new Set<string>();
    for await (const { nodeIds, strayIds = [] } of this.#store.sources()) {
      for (const id of nodeIds) ids.add(id);
      if (this.#fault === 'strays-are-found') for (const id of strayIds) ids.add(id);
    }
    const nodes: Node[] = [];
    for await (const node of this.#store.iterate()) if (ids.has(node.id)) nodes.push(node);
    return nodes;
  }
}

function scored(
  entries: readonly NodeTerms[],
  asked: ReadonlyMap<string, number>,
  k1: number,
  b: number,
): RankedTerms[] {
  const mean = entries.reduce((sum, { terms }) => sum + terms.length, 0) / entries.length;
  const rarities = new Map(
    Array.from(asked.keys(), (term) => {
      const holding = entries.filter(({ terms }) => terms.includes(term)).length;
      return [term, inverseDocumentFrequency(entries.length, holding)];
    }),
  );
  const all = [...rarities.values()].reduce((sum, rarity) => sum + rarity, 0);
  return entries
    .map(({ id, terms }) => {
      let [score, covered] = [0, 0];
      for (const [term, weight] of asked) {
        const count = terms.filter((each) => each === term).length;
        const rarity = count === 0 ? 0 : (rarities.get(term) ?? 0);
        if (count > 0) score += weight * rarity * termSaturation(count, terms.length / mean, k1, b);
        covered += rarity;
      }
      return { id, score, coverage: covered / all };
    })
    .filter(({ score }) => score > 0)
    .sort((x, y) => y.score - x.score || (x.id < y.id ? -1 : 1));
}
