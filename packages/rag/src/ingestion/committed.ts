import { sourceId, type Node, type NodeWithScore } from '@mortise/core/retriever';
import { checkOptions, requireMembers } from '@mortise/core/shared';
import { storeCall, storeItems } from '@mortise/core/store';
import type {
  DocumentStore,
  SourceRecord,
  StoreOptions,
  VectorEntry,
  VectorQuery,
  VectorSelection,
  VectorStore,
  VectorStoreSupport,
} from '@mortise/core/store';

/** What an ingestion pipeline writes to. */
export interface CommittedVectorStoreOptions {
  vectors: VectorStore;
  documents: DocumentStore;
}

/**
 * The vectors of an ingestion as a reader should see them: of each document one version, whole, also while a run puts
 * another in its place and after a run was killed (I-01). A node counts when its document's record names it; a node
 * whose document has no record was put there by somebody else, and counts. Costs one look at the record of each
 * document among the results, and a second search where one of them has none.
 */
export class CommittedVectorStore implements VectorStore {
  readonly #vectors: VectorStore;
  readonly #documents: DocumentStore;

  constructor(options: CommittedVectorStoreOptions) {
    const { vectors, documents } = checkOptions(options, 'configuration');
    requireMembers(vectors, ['upsert', 'delete', 'query'], 'vectors', 'VectorStore');
    requireMembers(documents, ['getSource'], 'documents', 'DocumentStore');
    this.#vectors = vectors;
    this.#documents = documents;
  }

  get support(): VectorStoreSupport {
    return this.#vectors.support;
  }

  upsert(entries: readonly VectorEntry[], options?: StoreOptions): Promise<void> {
    return this.#vectors.upsert(entries, options);
  }

  delete(selection: VectorSelection, options?: StoreOptions): Promise<void> {
    return this.#vectors.delete(selection, options);
  }

  query(query: VectorQuery, options: StoreOptions = {}): Promise<NodeWithScore[]> {
    return storeCall(options, (asked) => this.#query(query, asked));
  }

  async #query(query: VectorQuery, options: StoreOptions): Promise<NodeWithScore[]> {
    const hidden = new Set<string>();
    // Documents that were without a record, and whose nodes were there after that was seen: those of somebody else.
    let withoutRecord = new Set<string>();
    for (let topK = query.topK; ;) {
      const found = await this.#vectors.query({ ...query, topK }, options);
      const counted = await this.#counted(found, options);
      const unknown = [...counted].flatMap(([id, ids]) => (ids === undefined ? [id] : []));
      const isNew = unknown.some((id) => !withoutRecord.has(id));
      withoutRecord = new Set(unknown);
      // A document that is being removed loses its vectors, and then its record: it may be the one or the other.
      if (isNew) continue;
      const isHidden = ({ node }: NodeWithScore): boolean => !counts(node, counted);
      const news = found.filter((result) => isHidden(result) && !hidden.has(result.node.id));
      const shown = found.filter((result) => !isHidden(result));
      const enough = shown.length >= query.topK || found.length < topK;
      // What was hidden for the first time may just have been replaced: what took its place is there by now.
      if (news.length === 0 && enough) return shown.slice(0, query.topK);
      for (const { node } of news) hidden.add(node.id);
      topK = query.topK + hidden.size + (enough ? 0 : topK);
    }
  }

  /** By document, the nodes that count; undefined for a document without a record. */
  async #counted(
    found: readonly NodeWithScore[],
    options: StoreOptions,
  ): Promise<Map<string, ReadonlySet<string> | undefined>> {
    const counted = new Map<string, ReadonlySet<string> | undefined>();
    for (const { node } of found) {
      const id = sourceId(node);
      if (id === undefined || counted.has(id)) continue;
      const record = await this.#documents.getSource(id, options);
      counted.set(id, record && new Set(record.nodeIds));
    }
    return counted;
  }
}

function counts(node: Node, counted: ReadonlyMap<string, ReadonlySet<string> | undefined>): boolean {
  const ids = counted.get(sourceId(node) ?? '');
  return ids === undefined || ids.has(node.id);
}

/**
 * The nodes that count, document by document: what an index in memory is filled with, and what a dump shows. A document
 * that is replaced meanwhile is shown in its old version or its new one.
 */
export function committedNodes(documents: DocumentStore, options: StoreOptions = {}): AsyncGenerator<Node> {
  return storeItems(options, (asked) => committedIn(documents, asked));
}

async function* committedIn(documents: DocumentStore, options: StoreOptions): AsyncGenerator<Node> {
  // Awaited, since what a store of others gives may be a promise, whose rejection is then heard.
  for await (const found of await Promise.resolve(documents.sources(options))) {
    let record: SourceRecord | undefined = found;
    let isLast = false;
    while (record !== undefined) {
      const nodes: (Node | undefined)[] = await documents.getMany(record.nodeIds, options);
      const next: SourceRecord | undefined = nodes.includes(undefined)
        ? await documents.getSource(record.sourceId, options)
        : record;
      // Nodes are missing and the record is the same, twice: that is how it is. Once, it may have come back to an
      // older text meanwhile.
      const isSame = next?.hash === record.hash;
      if (isSame && (next === record || isLast)) {
        yield* nodes.filter((node) => node !== undefined);
        break;
      }
      isLast = isSame;
      record = next;
    }
  }
}
