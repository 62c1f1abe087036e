import type { FilterOperator, VectorStore } from '@mortise/core/store';

/** A store under test, and what the suite may do with it. */
export interface OpenVectorStore {
  /** Empty. */
  readonly store: VectorStore;
  /** Resolves once what was written is found, for a service that takes its time. Default: it is found at once. */
  settled?(): Promise<void>;
  /** Another instance on the same content, as a process has it that starts again. `persistence` needs it. */
  reopen?(): VectorStore | Promise<VectorStore>;
  /** Frees what was opened, files included. */
  close?(): unknown;
}

/**
 * What a case of the vector store suite may require: a mode of queries, `filters` at all, one operator as `filter:==`,
 * the very nearest as brute force finds them (`exact`), a life beyond the process (`persistence`).
 */
export type VectorStoreFeature =
  | 'dense'
  | 'sparse'
  | 'hybrid'
  | 'text'
  | 'mmr'
  | 'exact'
  | 'persistence'
  | 'filters'
  | `filter:${FilterOperator}`;

/** What the suite works with: how a store is opened, and what it says it can do. */
export interface VectorStoreSubject {
  /** Called once for each case. */
  open(): OpenVectorStore | Promise<OpenVectorStore>;
  readonly declares: readonly VectorStoreFeature[];
  /** Of the vectors that the suite makes, at least 4. Default: 8. */
  readonly dimensions?: number | undefined;
}
