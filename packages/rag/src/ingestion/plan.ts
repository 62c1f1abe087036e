import type { DocumentStore, KeyValueStore, SourceRecord } from '@mortise/core/store';
import { nodeText, type Document, type Node } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import type {
  DocumentSource,
  IngestOptions,
  IngestProgress,
  IngestReport,
  IngestionStrategy,
} from './contract.ts';
import { isAboutDocument, sameId, transformFailure, type Failures } from './failures.ts';
import { transformed } from './transform-cache.ts';
import { versionHash, versionNodes } from './version.ts';

/** A document that is new or changed, cut into the nodes of its new version. */
export interface PlannedDocument {
  readonly sourceId: string;
  readonly hash: string;
  /** Its record as it stands, of which the version that is replaced. */
  readonly old: SourceRecord | undefined;
  readonly nodes: readonly Node[];
  /** What the embedding model is given of each node. */
  readonly texts: readonly string[];
}

export interface Planning {
  readonly documents: DocumentStore;
  readonly transforms: readonly Transform[];
  readonly recipe: string;
  readonly cache: KeyValueStore | undefined;
  readonly strategy: IngestionStrategy;
  readonly options: IngestOptions;
  readonly failures: Failures;
  readonly report: IngestReport;
  readonly progress: (progress: Omit<IngestProgress, 'failed'>) => void;
  /** Ids that the source had: filled as it is read. */
  readonly seen: Set<string>;
  /** Hashes of what is known or under way, for `duplicates-only`. */
  readonly hashes: Set<string>;
}

/** Reads the source one document at a time, and yields those that have to be written. */
export async function* planned(source: DocumentSource, planning: Planning): AsyncGenerator<PlannedDocument> {
  const { seen, failures, hashes, options } = planning;
  for await (const document of documentsOf(source, planning)) {
    options.signal?.throwIfAborted();
    const { id } = document;
    if (seen.has(id)) {
      failures.add({ item: id, error: sameId(id) });
      continue;
    }
    seen.add(id);
    try {
      const plan = await planOf(document, planning);
      if (plan === undefined) continue;
      hashes.add(plan.hash);
      yield plan;
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isAboutDocument(error)) throw error;
      failures.add({ item: id, error: error as Error });
    }
  }
  options.signal?.throwIfAborted();
}

/** Undefined for a document that is left as it is. */
async function planOf(document: Document, planning: Planning): Promise<PlannedDocument | undefined> {
  const { documents, transforms, recipe, cache, strategy, options, report, hashes } = planning;
  const { signal, parent } = options;
  const hash = versionHash(document, recipe);
  const old = await documents.getSource(document.id, { signal });
  if (old?.hash === hash) {
    report.unchanged += 1;
    return undefined;
  }
  if (strategy === 'duplicates-only' && hashes.has(hash)) {
    report.duplicates += 1;
    return undefined;
  }
  let made: Node[];
  try {
    made = await transformed([document], transforms, cache, { signal, parent });
  } catch (error) {
    signal?.throwIfAborted();
    throw transformFailure(document.id, error);
  }
  const nodes = versionNodes(made.filter(hasText), document, hash);
  return { sourceId: document.id, hash, old, nodes, texts: nodes.map((node) => nodeText(node, 'embed')) };
}

function documentsOf(
  source: DocumentSource,
  { options: { signal, parent }, failures, progress }: Planning,
): AsyncIterable<Document> {
  if (!('read' in source)) return counted(source, progress);
  return source.read({
    signal,
    parent,
    onError: (failure) => failures.add(failure),
    onProgress: ({ done, total, item }) =>
      progress({ phase: 'read', done, ...(total === undefined ? {} : { total }), item }),
  });
}

async function* counted(
  source: AsyncIterable<Document> | Iterable<Document>,
  progress: Planning['progress'],
): AsyncGenerator<Document> {
  let done = 0;
  const total = Array.isArray(source) ? { total: source.length } : {};
  for await (const document of source) {
    done += 1;
    progress({ phase: 'read', done, ...total, item: document.id });
    yield document;
  }
}

/** There is nothing to embed in an empty node, and nothing to find. */
function hasText({ text }: Node): boolean {
  return text.trim() !== '';
}
