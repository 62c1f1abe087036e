import { MortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { emitPoint } from '@mortise/core/events';
import type { ReadFailure } from '@mortise/core/reader';
import type { Retriever } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import type { DocumentSource, IngestProgress, IngestReport } from '../ingestion/contract.ts';
import { IngestionPipeline } from '../ingestion/pipeline.ts';
import { BM25Index, type BM25IndexOptions } from '../retrievers/bm25-index.ts';
import { SentenceSplitter } from '../splitters/sentence.ts';
import { HybridRetriever, type HybridRetrieverOptions } from './hybrid-retriever.ts';
import { IndexContent } from './index-content.ts';
import { IndexFolder } from './index-folder.ts';
import type { SavedIndex } from './saved-index.ts';

/** A service context has them, or give them singly. */
export interface IndexParts {
  readonly embedding: EmbeddingModel;
}

/** Where an index is kept, and how documents are split and found. */
export interface OpenIndexOptions {
  /** How documents are cut. Default: a `SentenceSplitter` of 512 tokens. A context's `splitter` fits. */
  splitter?: Transform | undefined;
  /** Where the index is saved between runs. Default: nowhere. */
  directory?: string | undefined;
  /** Shorter vectors, where the model has them. */
  dimensions?: number | undefined;
  /** Batches embedded at once. Default: 4. */
  concurrency?: number | undefined;
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
  /** The id of the span around this call, where the runtime cannot tell. */
  parent?: string | undefined;
}

/** How far an update is: documents are read and cut, then nodes are embedded. */
export type UpdateProgress = IngestProgress;

/** What an update did, in documents. */
export type UpdateReport = IngestReport;

/** While embedding, the index is saved this often, so that a kill costs little. */
const SAVE_EVERY_MS = 5000;

/**
 * Opens the saved index of this embedding model and these settings, or an empty one. A saved index that is damaged, of
 * an older format or unreadable is a warning: the next `update` builds it again.
 */
export function openIndex(parts: IndexParts, options: OpenIndexOptions = {}): Promise<DocumentIndex> {
  return DocumentIndex.open(parts, options);
}

/**
 * Documents, their nodes and vectors in memory, with full-text and vector search. `openIndex` makes one. It is an
 * `IngestionPipeline` over stores in memory, saved to a file.
 */
export class DocumentIndex {
  readonly #embedding: EmbeddingModel;
  readonly #splitter: Transform;
  readonly #dimensions: number | undefined;
  readonly #folder: IndexFolder | undefined;
  readonly #onWarning: ((warning: Warning) => void) | undefined;
  readonly #content: IndexContent;
  readonly #pipeline: IngestionPipeline;
  #updating = false;
  #saving = false;
  #dirty = false;
  #savedAt = 0;

  private constructor({ embedding }: IndexParts, options: OpenIndexOptions) {
    this.#embedding = embedding;
    this.#splitter = options.splitter ?? new SentenceSplitter();
    this.#dimensions = options.dimensions;
    this.#folder = options.directory === undefined ? undefined : this.#folderAt(options.directory);
    this.#onWarning = options.onWarning;
    this.#content = new IndexContent(new BM25Index(options.bm25), () => this.#changed());
    this.#pipeline = new IngestionPipeline({
      documents: this.#content,
      vectors: this.#content.incoming,
      embedding,
      transforms: [this.#splitter],
      dimensions: this.#dimensions,
      concurrency: options.concurrency,
    });
  }

  /** See {@link openIndex}. */
  static async open(parts: IndexParts, options: OpenIndexOptions = {}): Promise<DocumentIndex> {
    options.signal?.throwIfAborted();
    const index = new DocumentIndex(parts, options);
    await index.#load(options.signal);
    return index;
  }

  /** How many documents there are. */
  get size(): number {
    return this.#content.size;
  }

  get nodeCount(): number {
    return this.#content.bm25.size;
  }

  /** The file that `save` writes. */
  get path(): string | undefined {
    return this.#folder?.path;
  }

  /** Full-text and vector search, fused. It sees what the index holds at the moment of each query. */
  retriever(options: HybridRetrieverOptions = {}): Retriever {
    const dimensions = this.#dimensions;
    const embedding: Pick<EmbeddingModel, 'embedQuery'> = {
      embedQuery: (query, call) => this.#embedding.embedQuery(query, { ...call, dimensions }),
    };
    const { bm25, vectors } = this.#content;
    return new HybridRetriever({ bm25, vectors, embedding }, options);
  }

  /**
   * Brings the index to what the source holds now: documents whose content is unchanged are neither cut nor embedded
   * again. A document is replaced as a whole, and the old version is found until the new one is. What was finished
   * before an abort or a failure stays, and is saved.
   */
  async update(source: DocumentSource, options: UpdateOptions = {}): Promise<UpdateReport> {
    if (this.#updating) {
      throw new MortiseError('conflict', 'This index is being updated already. Wait for that update to end.');
    }
    this.#updating = true;
    const { removeMissing = true, ...others } = options;
    try {
      // It is all in memory anyway, and so a progress bar knows its length.
      const readFirst = true;
      const strategy = removeMissing ? 'upserts-and-delete' : 'upserts';
      return await this.#pipeline.run(source, { ...others, strategy, readFirst });
    } finally {
      this.#updating = false;
      await this.#saveOrWarn();
    }
  }

  /** Writes the index to its folder; without one, nothing. */
  async save(): Promise<void> {
    if (this.#folder === undefined) return;
    this.#dirty = false;
    try {
      await this.#folder.save(this.#content.saved());
    } catch (error) {
      this.#dirty = true;
      throw error;
    } finally {
      this.#savedAt = performance.now();
    }
  }

  async #changed(): Promise<void> {
    this.#dirty = true;
    if (this.#saving || performance.now() - this.#savedAt < SAVE_EVERY_MS) return;
    this.#saving = true;
    try {
      await this.#saveOrWarn();
    } finally {
      this.#saving = false;
    }
  }

  async #saveOrWarn(): Promise<void> {
    if (!this.#dirty) return;
    try {
      await this.save();
    } catch (error) {
      const path = this.path ?? '';
      this.#warn(
        'index-not-saved',
        `The index could not be saved to ${path}: ${messageOf(error)} The next run builds it again.`,
      );
    }
  }

  async #load(signal: AbortSignal | undefined): Promise<void> {
    this.#savedAt = performance.now();
    let saved: SavedIndex | undefined;
    try {
      saved = await this.#folder?.load(signal);
    } catch (error) {
      signal?.throwIfAborted();
      const message = `The saved index ${this.path} is not used: ${messageOf(error)} It will be built again.`;
      return this.#warn('index-not-used', message);
    }
    if (saved !== undefined) await this.#content.restore(saved);
  }

  #folderAt(directory: string): IndexFolder {
    const { provider, model, metadata } = this.#embedding;
    const { fingerprint } = this.#splitter;
    if (fingerprint === undefined) {
      const message =
        'An index cannot be saved with a splitter that has no fingerprint: nobody could tell whether it is still the same. Give the splitter one, or leave directory out.';
      throw new MortiseError('configuration', message);
    }
    const dimensions = this.#dimensions ?? metadata.dimensions;
    return new IndexFolder(directory, { provider, model, dimensions, splitter: fingerprint });
  }

  #warn(type: string, message: string): void {
    emitPoint('warning', { type, message });
    this.#onWarning?.({ type, message });
  }
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.endsWith('.') ? message : `${message}.`;
}
