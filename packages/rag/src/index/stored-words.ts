import { isMortiseError } from '@mortise/core';
import { raceAbort } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import type { RankedTerms, SourceRecord, StoreOptions, TermIndex } from '@mortise/core/store';
import type { Analysis } from '../retrievers/analysis.ts';
import type { WordQuery, Words } from './words.ts';

/** How BM25 weighs; absent: as the store does. */
export interface Weighing {
  readonly k1?: number | undefined;
  readonly b?: number | undefined;
}

/** Nodes whose terms are made and set at once. */
const SLICE = 64;
/** A writer that is faster than this so many times in a row is not waited for. */
const ROUNDS = 20;

/** Words that the document store keeps, and finds the nodes by that count at that moment, whoever wrote them. */
export class StoredWords implements Words {
  readonly #terms: TermIndex;
  readonly #analysis: Analysis;
  readonly #weighing: Weighing;
  readonly #inMemory: () => Words;
  #catching: Promise<void> | undefined;
  /** In the place of the store's, where those cannot be brought up to date: the file may only be read. */
  #instead: Words | undefined;

  /** `inMemory` makes what stands in for a store that may not be written. */
  constructor(terms: TermIndex, analysis: Analysis, weighing: Weighing, inMemory: () => Words) {
    this.#inMemory = inMemory;
    this.#terms = terms;
    this.#analysis = analysis;
    this.#weighing = weighing;
  }

  /** Nodes that somebody wrote without their terms. They are added for all callers, even if one leaves meanwhile. */
  async #catchUp(signal: AbortSignal | undefined): Promise<void> {
    try {
      if (this.#instead === undefined) return await this.#caughtUp(signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isMortiseError(error, 'permission')) throw error;
      this.#instead ??= this.#inMemory();
    }
  }

  async refresh(signal: AbortSignal | undefined): Promise<void> {
    // It may be that it can be written by now.
    this.#instead = undefined;
    await this.#catchUp(signal);
  }

  #caughtUp(signal: AbortSignal | undefined): Promise<void> {
    this.#catching ??= this.#addMissing().finally(() => {
      this.#catching = undefined;
    });
    return signal === undefined ? this.#catching : raceAbort(this.#catching, signal);
  }

  async added(nodes: readonly Node[], { signal }: StoreOptions): Promise<void> {
    for (let at = 0; at < nodes.length; at += SLICE) {
      const slice = nodes.slice(at, at + SLICE);
      const entries = slice.map((node) => ({ id: node.id, terms: this.#analysis.ofNode(node) }));
      await this.#terms.set(entries, { signal });
    }
  }

  /** The store follows its records. */
  async changed(sourceId: string): Promise<void> {
    await this.#instead?.changed(sourceId);
  }

  documentOf(id: string): string | undefined {
    return this.#instead?.documentOf(id);
  }

  shows(record: SourceRecord): boolean {
    return this.#instead?.shows(record) ?? true;
  }

  async rank(question: string, query: WordQuery): Promise<RankedTerms[]> {
    const { topK, filter, also, signal } = query;
    const terms = this.#analysis.ofQuery(question);
    for (let round = 1; ; round++) {
      await this.#catchUp(signal);
      if (this.#instead !== undefined) return this.#instead.rank(question, query);
      const found = await this.#terms.rank({ terms, topK, filter, also, ...this.#weighing }, { signal });
      // A version that another writer put in an earlier one's place just now would be missing, and so would the earlier.
      if (round === ROUNDS || !(await this.#isBehind(signal))) return found;
    }
  }

  async #isBehind(signal: AbortSignal | undefined): Promise<boolean> {
    for await (const _node of this.#terms.missing({ signal })) return true;
    return false;
  }

  async #addMissing(): Promise<void> {
    let slice: Node[] = [];
    for await (const node of this.#terms.missing()) {
      if (slice.push(node) < SLICE) continue;
      await this.added(slice, {});
      slice = [];
    }
    if (slice.length > 0) await this.added(slice, {});
  }
}
