import { isMortiseError } from '@mortise/core';
import type { EmbeddingModel } from '@mortise/core/embedding';
import { nodeHash, nodeText, type Document, type Node } from '@mortise/core/retriever';
import type {
  DocumentStore,
  SourceRecord,
  StoreOptions,
  VectorEntry,
  VectorStore,
} from '@mortise/core/store';
import type { NodeSplitter } from '@mortise/core/transform';

export interface FrozenIngestionOptions {
  documents: DocumentStore;
  vectors: VectorStore;
  splitter: NodeSplitter;
  embedding: EmbeddingModel;
}

/** Brings two stores up to date with all documents there are, one after the other; gives the ids that failed. */
export class FrozenIngestion {
  readonly #options: FrozenIngestionOptions;

  constructor(options: FrozenIngestionOptions) {
    this.#options = options;
  }

  async run(all: readonly Document[], options: StoreOptions = {}): Promise<string[]> {
    options.signal?.throwIfAborted();
    const lock = await this.#options.documents.lock?.(options);
    try {
      const failed: string[] = [];
      for (const document of all) if (!(await this.#write(document, options))) failed.push(document.id);
      const ids = new Set(all.map(({ id }) => id));
      for await (const record of this.#options.documents.sources(options))
        if (!ids.has(record.sourceId)) await this.#remove(record, options);
      return failed;
    } finally {
      await lock?.release();
    }
  }

  /** False when the document cannot be embedded: what there is of it stays. */
  async #write(document: Document, options: StoreOptions): Promise<boolean> {
    const { documents, vectors } = this.#options;
    const hash = nodeHash(document);
    const {
      nodeIds = [],
      strayIds = [],
      hash: old = '',
    } = (await documents.getSource(document.id, options)) ?? {};
    const record = { sourceId: document.id, hash };
    if (old === hash) {
      await this.#settle({ ...record, nodeIds, strayIds }, options);
      return true;
    }
    const entries = await this.#entries(document, hash, options);
    if (entries === undefined) return false;
    const nodes = entries.map(({ node }) => node);
    const newIds = nodes.map(({ id }) => id);
    // Named before they are there, so that a kill leaves nothing that nobody knows of.
    const announced = {
      sourceId: document.id,
      hash: old,
      nodeIds,
      strayIds: without([...strayIds, ...newIds], nodeIds),
    };
    await documents.setSource(announced, options);
    await documents.upsert(nodes, options);
    await vectors.upsert(entries, options);
    const written = { ...record, nodeIds: newIds };
    const replaced = without([...nodeIds, ...strayIds], newIds);
    await documents.setSource(replaced.length === 0 ? written : { ...written, strayIds: replaced }, options);
    await this.#settle({ ...written, strayIds: replaced }, options);
    return true;
  }

  /** The chunks with their vectors; ids are those of one version, so that two never meet. */
  async #entries(
    document: Document,
    hash: string,
    options: StoreOptions,
  ): Promise<VectorEntry[] | undefined> {
    const { splitter, embedding } = this.#options;
    try {
      const version = {
        ...document,
        id: `${document.id}@${hash}`,
        relationships: { source: { id: document.id } },
      };
      const nodes = splitter.split(version);
      const texts = nodes.map((node) => nodeText(node, 'embed'));
      const { embeddings } = await embedding.embedTexts(texts, options);
      return nodes.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array }));
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isMortiseError(error)) throw error;
      return undefined;
    }
  }

  /** Removes the strays of a version that counts. */
  async #settle({ strayIds = [], ...record }: SourceRecord, options: StoreOptions): Promise<void> {
    if (strayIds.length === 0) return;
    await this.#options.vectors.delete({ ids: strayIds }, options);
    await this.#options.documents.delete(strayIds, options);
    await this.#options.documents.setSource(record, options);
  }

  /** Out of sight in one step, then gone. */
  async #remove({ sourceId, nodeIds, strayIds = [] }: SourceRecord, options: StoreOptions): Promise<void> {
    const { documents, vectors } = this.#options;
    const ids = [...nodeIds, ...strayIds];
    await documents.setSource({ sourceId, hash: '', nodeIds: [], strayIds: ids }, options);
    await vectors.delete({ ids }, options);
    await documents.deleteSource(sourceId, options);
  }
}

/** The nodes that count, whatever else a killed run has left. */
export async function visibleNodes(documents: DocumentStore): Promise<Node[]> {
  const nodes: Node[] = [];
  for await (const { nodeIds } of documents.sources())
    nodes.push(...(await documents.getMany(nodeIds)).filter((node) => node !== undefined));
  return nodes;
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  const left = new Set(ids);
  for (const id of others) left.delete(id);
  return [...left];
}
