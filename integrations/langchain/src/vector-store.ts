import { MortiseError, type NodeWithScore, type StoreOptions } from '@mortise/core';
import { raceAbort } from '@mortise/core/call';
import {
  checkVectorEntries,
  checkVectorQuery,
  storeCall,
  type VectorEntry,
  type VectorQuery,
  type VectorSelection,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import { checkOptions, defined, oneOf } from '@mortise/core/shared';
import { OWNER } from './blocks.ts';
import type { LangChainDocument, LangChainVectorStore } from './contract.ts';
import { fromDocument, toDocument } from './documents.ts';
import { fromThrown } from './errors.ts';

/** How a vector store of theirs is taken. */
export interface FromLangChainStoreOptions {
  /** What its scores are: higher is better for a `similarity`, lower for a `distance`. Default: `similarity`. */
  scores?: 'similarity' | 'distance' | undefined;
  /** It replaces a document of the same id by itself. Default: false, and each write deletes its ids first. */
  replacesById?: boolean | undefined;
}

/**
 * A vector store of LangChain.js; `fromLangChain` makes it. What their interface carries for every store: dense search,
 * writes, and deletion by id. Filters are a language of each store's own, and refused; so is deletion by source document.
 */
export class LangChainVectorStoreAdapter implements VectorStore {
  readonly #store: LangChainVectorStore;
  readonly #isDistance: boolean;
  readonly #replaces: boolean;
  #dimensions: number | undefined;
  #writes: Promise<unknown> = Promise.resolve();

  constructor(store: LangChainVectorStore, given: FromLangChainStoreOptions = {}) {
    const { scores = 'similarity', replacesById = false } = checkOptions(given, 'configuration');
    this.#store = store;
    this.#isDistance = oneOf('scores', scores, ['similarity', 'distance']) === 'distance';
    this.#replaces = replacesById;
  }

  get support(): VectorStoreSupport {
    return defined({ modes: ['dense'] as const, dimensions: this.#dimensions });
  }

  upsert(entries: readonly VectorEntry[], options: StoreOptions = {}): Promise<void> {
    return storeCall(options, async ({ signal }) => {
      this.#dimensions = checkVectorEntries(entries, this.#dimensions);
      // The last entry of an id stands.
      const last = [...new Map(entries.map((entry) => [entry.node.id, entry])).values()];
      if (last.length === 0) return;
      const documents = last.map(({ node }) => toDocument(node, true));
      const vectors = last.map(({ embedding }) => Array.from(embedding));
      const ids = last.map(({ node }) => node.id);
      await this.#inTurn(signal, async () => {
        if (!this.#replaces) await this.#delete(ids, signal);
        await this.#asking(
          () => this.#store.addVectors(vectors, documents as never, { ids } as never),
          signal,
        );
      });
    });
  }

  delete({ ids, sourceIds, filter }: VectorSelection, options: StoreOptions = {}): Promise<void> {
    return storeCall(options, async ({ signal }) => {
      if (filter !== undefined) throw unsupported('by a filter', 'Delete by id.');
      if (sourceIds !== undefined && sourceIds.length > 0)
        throw unsupported(
          'by source document',
          'Keep the ids of its nodes (SourceRecord.nodeIds), and delete by id.',
        );
      if (ids !== undefined && ids.length > 0)
        await this.#inTurn(signal, () => this.#delete([...ids], signal));
    });
  }

  /** One write after another: two of one id would both delete, and then both add. */
  async #inTurn(signal: AbortSignal | undefined, write: () => Promise<void>): Promise<void> {
    const turn = this.#writes.then(() => {
      signal?.throwIfAborted();
      return write();
    });
    this.#writes = turn.catch(() => undefined);
    await (signal === undefined ? turn : raceAbort(turn, signal));
  }

  async #delete(ids: string[], signal: AbortSignal | undefined): Promise<void> {
    try {
      await this.#asking(() => this.#store.delete({ ids } as never), signal);
    } catch (error) {
      // What their base class says.
      if (!(error instanceof Error && /not implemented/i.test(error.message))) throw error;
      const remedy =
        'Set replacesById where it replaces a document of the same id by itself, or write each id once.';
      throw unsupported('at all', remedy, error);
    }
  }

  query(query: VectorQuery, options: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(options, async ({ signal }) => {
      checkVectorQuery(query, this.support, this.#dimensions);
      const { embedding = new Float32Array(), topK } = query;
      const vector = Array.from(embedding);
      const found = await this.#asking(
        () => this.#store.similaritySearchVectorWithScore(vector, topK),
        signal,
      );
      return this.#ranked(found);
    });
  }

  #ranked(found: readonly [LangChainDocument, number][]): NodeWithScore[] {
    const results = Array.from(found, ([document, score]) => ({
      node: fromDocument(document),
      score: this.#isDistance ? -score : score,
    }));
    const isWorse = results.some(({ score }, at) => score > (results[at - 1]?.score ?? Infinity));
    if (!isWorse) return results;
    const scores = this.#isDistance ? 'similarity' : 'distance';
    const message = `The scores of this store do not fall from the best result to the last. Set scores: '${scores}'.`;
    throw new MortiseError('configuration', message);
  }

  async #asking<T>(ask: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    try {
      const asked = ask();
      return await (signal === undefined ? asked : raceAbort(asked, signal));
    } catch (thrown) {
      throw signal?.aborted === true ? thrown : fromThrown(thrown, { provider: OWNER }, this.#store);
    }
  }
}

function unsupported(how: string, remedy: string, cause?: unknown): MortiseError {
  const message = `A vector store of LangChain.js does not delete ${how}. ${remedy}`;
  return new MortiseError('unsupported', message, { provider: OWNER, cause });
}
