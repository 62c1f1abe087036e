import type { DocumentStore, NodeTerms, RankedTerms, TermIndex, TermQuery } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import { opened, record, textNode } from './lab.ts';
import type { DocumentStoreSubject } from './subject.ts';

const ANALYSIS = 'conformance/1';

/** Terms of ten nodes: some often, some rare, of several lengths. */
export const TERMS: readonly NodeTerms[] = Array.from({ length: 10 }, (_, at) => ({
  id: `n${at}`,
  terms: [
    'all',
    ...Array.from({ length: at }, () => 'often'),
    ...(at % 3 === 0 ? ['third'] : []),
    ...(at === 7 ? ['once', 'third', 'all'] : []),
  ],
}));

/** The index of a store that is said to have one. */
export function termsOf(store: DocumentStore, analysis = ANALYSIS): TermIndex {
  return store.terms!(analysis);
}

/** A store whose record names ten nodes, and its index with their terms. */
export async function filled(context: CaseContext<DocumentStoreSubject>) {
  const open = await opened(context);
  const { store } = open;
  const ids = TERMS.map(({ id }) => id);
  await store.upsert(ids.map((id) => textNode(id)));
  await store.setSource(record('nodes', ids));
  const index = termsOf(store);
  await index.set(TERMS);
  return { open, store, index };
}

export function idsIn(found: readonly RankedTerms[]): string[] {
  return found.map(({ id }) => id);
}

/** The ranking by the formula of the contract, node by node. */
export function ranked(nodes: readonly NodeTerms[], query: TermQuery): RankedTerms[] {
  const { k1 = 1.2, b = 0.75 } = query;
  const mean = nodes.reduce((sum, { terms }) => sum + terms.length, 0) / nodes.length;
  const rarity = (term: string): number => {
    const holding = nodes.filter(({ terms }) => terms.includes(term)).length;
    return Math.log(1 + (nodes.length - holding + 0.5) / (holding + 0.5));
  };
  const all = [...query.terms.keys()].reduce((sum, term) => sum + rarity(term), 0);
  return nodes
    .map(({ id, terms }) => {
      let [score, covered] = [0, 0];
      for (const [term, weight] of query.terms) {
        const count = terms.filter((each) => each === term).length;
        if (count === 0) continue;
        const held = k1 * (1 - b + (b * terms.length) / mean);
        score += (weight * rarity(term) * count * (k1 + 1)) / (count + held);
        covered += rarity(term);
      }
      return { id, score, coverage: covered / all };
    })
    .filter(({ score }) => score > 0)
    .sort((x, y) => y.score - x.score || (x.id < y.id ? -1 : 1))
    .slice(0, query.topK);
}

export function near(value: number, expected: number | undefined): boolean {
  return expected !== undefined && Math.abs(value - expected) <= 1e-6 * Math.max(1, expected);
}
