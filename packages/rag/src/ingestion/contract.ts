import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Reader, ReadFailure } from '@mortise/core/reader';
import type { Document } from '@mortise/core/retriever';
import type { DocumentStore, KeyValueStore, VectorStore } from '@mortise/core/store';
import type { Transform } from '@mortise/core/transform';

/**
 * A reader, or documents as they come. Documents that a reader read are given by the reader itself wherever what is
 * missing is removed: it alone can say what it could not read.
 */
export type DocumentSource = Reader | AsyncIterable<Document> | Iterable<Document>;

/**
 * - `upserts`: a document that is new or changed is written, one that is as it was is left alone.
 * - `upserts-and-delete`: besides, a document that the source does not have any more is removed, unless something of
 *   the item that it was read from could not be read.
 * - `duplicates-only`: besides `upserts`, a document whose content is known already, under whatever id, is left out.
 */
export type IngestionStrategy = 'upserts' | 'upserts-and-delete' | 'duplicates-only';

/** Where documents go, and what is made of them on the way. */
export interface IngestionPipelineOptions {
  /** Nodes, and the record of each document that tells which of them count. */
  documents: DocumentStore;
  /** Where vectors go; with `embedding`. Without both, nodes go to `documents` alone. */
  vectors?: VectorStore | undefined;
  embedding?: EmbeddingModel | undefined;
  /** One after the other, over the nodes of one document at a time. Default: a `SentenceSplitter` of 512 tokens. */
  transforms?: readonly Transform[] | undefined;
  /**
   * Keeps vectors, and what transforms with a fingerprint gave, splitters apart. With one that outlives the process, a
   * kill costs at most `concurrency` batches, and of a changed document only what changed is embedded. Embeddings go
   * through `withEmbeddingCache`: a store serves both, and a model that has that wrapper already needs none here.
   */
  cache?: KeyValueStore | undefined;
  /** Default: `upserts`. */
  strategy?: IngestionStrategy | undefined;
  /** Batches embedded at once. Default: 4. */
  concurrency?: number | undefined;
  /** Nodes in a batch. Default: what the model takes at most. */
  batchSize?: number | undefined;
  /** Shorter vectors, where the model has them. */
  dimensions?: number | undefined;
}

/** How a run is cancelled and watched. */
export interface IngestOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: IngestProgress) => void) | undefined;
  /** Called for everything that is set aside; the next run tries it again (I-03). */
  onError?: ((failure: IngestFailure) => void) | undefined;
  /** Default: the pipeline's. */
  strategy?: IngestionStrategy | undefined;
  /**
   * The run is about these documents alone: they are locked instead of the store, so that runs about others go on
   * meanwhile, in other processes too. A document of another id is set aside. With `upserts-and-delete` those that the
   * source does not give are removed. What the index has of a reader's items is not looked at: all of them are read.
   * Not with `duplicates-only`, which compares all documents. Default: the whole store.
   */
  sourceIds?: readonly string[] | undefined;
  /**
   * Reads and cuts everything before the first batch is embedded: the number of nodes is then known from the start, and
   * the changed documents are in memory together. Default: false.
   */
  readFirst?: boolean | undefined;
  /**
   * Compares the content of every item with what the index has of it. Default: false, an item whose size and times are
   * as they were is taken for unchanged without opening it.
   */
  verify?: boolean | undefined;
  /** The id of the span around this run, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** How far a run is. */
export interface IngestProgress {
  /** `read` counts documents, `embed` nodes that have their vector, `remove` documents that are gone. */
  phase: 'read' | 'embed' | 'remove' | (string & {});
  done: number;
  /** Absent while it is not known. */
  total?: number;
  /** The document at hand. */
  item: string;
  /** Documents set aside so far. */
  failed: number;
}

/** Something that is set aside. */
export interface IngestFailure extends ReadFailure {
  /** The document that could not be cut, embedded or written; absent where reading failed. */
  documentId?: string;
}

/** What a run did, in documents. */
export interface IngestReport {
  /** New, replaced by a newer version, left as they were, left out as duplicates, and removed. */
  added: number;
  updated: number;
  unchanged: number;
  duplicates: number;
  removed: number;
  /** Set aside: an earlier version stays, and the next run tries again. */
  failed: IngestFailure[];
  /** Of those documents. Of what could not be read `failed` has the name of the part, or else of the item. */
  ids: { added: string[]; updated: string[]; removed: string[]; failed: string[] };
  /** Nodes that were written. */
  nodes: number;
  /** Nodes that the model was asked for, and paid. */
  embedded: number;
  /** Nodes whose vectors were in a cache, the run's or the model's own. */
  cached: number;
  /** Requests that the model made, as far as it says. */
  requests: number;
  /** Tokens that were paid for embedding. Absent when any reply did not say. */
  tokens?: number;
}
