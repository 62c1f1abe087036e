import { isMortiseError, MortiseError } from '@mortise/core';
import type { ReadFailure } from '@mortise/core/reader';
import { nodeHash, type Document, type Node } from '@mortise/core/retriever';
import type { Transform } from '@mortise/core/transform';
import type { UpdateOptions } from './document-index.ts';
import type { DocumentSource } from '../ingestion/contract.ts';
import type { IndexedDocument } from './saved-index.ts';

/** How far an update is. */
export interface UpdateProgress {
  /** `read` counts documents, `embed` nodes. */
  phase: 'read' | 'embed' | (string & {});
  done: number;
  /** Absent while it is not known. */
  total?: number;
  /** The document at hand. */
  item: string;
}

/** A document that is new or changed, cut into nodes that are to be embedded. */
export type PlannedDocument = IndexedDocument;

export interface UpdatePlan {
  readonly documents: readonly PlannedDocument[];
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Ids that the source no longer has. */
  readonly missing: readonly string[];
  readonly failed: ReadFailure[];
}

/** Reads the source, holds it against what is known, and cuts what differs. One document that fails is set aside. */
export async function planUpdate(
  source: DocumentSource,
  known: ReadonlyMap<string, IndexedDocument>,
  splitter: Transform,
  options: UpdateOptions,
): Promise<UpdatePlan> {
  const { signal } = options;
  const documents: PlannedDocument[] = [];
  const failed: ReadFailure[] = [];
  const seen = new Set<string>();
  let added = 0;
  let changed = 0;
  let unchanged = 0;
  const fail = (failure: ReadFailure): void => {
    failed.push(failure);
    options.onError?.(failure);
  };

  for await (const document of documentsOf(source, options, fail)) {
    signal?.throwIfAborted();
    if (seen.has(document.id)) {
      fail({ item: document.id, error: sameId(document.id) });
      continue;
    }
    seen.add(document.id);
    try {
      const hash = nodeHash(document);
      const before = known.get(document.id);
      if (before?.hash === hash) {
        unchanged += 1;
        continue;
      }
      const nodes = await splitter.transform([document], { signal, parent: options.parent });
      documents.push({ id: document.id, hash, nodes: nodes.filter((node) => hasText(node)) });
      if (before === undefined) added += 1;
      else changed += 1;
    } catch (error) {
      signal?.throwIfAborted();
      fail({ item: document.id, error: described(document.id, error) });
    }
  }
  signal?.throwIfAborted();
  const missing = [...known.keys()].filter(
    (id) => !seen.has(id) && !failed.some(({ item }) => isOf(id, item)),
  );
  return { documents, added, changed, unchanged, missing, failed };
}

function documentsOf(
  source: DocumentSource,
  { signal, parent, onProgress }: UpdateOptions,
  onError: (failure: ReadFailure) => void,
): AsyncIterable<Document> | Iterable<Document> {
  if (!('read' in source)) return counted(source, onProgress);
  return source.read({
    signal,
    parent,
    onError,
    onProgress: ({ done, total, item }) =>
      onProgress?.({ phase: 'read', done, ...(total === undefined ? {} : { total }), item }),
  });
}

async function* counted(
  source: AsyncIterable<Document> | Iterable<Document>,
  onProgress: UpdateOptions['onProgress'],
): AsyncGenerator<Document> {
  let done = 0;
  for await (const document of source) {
    done += 1;
    onProgress?.({ phase: 'read', done, item: document.id });
    yield document;
  }
}

/** A document that failed is not gone; nor are those below a folder that could not be listed. */
function isOf(id: string, failedItem: string): boolean {
  return id === failedItem || id.startsWith(`${failedItem}/`);
}

/** There is nothing to embed in an empty node, and nothing to find. */
function hasText({ text }: Node): boolean {
  return text.trim() !== '';
}

function described(id: string, error: unknown): MortiseError {
  if (isMortiseError(error)) return error;
  const message = `${id} could not be cut into nodes: ${error instanceof Error ? error.message : String(error)}`;
  return new MortiseError('internal', message, { cause: error });
}

function sameId(id: string): MortiseError {
  const message = `Two documents have the id ${id}; the second is left out. Give every document an id of its own.`;
  return new MortiseError('conflict', message);
}
