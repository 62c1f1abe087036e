import { storeCall, storeItems } from '@mortise/core/store';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { throwIfAborted } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import type { NodeTerms, RankedTerms, StoreOptions, TermIndex, TermQuery } from '@mortise/core/store';
import { inTransaction } from './database.ts';
import { rankTerms } from './rank-terms.ts';
import type { TermStatements } from './term-statements.ts';

/** Nodes whose terms are written in one transaction: some 5 ms. */
const SLICE = 64;

/** What an open file is to these. */
export interface TermDatabase {
  readonly connection: DatabaseSync;
  readonly terms: TermStatements;
}

/** How the store reaches its file: opened, when it is free, and with its errors. */
export interface TermAccess {
  do<T>(what: 'read' | 'written', options: StoreOptions, work: (database: TermDatabase) => T): Promise<T>;
  nodes(statement: (terms: TermStatements) => StatementSync, options: StoreOptions): AsyncIterable<Node>;
}

/** Terms in the file of the nodes: see {@link TermIndex}. */
export class SqliteTerms implements TermIndex {
  readonly #access: TermAccess;
  readonly #analysis: string;

  constructor(access: TermAccess, analysis: string) {
    this.#access = access;
    this.#analysis = analysis;
  }

  async set(entries: readonly NodeTerms[], given: StoreOptions = {}): Promise<void> {
    return storeCall(given, async ({ signal }) => {
      const copies = entries.map(({ id, terms }) => ({ id, terms: [...terms] }));
      for (let at = 0; at < copies.length; at += SLICE) {
        if (at > 0) await setImmediate();
        throwIfAborted(signal);
        await this.#access.do('written', { signal }, ({ connection, terms }) =>
          inTransaction(connection, () => {
            if (terms.analysis() !== this.#analysis) terms.reset(this.#analysis);
            for (const entry of copies.slice(at, at + SLICE)) terms.setTerms(entry);
          }),
        );
      }
    });
  }

  missing(given: StoreOptions = {}): AsyncIterable<Node> {
    return storeItems(given, (options) => this.#missing(options));
  }

  async *#missing(options: StoreOptions): AsyncIterable<Node> {
    await this.#access.do('written', options, ({ connection, terms }) => {
      if (terms.analysis() !== this.#analysis) inTransaction(connection, () => terms.reset(this.#analysis));
    });
    yield* this.#access.nodes(({ missingPage }) => missingPage, options);
  }

  rank(query: TermQuery, { signal }: StoreOptions = {}): Promise<RankedTerms[]> {
    return rankTerms(query, signal, (work) =>
      this.#access.do('read', { signal }, ({ terms }) => {
        // Terms of another analysis are none of these.
        return terms.analysis() === this.#analysis ? work(terms) : [];
      }),
    );
  }
}
