import { isMortiseError, MortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Node, Retriever } from '@mortise/core/retriever';
import {
  type DocumentStore,
  type SourceRecord,
  type StoreOptions,
  type VectorStore,
} from '@mortise/core/store';
import { requireMembers } from '@mortise/core/shared';
import { requireDimensions } from '../dimensions.ts';
import { CommittedVectorStore } from '../ingestion/committed.ts';
import { Analysis } from '../retrievers/analysis.ts';
import { BM25Index, type BM25IndexOptions } from '../retrievers/bm25-index.ts';
import { sentence, warner, type IndexBackend, type QueryEmbedding } from './backend.ts';
import { FollowedDocuments, type DocumentFollower } from './followed-documents.ts';
import type { HybridRetrieverOptions } from './hybrid-ranking.ts';
import { MemoryWords } from './memory-words.ts';
import { StoredHybridRetriever } from './stored-retriever.ts';
import { StoredWords } from './stored-words.ts';
import type { Words } from './words.ts';

export interface StoredBackendOptions {
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
  readonly embedding: EmbeddingModel;
  readonly dimensions: number | undefined;
  readonly bm25: BM25IndexOptions | undefined;
  readonly onWarning: ((warning: Warning) => void) | undefined;
}

/** An index in stores that the caller has given. */
export class StoredBackend implements IndexBackend, DocumentFollower {
  readonly documents: DocumentStore;
  readonly vectors: VectorStore;
  readonly readFirst = false;
  readonly #store: DocumentStore;
  readonly #words: Words;
  /** What the model makes, where it says so. */
  readonly #dimensions: number | undefined;
  readonly #warn: (type: string, message: string) => void;
  /** By document, how many nodes it has. */
  #nodes = new Map<string, number>();

  constructor(options: StoredBackendOptions) {
    const { documents, vectors, embedding, dimensions, bm25, onWarning } = options;
    requireMembers(documents, ['getMany', 'getSource', 'sources'], 'documents', 'DocumentStore');
    requireMembers(vectors, ['upsert', 'delete', 'query'], 'vectors', 'VectorStore');
    if (!vectors.support.modes.includes('dense')) {
      const message = `The vector store has no 'dense' queries, which an index needs; it has: ${vectors.support.modes.join(', ')}.`;
      throw new MortiseError('configuration', message);
    }
    this.#store = documents;
    this.documents = new FollowedDocuments(documents, this);
    this.vectors = vectors;
    this.#dimensions = dimensions ?? embedding.metadata.dimensions;
    this.#words = wordsOf(documents, bm25);
    this.#warn = warner(onWarning);
  }

  get size(): number {
    return this.#nodes.size;
  }

  get nodeCount(): number {
    let sum = 0;
    for (const nodes of this.#nodes.values()) sum += nodes;
    return sum;
  }

  async open(options: StoreOptions): Promise<void> {
    await this.#settleDimensions(options);
    this.#check();
    await this.#count(options);
  }

  async refresh(options: StoreOptions): Promise<void> {
    await this.#count(options);
    await this.#words.refresh(options.signal);
  }

  /** Other writers are kept out by the document store's own lock, which the pipeline takes. */
  async begin(): Promise<() => Promise<void>> {
    this.#check();
    return () => this.#settle();
  }

  #check(): void {
    requireDimensions(this.vectors.support, this.#dimensions);
  }

  async #settle(): Promise<void> {
    try {
      await this.save();
    } catch (error) {
      const message = `The vectors could not be made to stay: ${sentence(error)} Call save() once that is mended; after a restart they would be missing.`;
      this.#warn('index-not-saved', message);
    }
  }

  async save(): Promise<void> {
    await this.vectors.flush?.();
  }

  retriever(embedding: QueryEmbedding, options: HybridRetrieverOptions): Retriever {
    const [documents, words] = [this.#store, this.#words];
    const vectors = new CommittedVectorStore({ vectors: this.vectors, documents });
    const check = (): void => this.#check();
    return new StoredHybridRetriever({ documents, vectors, words, embedding, check }, options);
  }

  added(nodes: readonly Node[], options: StoreOptions): Promise<void> {
    return this.#words.added(nodes, options);
  }

  changed(sourceId: string, record: SourceRecord | undefined): Promise<void> {
    if (record === undefined || record.hash === '') this.#nodes.delete(sourceId);
    else this.#nodes.set(sourceId, record.nodeIds.length);
    return this.#words.changed(sourceId);
  }

  async #count(options: StoreOptions): Promise<void> {
    const nodes = new Map<string, number>();
    for await (const { sourceId, hash, nodeIds } of this.#store.sources(options))
      if (hash !== '') nodes.set(sourceId, nodeIds.length);
    this.#nodes = nodes;
  }

  /** A store on a disk knows its dimensions once it was opened, which the smallest query does. */
  async #settleDimensions(options: StoreOptions): Promise<void> {
    const made = this.#dimensions;
    if (made === undefined || this.vectors.support.dimensions !== undefined) return;
    const embedding = Float32Array.from({ length: made }, (_, at) => (at === 0 ? 1 : 0));
    try {
      await this.vectors.query({ topK: 1, embedding }, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      // It knows them now, and they are others.
      if (!isMortiseError(error, 'invalid-request') || this.vectors.support.dimensions === undefined)
        throw error;
    }
  }
}

/** In the document store where it can, else in memory. */
function wordsOf(documents: DocumentStore, options: BM25IndexOptions = {}): Words {
  const { k1, b } = options;
  const analysis = new Analysis(options);
  const { fingerprint } = analysis;
  // Whatever keeps the words, options are checked.
  const bm25 = new BM25Index(options);
  if (fingerprint === undefined || documents.terms === undefined) return new MemoryWords(documents, bm25);
  const inMemory = (): Words => new MemoryWords(documents, new BM25Index(options));
  return new StoredWords(documents.terms(fingerprint), analysis, { k1, b }, inMemory);
}
