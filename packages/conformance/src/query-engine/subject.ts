import type { LLM } from '@mortise/core';
import type { QueryEngine } from '@mortise/core/query-engine';
import type { Retriever } from '@mortise/core/retriever';

/**
 * What a case of the query engine suite may require. `model`: it asks a model, and streams what the model writes.
 * `retriever`: it asks the retriever that it is given, with the options of the query. `sources`: it answers from the
 * nodes as they were found.
 */
export type QueryEngineFeature = 'model' | 'retriever' | 'sources';

/** What the parts of an engine are for the suite. */
export interface QueryEngineParts {
  /** Writes the answers. What plans or selects before them is the engine's own. */
  readonly llm: LLM;
  readonly retriever: Retriever;
}

/** What the cases of the query engine suite work with. */
export interface QueryEngineSubject {
  /** A new instance of these parts. */
  create(parts: QueryEngineParts): QueryEngine;
}
