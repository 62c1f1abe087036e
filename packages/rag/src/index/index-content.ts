import { MortiseError } from '@mortise/core';
import { runInSlices, timeSlices } from '@mortise/core/call';
import type { Node } from '@mortise/core/retriever';
import {
  checkVectorEntries,
  type SourceRecord,
  type StoreOptions,
  type VectorEntry,
  type VectorStore,
  type VectorStoreSupport,
} from '@mortise/core/store';
import type { BM25Index } from '../retrievers/bm25-index.ts';
import { MemoryDocumentStore } from '../stores/memory-document-store.ts';
import { MemoryVectorStore } from '../stores/memory-vector-store.ts';
import { SharedLock } from '../stores/shared-lock.ts';
import type { IndexedDocument, SavedIndex } from './saved-index.ts';

/**
 * What a pipeline writes to, and what retrievers search. The two differ while a run writes: nodes and vectors that come
 * in wait until the record of their document names them. They then take the place of the old ones under a lock, so that
 * a search sees one version of each document and nothing has to be left out of its results.
 */
export class IndexContent extends MemoryDocumentStore {
  readonly bm25: BM25Index;
  /** Written while a document replaces another; readers that must not see both or neither read it. */
  readonly swaps = new SharedLock();
  readonly vectors = new MemoryVectorStore();
  /** The pipeline's vector store. */
  readonly incoming: VectorStore;
  readonly #waiting = new Map<string, VectorEntry>();
  readonly #shown = new Map<string, IndexedDocument>();
  readonly #onChange: () => Promise<void>;

  /** `onChange` is awaited after each document that was replaced or removed. */
  constructor(bm25: BM25Index, onChange: () => Promise<void>) {
    super();
    this.bm25 = bm25;
    this.#onChange = onChange;
    this.incoming = new IncomingVectors(this.#waiting, this.vectors);
  }

  /** Documents that can be found. */
  get size(): number {
    return this.#shown.size;
  }

  override async setSource(record: SourceRecord, options: StoreOptions = {}): Promise<void> {
    await super.setSource(record, options);
    await this.swaps.write(async () => {
      const before = this.#shown.get(record.sourceId);
      if (record.hash !== (before?.hash ?? '')) await this.#show(record, before?.nodes ?? []);
      else if (before !== undefined) this.#shown.set(before.id, { ...origin(record), ...version(before) });
    });
    await this.#onChange();
  }

  /** In the order of their ids, so that equal indexes are equal files. As it is at one moment. */
  saved(): Promise<SavedIndex> {
    return this.swaps.read(async () => {
      const documents = [...this.#shown.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
      const vectors: Float32Array[] = [];
      const slices = timeSlices();
      for (const { id } of documents.flatMap(({ nodes }) => nodes)) {
        vectors.push(this.vectors.vectorOf(id) as Float32Array);
        const turn = slices.turn();
        if (turn !== undefined) await turn;
      }
      return { documents, vectors };
    });
  }

  /** Makes this the content; what is the same stays. `disposable`: once aborted this is thrown away, half made or not. */
  restore(saved: SavedIndex, signal?: AbortSignal, disposable = false): Promise<void> {
    return this.swaps.write(() => this.#restore(saved, disposable ? signal : undefined), signal);
  }

  async #restore({ documents, vectors }: SavedIndex, signal: AbortSignal | undefined): Promise<void> {
    const rows = new Map<string, Float32Array>();
    const slices = timeSlices(signal);
    for (const [row, { id }] of documents.flatMap(({ nodes }) => nodes).entries()) {
      rows.set(id, vectors[row] as Float32Array);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    const saved = new Map(documents.map((document) => [document.id, document]));
    const isSame = ({ id, hash }: IndexedDocument): boolean => saved.get(id)?.hash === hash;
    const before = [...this.#shown.values()];
    const gone = before.filter((document) => !isSame(document));
    const added = new Set(documents.filter(({ id, hash }) => this.#shown.get(id)?.hash !== hash));
    const goneIds = gone.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    const nodes = [...added].flatMap((document) => document.nodes);

    for (const { id } of gone) this.#shown.delete(id);
    for (const document of documents) this.#shown.set(document.id, document);
    await this.#replace(
      goneIds,
      nodes,
      nodes.map((node) => ({ node, embedding: rows.get(node.id) as Float32Array })),
      signal,
    );
    for (const { id } of gone) {
      await super.deleteSource(id);
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
    for (const document of documents) {
      if (added.has(document)) await this.upsert(document.nodes);
      await super.setSource({
        ...origin(document),
        sourceId: document.id,
        hash: document.hash,
        nodeIds: document.nodes.map((node) => node.id),
      });
      const turn = slices.turn();
      if (turn !== undefined) await turn;
    }
  }

  async #show(record: SourceRecord, before: readonly Node[]): Promise<void> {
    const { sourceId: id, hash, nodeIds } = record;
    const entries = nodeIds.flatMap((nodeId) => this.#waiting.get(nodeId) ?? []);
    const nodes = entries.map(({ node }) => node);
    const gone = before.map((node) => node.id);
    for (const nodeId of nodeIds) this.#waiting.delete(nodeId);
    if (hash === '') this.#shown.delete(id);
    else this.#shown.set(id, { ...origin(record), id, hash, nodes });
    await this.#replace(gone, nodes, entries);
  }

  /** Under the lock: between two turns of the event loop only a part is there. */
  async #replace(
    gone: readonly string[],
    nodes: readonly Node[],
    entries: readonly VectorEntry[],
    signal?: AbortSignal,
  ): Promise<void> {
    if (gone.length > 0) await this.vectors.delete({ ids: gone }, { signal });
    if (entries.length > 0) await this.vectors.upsert(entries, { signal });
    const slices = timeSlices(signal);
    await runInSlices(this.bm25.removeSteps(gone), slices);
    await runInSlices(this.bm25.upsertSteps(nodes), slices);
  }
}

/** Where a document comes from, and how far its item is known. */
function origin({ item, read }: Pick<SourceRecord, 'item' | 'read'>): Pick<IndexedDocument, 'item' | 'read'> {
  return { ...(item === undefined ? {} : { item }), ...(read === undefined ? {} : { read }) };
}

function version({ id, hash, nodes }: IndexedDocument): IndexedDocument {
  return { id, hash, nodes };
}

/** Keeps vectors until they are shown, and refuses what the store that is searched would. */
class IncomingVectors implements VectorStore {
  readonly #waiting: Map<string, VectorEntry>;
  readonly #searched: MemoryVectorStore;

  constructor(waiting: Map<string, VectorEntry>, searched: MemoryVectorStore) {
    this.#waiting = waiting;
    this.#searched = searched;
  }

  get support(): VectorStoreSupport {
    return { ...this.#searched.support, modes: [] };
  }

  async upsert(entries: readonly VectorEntry[], { signal }: StoreOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    const [other] = this.#waiting.values();
    checkVectorEntries(entries, this.#searched.support.dimensions ?? other?.embedding.length);
    for (const entry of entries) this.#waiting.set(entry.node.id, entry);
  }

  /** By ids, as a pipeline does. What is shown went when its record did. */
  async delete({ ids = [] }: { readonly ids?: readonly string[] | undefined }): Promise<void> {
    for (const id of ids) this.#waiting.delete(id);
  }

  query(): Promise<never> {
    const message = 'Vectors that are not part of the index yet are not searched.';
    return Promise.reject(new MortiseError('unsupported', message));
  }
}
