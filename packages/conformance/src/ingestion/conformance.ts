import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Document, Node } from '@mortise/core/retriever';
import type { DocumentStore, VectorStore } from '@mortise/core/store';
import type { ConformanceResults } from '../frame/case.ts';
import { conformance, type TestFunctions } from '../frame/conformance.ts';
import { ingestionSuite } from './suite.ts';

/** Where an ingestion writes to. */
export interface IngestionStores {
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
}

/** One run, as the suite asks for it. */
export interface IngestionTask {
  /** Those of `open`, or the suite's wrapping of them, which breaks off at a write as a killed process does. */
  readonly stores: IngestionStores;
  /** All there are: a document that is not among them any more is to be removed. */
  readonly documents: readonly Document[];
  /** Refuses some texts with `invalid-request`, which is then about the one document. */
  readonly embedding: EmbeddingModel;
  readonly signal?: AbortSignal | undefined;
}

/** What a run reports. */
export interface IngestionOutcome {
  /** Ids of the documents that were set aside. */
  readonly failed: readonly string[];
}

/** An ingestion under test. */
export interface IngestionSubject {
  /** Empty stores, once for each trial. `close` frees them. */
  open(): Promise<IngestionStores & { close?(): unknown }> | (IngestionStores & { close?(): unknown });
  ingest(task: IngestionTask): Promise<IngestionOutcome>;
  /** Every node that a reader of the index can find. */
  visible(stores: IngestionStores): Promise<readonly Node[]>;
}

/** An ingestion under test, by name. */
export interface IngestionConformanceOptions extends IngestionSubject {
  /** In titles and reports. */
  readonly name: string;
}

/** The rules of ingestion as tests of `functions`' runner, one for each case of {@link ingestionSuite}. */
export function ingestionConformance(
  functions: TestFunctions,
  options: IngestionConformanceOptions,
): ConformanceResults {
  return conformance(functions, {
    contract: 'ingestion',
    name: options.name,
    suite: ingestionSuite,
    subject: options,
    declared: [],
    reasons: {},
  });
}
