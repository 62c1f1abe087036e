import { MortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { ReadFailure } from '@mortise/core/reader';
import type { Retriever } from '@mortise/core/retriever';
import { throughDoor } from '@mortise/core/call';
import { checkOptions, requireMembers, wholeNumber } from '@mortise/core/shared';
import type { DocumentStore, KeyValueStore, StoreOptions, VectorStore } from '@mortise/core/store';
import type { Transform } from '@mortise/core/transform';
import type { DocumentSource, IngestProgress, IngestReport } from '../ingestion/contract.ts';
import { IngestionPipeline } from '../ingestion/pipeline.ts';
import type { BM25IndexOptions } from '../retrievers/bm25-index.ts';
import { SentenceSplitter } from '../splitters/sentence.ts';
import type { IndexBackend } from './backend.ts';
import type { HybridRetrieverOptions } from './hybrid-ranking.ts';
import { DEFAULT_MAX_INDEX_BYTES } from './index-folder.ts';
import { MemoryBackend } from './memory-backend.ts';
import { StoredBackend } from './stored-backend.ts';

/** A service context has them, or give them singly. With stores the index is kept there, else in memory. */
export type IndexParts = OwnIndexParts | StoredIndexParts;

/** Of an index in memory, which `directory` saves. */
export interface OwnIndexParts {
  readonly embedding: EmbeddingModel;
  readonly documents?: undefined;
  readonly vectors?: undefined;
}

/** Of an index in stores. The two are one: keep or delete them together. */
export interface StoredIndexParts {
  readonly embedding: EmbeddingModel;
  /** Nodes, records, and the words where the store can keep them (`terms`); else those are in memory. */
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
}

/** Where an index is kept, and how documents are split and found. */
export interface OpenIndexOptions {
  /** How documents are cut. Default: a `SentenceSplitter` of 512 tokens. A context's `splitter` fits. */
  splitter?: Transform | undefined;
  /** Where an index in memory is saved between runs. Default: nowhere. Not with stores, which keep it. */
  directory?: string | undefined;
  /**
   * Bytes of the file in `directory`: a larger one is neither read nor written, but `configuration`. Default: 1,073,741,824
   * (1 GiB).
   */
  maxBytes?: number | undefined;
  /** Shorter vectors, where the model has them. */
  dimensions?: number | undefined;
  /** Batches embedded at once. Default: 4. */
  concurrency?: number | undefined;
  /** Keeps vectors beside the index, so that a kill costs few of them: see `IngestionPipelineOptions`. Default: none. */
  cache?: KeyValueStore | undefined;
  bm25?: BM25IndexOptions | undefined;
  /** Called when a saved index cannot be used or the index cannot be saved. A `warning` event is emitted besides. */
  onWarning?: ((warning: Warning) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** How an update is cancelled and watched, and what becomes of documents that are gone. */
export interface UpdateOptions {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: UpdateProgress) => void) | undefined;
  /** Called for every document that could not be read or cut; it is tried again by the next update. */
  onError?: ((failure: ReadFailure) => void) | undefined;
  /** Forget documents that are not in the source any more. Default: true. */
  removeMissing?: boolean | undefined;
  /**
   * Reads and cuts everything before the first batch is embedded, so that `total` is known from the start. Default: true
   * in memory; false with stores, where no more than a few batches are held.
   */
  readFirst?: boolean | undefined;
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** How far an update is: documents are read and cut, then nodes are embedded. */
export type UpdateProgress = IngestProgress;

/** What an update did, in documents. */
export type UpdateReport = IngestReport;

/**
 * Opens an index. In memory: the saved one of this embedding model and these settings, or an empty one; one that is
 * damaged, of an older format or unreadable is a warning, and the next `update` builds it again. With stores: what they
 * hold. Stores that hold vectors of other dimensions than the model makes are `configuration`, before anything is paid.
 */
export function openIndex(parts: IndexParts, options: OpenIndexOptions = {}): Promise<DocumentIndex> {
  return DocumentIndex.open(parts, options);
}

/**
 * Documents, their nodes and vectors, with full-text and vector search. `openIndex` makes one. It is an
 * `IngestionPipeline` over stores in memory, saved to a file, or over stores of yours.
 */
export class DocumentIndex {
  readonly #embedding: EmbeddingModel;
  readonly #dimensions: number | undefined;
  readonly #backend: IndexBackend;
  readonly #pipeline: IngestionPipeline;
  #updating = false;

  private constructor(parts: IndexParts, options: OpenIndexOptions) {
    const { embedding } = parts;
    const { splitter = new SentenceSplitter(), dimensions, concurrency, cache } = options;
    this.#embedding = embedding;
    this.#dimensions = dimensions;
    this.#backend = backendOf(parts, { ...options, splitter });
    const { documents, vectors } = this.#backend;
    const transforms = [splitter];
    const made = { documents, vectors, embedding, transforms, dimensions, concurrency, cache };
    this.#pipeline = new IngestionPipeline(made);
  }

  /** See {@link openIndex}. */
  static open(parts: IndexParts, given: OpenIndexOptions = {}): Promise<DocumentIndex> {
    return throughDoor(given, {}, async (options) => {
      options.signal?.throwIfAborted();
      const index = new DocumentIndex(checkOptions(parts, 'configuration'), options);
      await index.#backend.open({ signal: options.signal });
      return index;
    });
  }

  /** How many documents there are: of stores as they were at the opening or `refresh`, and after updates of this index. */
  get size(): number {
    return this.#backend.size;
  }

  /** How many nodes they were cut into. */
  get nodeCount(): number {
    return this.#backend.nodeCount;
  }

  /** The file that `save` writes; undefined with stores. */
  get path(): string | undefined {
    return this.#backend.path;
  }

  /** Full-text and vector search, fused. It sees what the index holds at the moment of each query. */
  retriever(options: HybridRetrieverOptions = {}): Retriever {
    const dimensions = this.#dimensions;
    const embedding: Pick<EmbeddingModel, 'embedQuery'> = {
      embedQuery: (query, call) => this.#embedding.embedQuery(query, { ...call, dimensions }),
    };
    return this.#backend.retriever(embedding, options);
  }

  /**
   * Brings the index to what the source holds now: documents whose content is unchanged are neither cut nor embedded
   * again. A document is replaced as a whole, and the old version is found until the new one is. What was finished
   * before an abort or a failure stays, and is saved. A file that cannot be read, or a document that cannot be cut, does not
   * reject: it stands in the report's `failed`, the others are taken in, and its earlier version stays. What would meet every
   * document, such as a wrong key of the embedding model, rejects.
   */
  update(source: DocumentSource, options: UpdateOptions = {}): Promise<UpdateReport> {
    return throughDoor(options, {}, (asked) => this.#update(source, asked));
  }

  async #update(source: DocumentSource, options: UpdateOptions): Promise<UpdateReport> {
    if (this.#updating) {
      throw new MortiseError('conflict', 'This index is being updated already. Wait for that update to end.');
    }
    this.#updating = true;
    const { removeMissing = true, readFirst = this.#backend.readFirst, ...others } = options;
    let end: (() => Promise<void>) | undefined;
    try {
      end = await this.#backend.begin({ signal: options.signal });
      const strategy = removeMissing ? 'upserts-and-delete' : 'upserts';
      return await this.#pipeline.run(source, { ...others, strategy, readFirst });
    } finally {
      this.#updating = false;
      await end?.();
    }
  }

  /**
   * Takes in what other processes have written to the stores: `size` and `nodeCount`, and the words where they are in
   * memory. What they removed or replaced is never found, with or without it; what they added is found by its vector at
   * once, by its words from here on, or at once where the document store keeps the words.
   */
  refresh(given: StoreOptions = {}): Promise<void> {
    return throughDoor(given, {}, async (options) => {
      options.signal?.throwIfAborted();
      await this.#backend.refresh(options);
    });
  }

  /** Writes an index in memory to its folder, and what a vector store holds back (`flush`) to where it is kept. */
  save(): Promise<void> {
    return throughDoor({}, {}, () => this.#backend.save());
  }
}

function backendOf(
  parts: IndexParts,
  options: OpenIndexOptions & { readonly splitter: Transform },
): IndexBackend {
  const { embedding, documents, vectors } = parts;
  const { directory, maxBytes = DEFAULT_MAX_INDEX_BYTES, dimensions, bm25, onWarning, splitter } = options;
  wholeNumber('maxBytes', maxBytes, { orInfinity: true });
  if (documents === undefined && vectors === undefined)
    return new MemoryBackend({ embedding, splitter, directory, maxBytes, dimensions, bm25, onWarning });
  if (documents === undefined || vectors === undefined) {
    const [given, missing] = documents === undefined ? ['vectors', 'documents'] : ['documents', 'vectors'];
    const message = `${missing} is missing, and ${given} is given. Give both stores, or neither for an index in memory.`;
    throw new MortiseError('configuration', message);
  }
  if (directory !== undefined) {
    const message = `directory is ${directory}, and stores are given. Stores keep the index; leave directory out.`;
    throw new MortiseError('configuration', message);
  }
  requireMembers(vectors, ['upsert', 'delete', 'query'], 'vectors', 'VectorStore');
  return new StoredBackend({ documents, vectors, embedding, dimensions, bm25, onWarning });
}
