import type { RetrieverSetup, RetrieverSubject } from '@mortise/conformance';
import {
  BaseRetriever,
  copyNode,
  type BaseRetrieverOptions,
  type Node,
  type NodeWithScore,
  type Query,
  type RetrieveCall,
  type Retriever,
} from '@mortise/core/retriever';
import { matchesFilter } from '@mortise/core/store';

/** Finds the nodes that hold the query, the last of them first. The very first has a score of 0. */
export class ReferenceRetriever extends BaseRetriever {
  override readonly supportsFilters: boolean = true;
  readonly #nodes: readonly Node[];

  constructor({ nodes, objects }: RetrieverSetup, options: BaseRetrieverOptions = {}) {
    super({ objects, ...options });
    this.#nodes = nodes.map(copyNode);
  }

  async doRetrieve({ query }: Query, { topK = 10, filters }: RetrieveCall): Promise<NodeWithScore[]> {
    return this.#nodes
      .map((node, score) => ({ node, score }))
      .filter(({ node: { text, metadata } }) => {
        return text.includes(query) && (filters === undefined || matchesFilter(metadata, filters));
      })
      .toReversed()
      .slice(0, topK);
  }
}

/** Asks another one. */
export class HandingRetriever extends BaseRetriever {
  override readonly supportsFilters: boolean = true;
  readonly #inner: Retriever;

  constructor(inner: Retriever) {
    super();
    this.#inner = inner;
  }

  doRetrieve(query: Query, call: RetrieveCall): Promise<readonly NodeWithScore[]> {
    return this.#inner.retrieve(query, call);
  }
}

export const reference: RetrieverSubject = {
  create: (setup) => new ReferenceRetriever(setup),
  compose: (inner) => new HandingRetriever(inner),
  declares: ['filters', 'recursion', 'nesting', 'scores', 'spans'],
};
