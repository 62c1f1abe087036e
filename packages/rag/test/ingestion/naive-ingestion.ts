import type { IngestionOutcome, IngestionSubject, IngestionTask } from '@mortise/conformance';
import { isMortiseError, MortiseError } from '@mortise/core';
import type { ReadFailure } from '@mortise/core/reader';
import { nodeHash, nodeText, sourceId, type Document, type Node } from '@mortise/core/retriever';
import type { SourceRecord } from '@mortise/core/store';
import { MemoryDocumentStore, MemoryVectorStore, SentenceSplitter } from '@mortise/rag';

/** Items that failed in any run. */
const stuck = new Set<string>();

/** What somebody got wrong once. */
export type Fault =
  | 'deletes-first'
  | 'hash-first'
  | 'no-strays'
  | 'no-recovery'
  | 'plain-ids'
  | 'last-node-only'
  | 'identity-by-content'
  | 'failure-stops'
  | 'failed-is-done'
  | 'failed-is-gone'
  | 'failed-is-silent'
  | 'nothing-is-removed'
  | 'everything-again'
  | 'no-lock'
  | 'abort-of-its-own'
  | 'deaf-to-failures'
  | 'failures-by-id'
  | 'failure-keeps-all'
  | 'failed-item-is-stuck'
  | 'refused-is-torn'
  | 'written-twice';

/** A plain ingestion, one document and one request at a time: sound, or with one fault. */
export function naiveIngestion(fault?: Fault): IngestionSubject {
  return {
    open: () => ({ documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() }),
    async ingest(task) {
      if (fault === 'no-lock') return ingest(task, fault);
      const lock = await task.stores.documents.lock!(task);
      try {
        return await ingest(task, fault);
      } catch (error) {
        if (fault === 'abort-of-its-own') throw new MortiseError('aborted', 'The run was aborted.');
        throw error;
      } finally {
        await lock.release();
      }
    },
    async visible({ documents, vectors }) {
      const found = await vectors.query({ topK: 10_000, embedding: Float32Array.of(1, 1, 1) });
      const nodes: Node[] = [];
      for (const { node } of found) {
        const record = await documents.getSource(sourceId(node) as string);
        if (record?.nodeIds.includes(node.id) !== false) nodes.push(node);
      }
      return nodes;
    },
  };
}

async function ingest(task: IngestionTask, fault: Fault | undefined): Promise<IngestionOutcome> {
  const { stores, reader, signal } = task;
  signal?.throwIfAborted();
  if (fault !== 'no-recovery') {
    for await (const record of stores.documents.sources())
      if (record.strayIds !== undefined) await sweep(task, record);
  }
  const failed: string[] = [];
  const seen = new Set<string>();
  const torn = new Set<string>(fault === 'failed-item-is-stuck' ? stuck : []);
  const onError = ({ item }: ReadFailure): void => {
    failed.push(item);
    stuck.add(item);
    if (fault !== 'deaf-to-failures') torn.add(item);
  };
  for await (const document of reader.read({ signal, onError })) {
    const id = fault === 'identity-by-content' ? nodeHash(document) : document.id;
    seen.add(id);
    try {
      await replace(task, document, id, fault);
      if (fault === 'written-twice') await replace(task, document, id, 'everything-again');
    } catch (error) {
      signal?.throwIfAborted();
      if (fault === 'failure-stops' || !isMortiseError(error, 'invalid-request')) throw error;
      if (fault !== 'failed-is-silent') failed.push(document.id);
      if (fault === 'failed-is-gone') seen.delete(id);
      if (fault === 'refused-is-torn' && document.item !== undefined) torn.add(document.item);
      const old = await stores.documents.getSource(id);
      const done = { nodeIds: [], ...old, sourceId: id, hash: nodeHash(document) };
      if (fault === 'failed-is-done') await stores.documents.setSource(done);
    }
  }
  for await (const record of stores.documents.sources()) {
    if (seen.has(record.sourceId) || fault === 'nothing-is-removed') continue;
    if (torn.has((fault === 'failures-by-id' ? record.sourceId : record.item) ?? '')) continue;
    if (torn.size > 0 && fault === 'failure-keeps-all') continue;
    const gone = { ...record, hash: '', nodeIds: [], strayIds: record.nodeIds };
    await stores.documents.setSource(gone);
    await sweep(task, gone);
  }
  return { failed };
}

async function replace(
  task: IngestionTask,
  document: Document,
  id: string,
  fault: Fault | undefined,
): Promise<void> {
  const { stores, embedding, signal } = task;
  const hash = nodeHash(document);
  const old = await stores.documents.getSource(id);
  if (old?.hash === hash && fault !== 'everything-again') return;
  const base: SourceRecord = old ?? { sourceId: id, hash: '', nodeIds: [] };
  const nodes = await versionOf(document, id, hash, fault);
  const nodeIds = nodes.map((node) => node.id);
  const gone = base.nodeIds.filter((one) => !nodeIds.includes(one));
  const from = document.item === undefined ? {} : { item: document.item };
  const done: SourceRecord = { sourceId: id, hash, nodeIds, ...from };

  if (fault === 'hash-first') await stores.documents.setSource(done);
  const { embeddings } = await embedding.embedTexts(
    nodes.map((node) => nodeText(node, 'embed')),
    { signal },
  );
  if (fault === 'deletes-first') {
    await stores.vectors.delete({ ids: base.nodeIds });
    await stores.documents.delete(base.nodeIds);
  }
  const strays = fault === 'no-strays' || fault === 'hash-first' ? {} : { strayIds: nodeIds };
  if (fault !== 'hash-first') await stores.documents.setSource({ ...base, ...strays });
  await stores.documents.upsert(nodes);
  await stores.vectors.upsert(nodes.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array })));
  if (gone.length === 0) return stores.documents.setSource(done);
  const superseded = fault === 'no-strays' ? done : { ...done, strayIds: gone };
  await stores.documents.setSource(superseded);
  await sweep(task, { ...superseded, strayIds: gone });
}

async function versionOf(
  document: Document,
  id: string,
  hash: string,
  fault: Fault | undefined,
): Promise<Node[]> {
  const nodes = await new SentenceSplitter({ maxTokens: 200, overlap: 0 }).transform([document]);
  const version = nodes.map((node): Node => {
    const name = fault === 'plain-ids' ? node.id : `${node.id}@${hash}`;
    return { ...node, id: name, relationships: { source: { id } } };
  });
  return fault === 'last-node-only' ? version.slice(-1) : version;
}

async function sweep(
  { stores }: IngestionTask,
  { strayIds: ids = [], ...record }: SourceRecord,
): Promise<void> {
  await stores.vectors.delete({ ids });
  await stores.documents.delete(ids);
  if (record.hash === '') await stores.documents.deleteSource(record.sourceId);
  else await stores.documents.setSource(record);
}
