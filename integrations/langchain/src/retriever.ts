import {
  BaseRetriever,
  type BaseRetrieverOptions,
  type Query,
  type RetrieveCall,
} from '@mortise/core/retriever';
import type { NodeWithScore } from '@mortise/core';
import type { LangChainDocument, LangChainRetriever } from './contract.ts';
import { fromDocuments } from './documents.ts';
import { fromThrown } from './errors.ts';
import { OWNER } from './blocks.ts';

/**
 * A retriever of LangChain.js; `fromLangChain` makes it. Theirs give no scores: the n-th result has 1/n, which says the
 * order and nothing else. `topK` cuts what came, since how many they look up is theirs; filters are refused.
 */
export class LangChainRetrieverAdapter extends BaseRetriever {
  readonly #retriever: LangChainRetriever;

  constructor(retriever: LangChainRetriever, options: BaseRetrieverOptions = {}) {
    super({ name: 'LangChainRetriever', ...options });
    this.#retriever = retriever;
  }

  async doRetrieve({ query }: Query, { signal, topK }: RetrieveCall): Promise<NodeWithScore[]> {
    let found: LangChainDocument[];
    try {
      found = await this.#retriever.invoke(query, { signal } as never);
    } catch (thrown) {
      throw fromThrown(thrown, { provider: OWNER }, this.#retriever);
    }
    return fromDocuments(found)
      .slice(0, topK)
      .map((node, at) => ({ node, score: 1 / (at + 1) }));
  }
}
