import { MortiseError, type Warning } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { emitPoint, inSpan } from '@mortise/core/events';
import type { ReadFailure } from '@mortise/core/reader';
import { nodeText, type Node, type Retriever } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import { abortable } from '../abort.ts';
import { BM25Index, type BM25IndexOptions } from '../retrievers/bm25-index.ts';
import { SentenceSplitter } from '../splitters/sentence.ts';
import { MemoryVectorStore } from '../stores/memory-vector-store.ts';
import { HybridRetriever, type HybridRetrieverOptions } from './hybrid-retriever.ts';
import { IndexFolder } from './index-folder.ts';
import type { IndexedDocument, SavedIndex } from './saved-index.ts';
import type { DocumentSource } from '../ingestion/contract.ts';
import { planUpdate, type PlannedDocument, type UpdateProgress } from './update-plan.ts';

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

/** What an update did, in documents. */
export interface UpdateReport {
  /** Documents that are new, that changed, that were left as they were, and that are gone. */
  added: number;
  changed: number;
  unchanged: number;
  removed: number;
  /** Set aside: an earlier version stays in the index. */
  failed: ReadFailure[];
  /** Nodes that were embedded. */
  embedded: number;
}

/** While embedding, the index is saved this often, so that a kill costs little. */
const SAVE_EVERY_MS = 5000;

/**
 * Opens the saved index of this embedding model and these settings, or an empty one. A saved index that is damaged, of
 * an older format or unreadable is a warning: the next `update` builds it again.
 */
export function openIndex(parts: IndexParts, options: OpenIndexOptions = {}): Promise<DocumentIndex> {
  return DocumentIndex.open(parts, options);
}

/** Documents, their nodes and vectors in memory, with full-text and vector search. `openIndex` makes one. */
export class DocumentIndex {
  readonly #embedding: EmbeddingModel;
  readonly #splitter: Transform;
  readonly #dimensions: number | undefined;
  readonly #folder: IndexFolder | undefined;
  readonly #onWarning: ((warning: Warning) => void) | undefined;
  readonly #documents = new Map<string, IndexedDocument>();
  readonly #bm25: BM25Index;
  readonly #vectors = new MemoryVectorStore();
  #updating = false;
  #dirty = false;
  #savedAt = 0;

  private constructor({ embedding }: IndexParts, options: OpenIndexOptions) {
    this.#embedding = embedding;
    this.#splitter = options.splitter ?? new SentenceSplitter();
    this.#dimensions = options.dimensions;
    this.#folder = options.directory === undefined ? undefined : this.#folderAt(options.directory);
    this.#onWarning = options.onWarning;
    this.#bm25 = new BM25Index(options.bm25);
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
    return this.#documents.size;
  }

  get nodeCount(): number {
    return this.#bm25.size;
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
    return new HybridRetriever({ bm25: this.#bm25, vectors: this.#vectors, embedding }, options);
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
    try {
      return await inSpan(
        'ingest.run',
        { parent: options.parent },
        (span) => this.#update(source, { ...options, parent: span.id ?? options.parent }),
        ({ failed, ...counts }) => ({ attributes: { ...counts, failed: failed.length } }),
      );
    } finally {
      this.#updating = false;
    }
  }

  async #update(source: DocumentSource, options: UpdateOptions): Promise<UpdateReport> {
    options.signal?.throwIfAborted();
    const plan = await planUpdate(source, this.#documents, this.#splitter, options);
    const removed = options.removeMissing === false ? [] : plan.missing;
    try {
      for (const id of removed) await this.#remove(id);
      await this.#embed(plan.documents, options);
    } finally {
      await this.#saveOrWarn();
    }
    const { added, changed, unchanged, failed } = plan;
    const embedded = plan.documents.reduce((sum, { nodes }) => sum + nodes.length, 0);
    return { added, changed, unchanged, removed: removed.length, failed, embedded };
  }

  /** One stream over the nodes of all documents; a document goes in when its last vector is there. */
  async #embed(
    documents: readonly PlannedDocument[],
    { signal, onProgress, parent }: UpdateOptions,
  ): Promise<void> {
    const total = documents.reduce((sum, { nodes }) => sum + nodes.length, 0);
    const texts = documents.flatMap(({ nodes }) => nodes.map((node) => nodeText(node, 'embed')));
    const stream = this.#embedding
      .embedStream(texts, { signal, parent, dimensions: this.#dimensions })
      [Symbol.asyncIterator]();
    let done = 0;
    try {
      for (const document of documents) {
        const vectors: Float32Array[] = [];
        while (vectors.length < document.nodes.length) {
          const next = await abortable(signal, () => stream.next());
          signal?.throwIfAborted();
          if (next.done === true) throw tooFewVectors(done, total);
          vectors.push(next.value.embedding);
          done += 1;
          onProgress?.({ phase: 'embed', done, total, item: document.id });
        }
        await this.#replace(document, vectors);
        if (performance.now() - this.#savedAt > SAVE_EVERY_MS) await this.#saveOrWarn();
      }
    } finally {
      await stream.return?.();
    }
  }

  async #replace({ id, hash, nodes }: PlannedDocument, vectors: readonly Float32Array[]): Promise<void> {
    const old = this.#documents.get(id)?.nodes ?? [];
    const kept = new Set(nodes.map((node) => node.id));
    const gone = old.map((node) => node.id).filter((nodeId) => !kept.has(nodeId));
    await this.#vectors.upsert(nodes.map((node, at) => ({ node, embedding: vectors[at] as Float32Array })));
    this.#bm25.upsert(nodes);
    await this.#vectors.delete({ ids: gone });
    this.#bm25.remove(gone);
    this.#documents.set(id, { id, hash, nodes });
    this.#dirty = true;
  }

  async #remove(id: string): Promise<void> {
    const ids = this.#documents.get(id)?.nodes.map((node) => node.id) ?? [];
    this.#documents.delete(id);
    await this.#vectors.delete({ ids });
    this.#bm25.remove(ids);
    this.#dirty = true;
  }

  /** Writes the index to its folder; without one, nothing. */
  async save(): Promise<void> {
    if (this.#folder === undefined) return;
    this.#dirty = false;
    // In the order of their ids, so that equal indexes are equal files.
    const documents = [...this.#documents.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const vectors = documents.flatMap(({ nodes }) =>
      nodes.map((node) => this.#vectors.vectorOf(node.id) as Float32Array),
    );
    try {
      await this.#folder.save({ documents, vectors });
    } catch (error) {
      this.#dirty = true;
      throw error;
    }
    this.#savedAt = performance.now();
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
    if (saved === undefined) return;
    const nodes: Node[] = saved.documents.flatMap((document) => document.nodes);
    const { vectors } = saved;
    await this.#vectors.upsert(nodes.map((node, row) => ({ node, embedding: vectors[row] as Float32Array })));
    this.#bm25.upsert(nodes);
    for (const document of saved.documents) this.#documents.set(document.id, document);
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

function tooFewVectors(done: number, total: number): MortiseError {
  const message = `The embedding model ended its stream after ${done} of ${total} texts.`;
  return new MortiseError('malformed-response', message);
}
