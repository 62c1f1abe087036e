import { runInSlices, timeSlices } from '@mortise/core/call';
import type { DocumentStore, KeyValueStore, SourceRecord } from '@mortise/core/store';
import { nodeHashSteps, nodeText, type Document, type Node } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import type {
  DocumentSource,
  IngestOptions,
  IngestProgress,
  IngestReport,
  IngestionStrategy,
} from './contract.ts';
import {
  checkDocument,
  checkIdentity,
  isAboutDocument,
  notAsked,
  sameId,
  transformFailure,
  withoutText,
  type Failures,
} from './failed-documents.ts';
import { ofItem, type Items } from './items.ts';
import { transformed } from './transform-cache.ts';
import { versionHash, versionNodes } from './version.ts';

/** A document that is new or changed, cut into the nodes of its new version. */
export interface ChangedDocument {
  readonly sourceId: string;
  /** What it was read from. */
  readonly item: string | undefined;
  readonly hash: string;
  /** Its record as it stands, of which the version that is replaced. */
  readonly old: SourceRecord | undefined;
  readonly nodes: readonly Node[];
  /** What the embedding model is given of each node. */
  readonly texts: readonly string[];
}

export interface ChangeContext {
  readonly documents: DocumentStore;
  readonly transforms: readonly Transform[];
  readonly recipe: string;
  readonly cache: KeyValueStore | undefined;
  readonly strategy: IngestionStrategy;
  readonly options: IngestOptions;
  readonly failures: Failures;
  readonly items: Items;
  /** Counted into as the run goes on. */
  readonly report: IngestReport;
  readonly progress: (progress: Omit<IngestProgress, 'failed'>) => void;
  /** Ids that the source had: filled as it is read. */
  readonly seen: Set<string>;
  /** Ids that the run is about. */
  readonly asked: ReadonlySet<string> | undefined;
  /** Hashes of what is known or under way, for `duplicates-only`. */
  readonly hashes: Set<string>;
}

/** Reads the source one document at a time, and yields those that have to be written. */
export async function* changedDocuments(
  source: DocumentSource,
  context: ChangeContext,
): AsyncGenerator<ChangedDocument> {
  const { seen, asked, failures, items, hashes, options } = context;
  const slices = timeSlices(options.signal);
  for await (const document of documentsOf(source, context)) {
    options.signal?.throwIfAborted();
    checkIdentity(document);
    const { id } = document;
    items.came(document);
    try {
      if (seen.has(id)) throw sameId(id);
      if (asked?.has(id) === false) throw notAsked(id);
      seen.add(id);
      const change = await changeOf(document, context);
      if (change !== undefined) {
        hashes.add(change.hash);
        yield change;
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isAboutDocument(error)) throw error;
      items.settled(document, undefined);
      failures.ofDocument(document, error as Error);
    }
    await items.keep();
    // Stores in memory and a splitter settle without a turn of the event loop.
    const turn = slices.turn();
    if (turn !== undefined) await turn;
  }
  options.signal?.throwIfAborted();
}

/** Undefined for a document that is left as it is. */
async function changeOf(document: Document, context: ChangeContext): Promise<ChangedDocument | undefined> {
  const { documents, transforms, recipe, cache, strategy, options, report, hashes, items } = context;
  const { signal, parent } = options;
  const { id, item } = document;
  checkDocument(document);
  if (item !== undefined && document.text !== '' && document.text.trim() === '') throw withoutText(id);
  const content = await runInSlices(nodeHashSteps(document), timeSlices(signal));
  const hash = versionHash(content, recipe);
  const old = await documents.getSource(id, { signal });
  // Its item was not read, since it is as it was: the other document of that id is still there.
  if (old?.item !== item && items.skipped.has(old?.item)) throw sameId(id);
  if (old?.hash === hash) {
    if (old.item !== item) await documents.setSource(ofItem(old, item), { signal });
    report.unchanged += 1;
    items.settled(document, hash);
    return undefined;
  }
  if (strategy === 'duplicates-only' && hashes.has(hash)) {
    report.duplicates += 1;
    items.settled(document, undefined);
    return undefined;
  }
  let made: Node[];
  try {
    made = await transformed([document], transforms, cache, { signal, parent });
  } catch (error) {
    signal?.throwIfAborted();
    throw transformFailure(id, error);
  }
  const nodes = await versionNodes(made.filter(hasText), { id, content }, hash, signal);
  return { sourceId: id, item, hash, old, nodes, texts: nodes.map((node) => nodeText(node, 'embed')) };
}

function documentsOf(source: DocumentSource, context: ChangeContext): AsyncIterable<Document> {
  if (!('read' in source)) return counted(source, context);
  const { options, failures, progress, items, report } = context;
  const { signal, parent } = options;
  return source.read({
    signal,
    parent,
    skip: async (item) => {
      const documents = await items.unchanged(item);
      report.unchanged += documents ?? 0;
      return documents !== undefined;
    },
    onError: (failure) => failures.ofItem(failure),
    onProgress: (step) => {
      items.ended(step);
      const { done, total, item } = step;
      progress({ phase: 'read', done, ...(total === undefined ? {} : { total }), item });
    },
  });
}

async function* counted(
  source: AsyncIterable<Document> | Iterable<Document>,
  { progress, items }: ChangeContext,
): AsyncGenerator<Document> {
  let done = 0;
  const total = Array.isArray(source) ? { total: source.length } : {};
  for await (const document of source) {
    checkIdentity(document);
    if (document.item !== undefined) items.withoutReader = true;
    done += 1;
    progress({ phase: 'read', done, ...total, item: document.id });
    yield document;
  }
}

/** There is nothing to embed in an empty node, and nothing to find. */
function hasText({ text }: Node): boolean {
  return text.trim() !== '';
}
