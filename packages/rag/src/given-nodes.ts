import { reading } from '@mortise/core/shared';
import type { NodeWithScore } from '@mortise/core/retriever';

/** A copy of a list of nodes that a caller gave; what is none is `invalid-request`. */
export function givenNodes(given: readonly NodeWithScore[]): NodeWithScore[] {
  return reading('The list of nodes', () => {
    if (!Array.isArray(given)) throw new TypeError('it is no list');
    return Array.from(given as readonly NodeWithScore[], (each, at) => {
      const { id, text, metadata } = each.node;
      if (typeof id !== 'string' || typeof text !== 'string' || typeof metadata !== 'object')
        throw new TypeError(`item ${at} is no { node, score }`);
      return each;
    });
  });
}
