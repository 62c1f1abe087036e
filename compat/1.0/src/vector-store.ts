import { nodeFromJson, nodeToJson, sourceId, type Node, type NodeWithScore } from '@mortise/core/retriever';
import {
  checkFilter,
  checkVectorEntries,
  checkVectorQuery,
  matchesFilter,
  type StoreOptions,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { frozenSimilarity } from './similarity.ts';

export interface FrozenVectorStoreOptions {
  /** Numbers in every vector. */
  dimensions: number;
}

/** A row as a table would have it: the node is text, what it is found by stands beside it. */
interface Row {
  readonly node: string;
  readonly source: string | undefined;
  readonly vector: Float32Array;
}

const OPERATORS = ['==', '!=', 'in', 'is-empty'] as const;

/** A store that implements the interface, extends nothing, and does a part of what there is. */
export class FrozenVectorStore implements VectorStore {
  readonly support: VectorStoreSupport;
  readonly #rows = new Map<string, Row>();

  constructor({ dimensions }: FrozenVectorStoreOptions) {
    this.support = { modes: ['dense'], operators: OPERATORS, dimensions };
  }

  async upsert(entries: readonly VectorEntry[], { signal }: StoreOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    checkVectorEntries(entries, this.support.dimensions);
    for (const { node, embedding } of entries) {
      const text = JSON.stringify(nodeToJson(node));
      this.#rows.set(node.id, { node: text, source: sourceId(node), vector: embedding.slice() });
    }
  }

  async delete(selection: VectorSelection, { signal }: StoreOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const { ids = [], sourceIds = [], filter } = selection;
    if (filter !== undefined) checkFilter(filter, OPERATORS);
    for (const id of ids) this.#rows.delete(id);
    for (const [id, row] of this.#rows) {
      const ofSource = row.source !== undefined && sourceIds.includes(row.source);
      if (ofSource || (filter !== undefined && matchesFilter(nodeOf(row).metadata, filter)))
        this.#rows.delete(id);
    }
  }

  async query(query: VectorQuery, { signal }: StoreOptions = {}): Promise<NodeWithScore[]> {
    signal?.throwIfAborted();
    checkVectorQuery(query, this.support);
    const { filter, topK, embedding = [] } = query;
    const found: NodeWithScore[] = [];
    for (const row of this.#rows.values()) {
      const node = nodeOf(row);
      if (filter !== undefined && !matchesFilter(node.metadata, filter)) continue;
      const similarity = frozenSimilarity(row.vector, embedding);
      found.push({ node, score: similarity, evidence: { similarity } });
    }
    return found.sort((a, b) => b.score - a.score).slice(0, topK);
  }
}

function nodeOf({ node }: Row): Node {
  return nodeFromJson(JSON.parse(node));
}
