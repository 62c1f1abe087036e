import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Reader } from '@mortise/core/reader';
import type { Document, Node } from '@mortise/core/retriever';
import type { DocumentStore, VectorStore } from '@mortise/core/store';

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
  /**
   * The same documents as a reader gives them, which reports besides what it could not read. An ingestion that declares
   * `readers` is to take this.
   */
  readonly reader: Reader;
  /** Refuses some texts with `invalid-request`, which is then about the one document. */
  readonly embedding: EmbeddingModel;
  readonly signal?: AbortSignal | undefined;
}

/** What a run reports. */
export interface IngestionOutcome {
  /** Ids of the documents that were set aside. */
  readonly failed: readonly string[];
}

/** What a case of the ingestion suite may require. `readers`: it takes a reader, and hears of what could not be read. */
export type IngestionFeature = 'readers';

/** An ingestion under test. */
export interface IngestionSubject {
  /** Empty stores, once for each case. `close` frees them. */
  open(): Promise<IngestionStores & { close?(): unknown }> | (IngestionStores & { close?(): unknown });
  ingest(task: IngestionTask): Promise<IngestionOutcome>;
  /** Every node that a reader of the index can find. */
  visible(stores: IngestionStores): Promise<readonly Node[]>;
}
