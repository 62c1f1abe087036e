import {
  createDocument,
  createIndexNode,
  createTextNode,
  type Node,
  type TextNode,
} from '@mortise/core/retriever';
import type { DocumentStore, SourceRecord, SourcesOptions, StoreOptions } from '@mortise/core/store';
import type { CaseContext } from '../frame/case.ts';
import { collect } from '../shared/helpers.ts';
import type { DocumentStoreSubject, OpenDocumentStore } from './subject.ts';

/** A node of every kind and with every member, and texts that a backend may not take as they are. */
export const NODES: readonly Node[] = [
  createTextNode({ id: 'bare', text: '' }),
  createDocument({
    id: 'document',
    text: 'A whole file.\r\n\u0000 \ud83d 😀 e\u0301',
    metadata: { path: 'a/b.md' },
  }),
  createTextNode({
    id: 'full',
    text: 'A piece.',
    metadata: { deep: [{ list: [null, true, 1e300, -0.5, 0.1] }], '': 'empty', constructor: 'a word' },
    excludedEmbedMetadataKeys: ['deep'],
    excludedLlmMetadataKeys: [''],
    metadataTemplate: '{key}={value}',
    metadataSeparator: '; ',
    textTemplate: '{text} ({metadata})',
    relationships: {
      source: { id: 'document', hash: 'abc' },
      previous: { id: 'p' },
      next: { id: 'n', hash: '' },
      parent: { id: 'up' },
      children: [{ id: 'c1' }, { id: 'c2', hash: 'd' }],
    },
    start: 0,
    end: 8,
    embedding: Float32Array.of(0.1, -2.5, 1e-30, 3.4e38),
  }),
  createIndexNode({ id: 'index', text: 'A summary.', indexId: 'the target' }),
  { type: 'acme:image', id: 'other', text: '', metadata: {}, url: 'data:,x', tags: [1, { a: null }] },
  createTextNode({
    id: 'proto',
    text: 'x',
    metadata: JSON.parse('{"__proto__":{"a":1}}') as TextNode['metadata'],
  }),
  createTextNode({ id: 'long', text: 'lorem ipsum '.repeat(20_000) }),
];

export function textNode(id: string, text = `The text of ${id}.`): TextNode {
  return createTextNode({ id, text });
}

export function record(sourceId: string, nodeIds: string[], more: Partial<SourceRecord> = {}): SourceRecord {
  return { sourceId, hash: `hash of ${sourceId}`, nodeIds, ...more };
}

export async function opened(context: CaseContext<DocumentStoreSubject>): Promise<OpenDocumentStore> {
  const open = await context.subject.open();
  context.after(() => open.close?.());
  return open;
}

/** Ids of all nodes, sorted: a store promises no order. */
export async function idsOf(store: DocumentStore, options?: StoreOptions): Promise<string[]> {
  return (await collect(store.iterate(options))).map(({ id }) => id).sort();
}

export async function sourcesOf(store: DocumentStore, options?: SourcesOptions): Promise<SourceRecord[]> {
  const found = await collect(store.sources(options));
  return found.sort((a, b) => (a.sourceId < b.sourceId ? -1 : 1));
}
