import { raceAbort } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import type { RankedTerms, StoreOptions, TermIndex } from '@mortise/core/store';
import type { Analysis } from '../retrievers/analysis.ts';
import type { WordQuery, Words } from './words.ts';

/** How BM25 weighs; absent: as the store does. */
export interface Weighing {
  readonly k1?: number | undefined;
  readonly b?: number | undefined;
}

/** Nodes whose terms are made and set at once. */
const SLICE = 64;

/** Words that the document store keeps, and finds the nodes by that count at that moment, whoever wrote them. */
export class StoredWords implements Words {
  readonly #terms: TermIndex;
  readonly #analysis: Analysis;
  readonly #weighing: Weighing;
  #catching: Promise<void> | undefined;

  constructor(terms: TermIndex, analysis: Analysis, weighing: Weighing) {
    this.#terms = terms;
    this.#analysis = analysis;
    this.#weighing = weighing;
  }

  /** Nodes that somebody wrote without their terms. They are added for all, whoever leaves meanwhile. */
  catchUp(signal: AbortSignal | undefined): Promise<void> {
    this.#catching ??= this.#addMissing().finally(() => {
      this.#catching = undefined;
    });
    return signal === undefined ? this.#catching : raceAbort(this.#catching, signal);
  }

  refresh(signal: AbortSignal | undefined): Promise<void> {
    return this.catchUp(signal);
  }

  async added(nodes: readonly Node[], { signal }: StoreOptions): Promise<void> {
    for (let at = 0; at < nodes.length; at += SLICE) {
      const slice = nodes.slice(at, at + SLICE);
      const entries = slice.map((node) => ({ id: node.id, terms: this.#analysis.ofNode(node) }));
      await this.#terms.set(entries, { signal });
    }
  }

  async changed(): Promise<void> {
    // The store follows its records.
  }

  documentOf(): undefined {
    return undefined;
  }

  shows(): boolean {
    return true;
  }

  rank(question: string, { topK, filter, also, signal }: WordQuery): Promise<RankedTerms[]> {
    const terms = this.#analysis.ofQuery(question);
    return this.#terms.rank({ terms, topK, filter, also, ...this.#weighing }, { signal });
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
