import type { Node } from '@mortise/core';
import { toLangChain, type LangChainDocument } from '@mortise/langchain';

/** A vector store in the shape of theirs, as their own in memory is: it compares by cosine, and keeps what it is given. */
export class StoreDouble {
  readonly #rows = new Map<string, { vector: number[]; document: LangChainDocument }>();
  #last = 0;

  async addVectors(
    vectors: number[][],
    documents: LangChainDocument[],
    { ids = [] }: { ids?: string[] } = {},
  ): Promise<void> {
    for (const [at, document] of documents.entries()) {
      const id = ids[at] ?? `row ${(this.#last += 1)}`;
      // Two of one id, if it is not deleted before: as a store does that does not replace.
      const key = this.#rows.has(id) ? `${id} ${(this.#last += 1)}` : id;
      this.#rows.set(key, { vector: vectors[at] ?? [], document: structuredClone(document) });
    }
  }

  async similaritySearchVectorWithScore(query: number[], k: number): Promise<[LangChainDocument, number][]> {
    return [...this.#rows.values()]
      .map(({ vector, document }): [LangChainDocument, number] => [
        structuredClone(document),
        cosine(query, vector),
      ])
      .sort((one, other) => other[1] - one[1])
      .slice(0, k);
  }

  async delete({ ids = [] }: { ids?: string[] } = {}): Promise<void> {
    for (const id of ids) this.#rows.delete(id);
  }
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, at) => sum + x * b[at]!, 0);
  const length = Math.sqrt(dot(one, one) * dot(other, other));
  return length === 0 ? 0 : dot(one, other) / length;
}

/** A retriever in the shape of theirs: it gives all that it has, and its signal is heard. */
export function retrieverDouble(nodes: readonly Node[]) {
  const documents = nodes.map((node) => toLangChain(node));
  const found = async (): Promise<LangChainDocument[]> => structuredClone(documents);
  return {
    async invoke(_query: string, { signal }: { signal?: AbortSignal } = {}) {
      signal?.throwIfAborted();
      return found();
    },
    _getRelevantDocuments: found,
  };
}

/** Classes in the shape of theirs, as far as the bridge needs them. */
export const classes = {
  VectorStore: StoreDouble as abstract new (embeddings: never, config: never) => StoreDouble,
  BaseRetriever: class {
    async invoke(query: string, _options?: never): Promise<LangChainDocument[]> {
      return this._getRelevantDocuments(query);
    }
    async _getRelevantDocuments(_query: string): Promise<LangChainDocument[]> {
      throw new Error('A subclass looks things up.');
    }
  },
};
