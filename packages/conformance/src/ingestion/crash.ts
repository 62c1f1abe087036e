import type { DocumentStore, TermIndex, VectorStore } from '@mortise/core/store';
import type { IngestionStores } from './subject.ts';

/** What a store throws from the moment on at which the process is as good as dead. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Stores that count their writes, and break off at one of them. */
export interface FragileStores {
  readonly stores: IngestionStores;
  /** Writes that were asked for. */
  readonly writes: number;
}

/**
 * The write number `at` (from 0) is done to its half where it is of many things, else not at all; it and everything
 * after it rejects, reads too. The write before it was done whole: so all moments of a kill between writes are there.
 */
export function fragile({ documents, vectors }: IngestionStores, at = Infinity): FragileStores {
  let writes = 0;
  let dead = false;
  const alive = (): void => {
    if (dead) throw new Crash('The process is gone.');
  };
  const write = async <T>(whole: () => Promise<T>, half?: () => Promise<T>): Promise<T> => {
    alive();
    if (writes++ !== at) return whole();
    dead = true;
    await half?.();
    throw new Crash(`Killed at write ${at}.`);
  };
  const halved = <T>(list: readonly T[]): T[] => list.slice(0, Math.ceil(list.length / 2));

  const fragileTerms = (terms: TermIndex): TermIndex => ({
    set: (entries, options) =>
      write(
        () => terms.set(entries, options),
        () => terms.set(halved(entries)),
      ),
    missing: (options) => terms.missing(options),
    rank: async (query, options) => (alive(), terms.rank(query, options)),
  });
  const fragileDocuments: DocumentStore = {
    upsert: (nodes, options) =>
      write(
        () => documents.upsert(nodes, options),
        () => documents.upsert(halved(nodes)),
      ),
    delete: (ids, options) =>
      write(
        () => documents.delete(ids, options),
        () => documents.delete(halved(ids)),
      ),
    setSource: (record, options) => write(() => documents.setSource(record, options)),
    deleteSource: (id, options) => write(() => documents.deleteSource(id, options)),
    get: async (id, options) => (alive(), documents.get(id, options)),
    getMany: async (ids, options) => (alive(), documents.getMany(ids, options)),
    getSource: async (id, options) => (alive(), documents.getSource(id, options)),
    iterate: (options) => documents.iterate(options),
    sources: (options) => documents.sources(options),
    ...(documents.lock === undefined ? {} : { lock: (options) => documents.lock!(options) }),
    ...(documents.terms === undefined
      ? {}
      : { terms: (analysis) => fragileTerms(documents.terms!(analysis)) }),
  };
  const fragileVectors: VectorStore = {
    get support() {
      return vectors.support;
    },
    upsert: (entries, options) =>
      write(
        () => vectors.upsert(entries, options),
        () => vectors.upsert(halved(entries)),
      ),
    delete: (selection, options) =>
      write(
        () => vectors.delete(selection, options),
        () => vectors.delete({ ids: halved(selection.ids ?? []) }),
      ),
    query: async (query, options) => (alive(), vectors.query(query, options)),
  };
  return {
    stores: { documents: fragileDocuments, vectors: fragileVectors },
    get writes() {
      return writes;
    },
  };
}
