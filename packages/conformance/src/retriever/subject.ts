import type { Node, RetrievalObject, Retriever } from '@mortise/core/retriever';

/** What a retriever under test has to find. */
export interface RetrieverSetup {
  /** All that it can find. Every text holds the word that is asked for. */
  readonly nodes: readonly Node[];
  /** What the index nodes among them stand for. Absent: they are results like any other. */
  readonly objects?: ReadonlyMap<string, RetrievalObject> | undefined;
}

/**
 * What a case of the retriever suite may require.
 *
 * - `filters`: results are only what matches.
 * - `recursion`: it follows index nodes into `objects`.
 * - `nesting`: it asks other retrievers; `compose` makes one.
 * - `scores`: what it asks keeps its scores. One that makes scores comparable does not have it.
 * - `spans`: it emits a `retriever.retrieve` for each retrieval.
 */
export type RetrieverFeature = 'filters' | 'recursion' | 'nesting' | 'scores' | 'spans';

/** How a retriever is made for a case. */
export interface RetrieverSubject {
  /** A new retriever over these nodes, whose defaults give at least ten results. */
  create(setup: RetrieverSetup): Retriever | Promise<Retriever>;
  /** A new retriever that asks `inner`, and nothing else that finds anything. `nesting` needs it. */
  compose?(inner: Retriever): Retriever | Promise<Retriever>;
  /** What it says it has; some cases look at it. */
  readonly declares: readonly RetrieverFeature[];
}
