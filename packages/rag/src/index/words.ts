import type { Node } from '@mortise/core/retriever';
import type { MetadataFilter, RankedTerms, SourceRecord, StoreOptions } from '@mortise/core/store';

/** The index of words beside a document store. */
export interface Words {
  /** Everything that was written past this index. */
  refresh(signal: AbortSignal | undefined): Promise<void>;
  /** Nodes that are in the store, and that no record names yet. */
  added(nodes: readonly Node[], options: StoreOptions): Promise<void>;
  /** A document whose record was set or removed. */
  changed(sourceId: string): Promise<void>;
  /** The document of a node that was ranked, where the index of words knows it. */
  documentOf(id: string): string | undefined;
  /** Whether it is this version of the document that would be found. */
  shows(record: SourceRecord): boolean;
  /** Over what was written until now; what others wrote past this index as far as it shows at little cost. */
  rank(question: string, query: WordQuery): Promise<RankedTerms[]>;
}

/** As `TermQuery`. */
export interface WordQuery {
  readonly topK: number;
  readonly filter: MetadataFilter | undefined;
  readonly also: readonly string[];
  readonly signal: AbortSignal | undefined;
}
