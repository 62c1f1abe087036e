import { copyNode, sourceId, type NodeWithScore } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  matchesFilter,
  type FilterOperator,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { similarity } from '@mortise/core/embedding';

// REPLACE: what the store can do. What is not declared is refused, and never answered wrongly.
const OPERATORS: readonly FilterOperator[] = ['==', '!=', 'in', '>', '>=', '<', '<='];

/** Vectors in Acme. */
export class AcmeVectorStore implements VectorStore {
  /** Stands in for the store; what uses it is marked. */
  readonly #rows = new Map<string, VectorEntry>();
  #dimensions: number | undefined;

  get support(): VectorStoreSupport {
    const dimensions = this.#dimensions === undefined ? {} : { dimensions: this.#dimensions };
    return { modes: ['dense'], operators: OPERATORS, ...dimensions };
  }

  async upsert(entries: readonly VectorEntry[], { signal }: StoreOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    this.#dimensions = checkVectorEntries(entries, this.#dimensions);
    // REPLACE: an entry with an id that is there replaces it.
    for (const { node, embedding } of entries)
      this.#rows.set(node.id, { node: copyNode(node), embedding: embedding.slice() });
  }

  async delete(
    { ids = [], sourceIds = [], filter }: VectorSelection,
    options: StoreOptions = {},
  ): Promise<void> {
    options.signal?.throwIfAborted();
    if (filter !== undefined) checkFilter(filter, OPERATORS);
    // REPLACE: whatever matches any of the three.
    for (const [id, { node }] of this.#rows) {
      const source = sourceId(node);
      const ofSource = source !== undefined && sourceIds.includes(source);
      const matches = filter !== undefined && matchesFilter(node.metadata, filter);
      if (ids.includes(id) || ofSource || matches) this.#rows.delete(id);
    }
  }

  async query(query: VectorQuery, { signal }: StoreOptions = {}): Promise<NodeWithScore[]> {
    signal?.throwIfAborted();
    checkVectorQuery(query, this.support);
    const { embedding, filter, topK } = query;
    if (embedding === undefined) return [];
    // REPLACE: the store's own search. A higher score is better.
    return [...this.#rows.values()]
      .filter(({ node }) => filter === undefined || matchesFilter(node.metadata, filter))
      .map((row) => ({ node: copyNode(row.node), score: similarity(row.embedding, embedding) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, topK);
  }
}
