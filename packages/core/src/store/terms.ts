import { MortiseError } from '../errors.ts';
import { finiteNumber, wholeNumber } from '../shared/options.ts';
import { checkFilter, FILTER_OPERATORS } from './filter.ts';
import type { TermQuery } from './term-contract.ts';

/** How soon a term that comes again stops counting, and how much long nodes are held back, where nothing else is said. */
export const BM25_DEFAULTS = { k1: 1.2, b: 0.75 } as const;

/** The query with its defaults; throws `invalid-request` for what is none. */
export function checkTermQuery(query: TermQuery): TermQuery & { readonly k1: number; readonly b: number } {
  const { terms, topK, filter, k1 = BM25_DEFAULTS.k1, b = BM25_DEFAULTS.b } = query;
  const code = 'invalid-request';
  wholeNumber('topK', topK, { code });
  finiteNumber('k1', k1, { least: 0, code });
  finiteNumber('b', b, { least: 0, most: 1, code });
  for (const [term, weight] of terms)
    if (!(weight > 0 && weight < Infinity)) {
      const message = `The term ${JSON.stringify(term)} counts ${weight}; it takes a number above 0.`;
      throw new MortiseError(code, message);
    }
  if (filter !== undefined) checkFilter(filter, FILTER_OPERATORS);
  return { ...query, k1, b };
}

/** How rare a term is that `holding` of `nodes` hold, as Lucene has it: never negative, and most for one that none holds. */
export function inverseDocumentFrequency(nodes: number, holding: number): number {
  return Math.log(1 + (nodes - holding + 0.5) / (holding + 0.5));
}

/**
 * What a term counts, before its rarity, that stands `count` times in a node; `relativeLength` is the node's number of
 * terms by the mean of all.
 */
export function termSaturation(count: number, relativeLength: number, k1: number, b: number): number {
  return (count * (k1 + 1)) / (count + k1 * (1 - b + b * relativeLength));
}
