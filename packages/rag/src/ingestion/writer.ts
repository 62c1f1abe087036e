import { inSpan } from '@mortise/core/events';
import type { Node } from '@mortise/core/retriever';
import type {
  DocumentStore,
  SourceRecord,
  SourcesOptions,
  VectorEntry,
  VectorStore,
} from '@mortise/core/store';
import type { IngestOptions } from './contract.ts';
import { ofItem } from './items.ts';

/** A new version of a document, ready to be written. */
export interface Version {
  readonly sourceId: string;
  /** What the document was read from. */
  readonly item: string | undefined;
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** One for each node; empty where there are no vectors to keep. */
  readonly vectors: readonly Float32Array[];
}

/**
 * Puts versions of documents in each other's place. A document's record is the switch: what it names in `nodeIds` is
 * the index, what it names in `strayIds` may be there besides. The record is written before any node is, and again
 * before any node is removed, so that whatever moment a kill picks, the record tells old from new, and what has to go.
 *
 * 1. the record: the old nodes count, the new ones are strays;
 * 2. the new nodes and vectors;
 * 3. the record: the new hash, the new nodes count, the old ones are strays;
 * 4. the old nodes and vectors go;
 * 5. the record, without strays.
 */
export class IndexWriter {
  readonly #documents: DocumentStore;
  readonly #vectors: VectorStore | undefined;

  constructor(documents: DocumentStore, vectors: VectorStore | undefined) {
    this.#documents = documents;
    this.#vectors = vectors;
  }

  /** `old` is the record as it stands, without strays. */
  replace(
    old: SourceRecord | undefined,
    { sourceId, item, hash, nodes, vectors }: Version,
    { signal, parent }: WriteCall,
  ): Promise<void> {
    const attributes = { nodes: nodes.length, replaced: old?.nodeIds.length ?? 0 };
    return inSpan('ingest.write', { attributes, parent }, async () => {
      const nodeIds = nodes.map(({ id }) => id);
      const before = ofItem(old ?? { sourceId, hash: '', nodeIds: [] }, item);
      if (nodes.length > 0) {
        await this.#documents.setSource({ ...before, strayIds: nodeIds }, { signal });
        await this.#documents.upsert(nodes, { signal });
        const entries = vectors.map((embedding, at): VectorEntry => ({ node: nodes[at] as Node, embedding }));
        await this.#vectors?.upsert(entries, { signal });
      }
      const record = settled(before, hash, nodeIds);
      const kept = new Set(nodeIds);
      const gone = before.nodeIds.filter((id) => !kept.has(id));
      await this.#documents.setSource(gone.length === 0 ? record : { ...record, strayIds: gone }, { signal });
      if (gone.length > 0) await this.#sweep({ ...record, strayIds: gone }, signal);
    });
  }

  /** Gone for every reader at once; its nodes then follow. */
  remove({ sourceId, nodeIds, strayIds = [] }: SourceRecord, { signal, parent }: WriteCall): Promise<void> {
    return inSpan('ingest.remove', { attributes: { nodes: nodeIds.length }, parent }, async () => {
      const record = { sourceId, hash: '', nodeIds: [], strayIds: [...nodeIds, ...strayIds] };
      await this.#documents.setSource(record, { signal });
      await this.#sweep(record, signal);
    });
  }

  /** Finishes what an earlier run left: versions half written, versions half removed. Of these documents, or of all. */
  async recover({ signal, sourceIds }: WriteCall & Pick<IngestOptions, 'sourceIds'>): Promise<void> {
    for await (const record of recordsOf(this.#documents, sourceIds, { signal, unsettled: true })) {
      if (record.strayIds !== undefined) await this.#sweep(record, signal);
    }
  }

  async #sweep(record: SourceRecord, signal: AbortSignal | undefined): Promise<void> {
    const ids = record.strayIds ?? [];
    if (ids.length > 0) {
      await this.#vectors?.delete({ ids }, { signal });
      await this.#documents.delete(ids, { signal });
    }
    // Without a hash no version ever counted, or none does any more.
    if (record.hash === '') await this.#documents.deleteSource(record.sourceId, { signal });
    else await this.#documents.setSource(settled(record, record.hash, record.nodeIds), { signal });
  }
}

/** The records of these documents, or of all. */
export async function* recordsOf(
  documents: DocumentStore,
  sourceIds: readonly string[] | undefined,
  options: SourcesOptions,
): AsyncGenerator<SourceRecord> {
  if (sourceIds === undefined) yield* documents.sources(options);
  for (const id of new Set(sourceIds)) {
    const record = await documents.getSource(id, options);
    if (record !== undefined) yield record;
  }
}

/** How a write is cancelled, and the span around it. */
export interface WriteCall {
  readonly signal?: AbortSignal | undefined;
  readonly parent?: string | undefined;
}

function settled(
  { strayIds: _strayIds, ...record }: SourceRecord,
  hash: string,
  nodeIds: string[],
): SourceRecord {
  return { ...record, hash, nodeIds };
}
