import { isMortiseError, MortiseError } from '@mortise/core';
import { raceAbort } from '@mortise/core/call';
import {
  BaseRetriever,
  checkResults,
  dedupeNodes,
  type BaseRetrieverOptions,
  type Node,
  type NodeWithScore,
  type Query,
  type QueryInput,
  type RetrieveCall,
  type RetrieveOptions,
  type Retriever,
} from '@mortise/core/retriever';
import { matchesFilter } from '@mortise/core/store';

/** Finds nodes in memory by the share of the query's words that they hold; follows index nodes. */
export class FrozenWordRetriever extends BaseRetriever {
  override readonly supportsFilters = true;
  readonly #nodes: readonly Node[];

  constructor(nodes: readonly Node[], options?: BaseRetrieverOptions) {
    super(options);
    this.#nodes = nodes;
  }

  async doRetrieve({ query }: Query, { topK = 10, filters }: RetrieveCall): Promise<NodeWithScore[]> {
    const asked = wordsOf(query);
    const shareIn = (held: string[]) => asked.filter((word) => held.includes(word)).length / asked.length;
    return this.#nodes
      .filter(({ metadata }) => filters === undefined || matchesFilter(metadata, filters))
      .map((node) => ({ node, score: shareIn(wordsOf(node.text)) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, topK);
  }
}

/** Asks one retriever after the other until one of them finds something: by the interface alone. */
export class FrozenFirstRetriever implements Retriever {
  readonly #retrievers: readonly Retriever[];

  constructor(...retrievers: readonly Retriever[]) {
    this.#retrievers = retrievers;
  }

  async retrieve(query: QueryInput, options: RetrieveOptions = {}): Promise<NodeWithScore[]> {
    const { signal } = options;
    for (const retriever of this.#retrievers) {
      signal?.throwIfAborted();
      const found = await this.#ask(retriever.retrieve(query, options), signal);
      if (found.length > 0) return dedupeNodes(found);
    }
    return [];
  }

  async #ask(asked: Promise<NodeWithScore[]>, signal?: AbortSignal): Promise<readonly NodeWithScore[]> {
    try {
      return checkResults(
        await (signal === undefined ? asked : raceAbort(asked, signal)),
        'FrozenFirstRetriever',
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (isMortiseError(error)) throw error;
      throw new MortiseError('internal', `A retriever failed: ${String(error)}`, { cause: error });
    }
  }
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
