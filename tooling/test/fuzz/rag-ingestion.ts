import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDocument, type Document } from '@mortise/core';
import type { ReadOptions } from '@mortise/core/reader';
import type { StoreOptions } from '@mortise/core/store';
import { MemoryKeyValueStore } from '@mortise/core/store';
import * as rag from '@mortise/rag';
import { afterAll } from 'vitest';
import { call, type Target } from './fuzz.ts';
import { lazily, streamOf, vectorNode } from './parts.ts';
import { asked, embedding, found, retriever } from './rag-parts.ts';

const folder = mkdtempSync(join(tmpdir(), 'mortise-fuzz-rag-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// What a path is spoilt with would be made in the folder where the tests run.
const home = process.cwd();
process.chdir(folder);
afterAll(() => process.chdir(home));

const docs = join(folder, 'docs');
mkdirSync(docs);
writeFileSync(join(docs, 'a.txt'), 'Tea is made of leaves.');
writeFileSync(join(docs, 'b.md'), '# Milk\n\nNone.');
const kept = join(folder, 'kept.bin');
const full = new rag.MemoryVectorStore();
await full.upsert([{ node: vectorNode('a'), embedding: Float32Array.of(1, 0) }]);
await full.save(kept);

const documents = (): Document[] => [
  createDocument({ id: 'd', text: 'Tea is made of leaves. Milk is not.', metadata: { a: 1 } }),
  createDocument({ id: 'e', text: 'Boil water.', metadata: {} }),
];
const signal = (): StoreOptions => ({ signal: new AbortController().signal });
const watched = () => ({ ...signal(), parent: 'x', onProgress: () => undefined, onError: () => undefined });
const splitter = () => ({ transform: async (nodes: unknown) => nodes });

const files = () => ({
  files: ['a.txt', 'b.md'],
  root: docs,
  formats: { '.txt': rag.textFormat() },
  id: (path: string) => path,
  metadata: { a: 1 },
});
const directory = () => ({
  directory: docs,
  include: ['**/*.txt'],
  exclude: ['**/c.txt'],
  hidden: false,
  dependencies: false,
  followLinks: false,
  formats: { '.txt': rag.textFormat() },
  metadata: { a: 1 },
});
const reading = (): ReadOptions => ({ ...signal(), onError: () => undefined });

export const readers: readonly Target[] = [
  call(
    'FilesReader.read',
    () => [files(), reading()] as [rag.FilesReaderOptions, ReadOptions],
    (options, given) => new rag.FilesReader(options).read(given),
  ),
  call(
    'DirectoryReader.read',
    () => [directory(), reading()] as [rag.DirectoryReaderOptions, ReadOptions],
    (options, given) => new rag.DirectoryReader(options).read(given),
  ),
  call(
    'MemoryVectorStore.load',
    () => [kept, signal()] as [string, StoreOptions],
    (path, given) => rag.MemoryVectorStore.load(path, given),
  ),
  call(
    'MemoryVectorStore.save',
    () => [join(folder, 'saved.bin'), signal()] as [string, StoreOptions],
    (path, given) => full.save(path, given),
  ),
  call(
    'MemoryVectorStore.nearest',
    () => [Float32Array.of(1, 0), 2, signal()] as [Float32Array, number, rag.NearestOptions],
    (vector, topK, given) => full.nearest(vector, topK, given),
  ),
];

const pipeline = () => ({
  documents: new rag.MemoryDocumentStore(),
  vectors: new rag.MemoryVectorStore(),
  embedding: embedding(),
  transforms: [splitter()],
  cache: new MemoryKeyValueStore(),
  strategy: 'upserts',
  concurrency: 2,
  batchSize: 1,
  dimensions: 4,
});

const parts = () => ({ embedding: embedding() });
const opened = () => ({ splitter: splitter(), concurrency: 2, bm25: { k1: 1, b: 0.5 }, ...signal() });

export const ingestion: readonly Target[] = [
  call(
    'IngestionPipeline.run',
    () =>
      [pipeline(), documents(), { ...watched(), readFirst: true, verify: true }] as never as [
        rag.IngestionPipelineOptions,
        Document[],
        rag.IngestOptions,
      ],
    (options, source, given) => new rag.IngestionPipeline(options).run(source, given),
  ),
  call(
    'IngestionPipeline.run of a stream',
    () =>
      [() => streamOf(documents()), { ...watched(), strategy: 'upserts' }] as [
        () => AsyncIterable<Document>,
        rag.IngestOptions,
      ],
    (source, given) => new rag.IngestionPipeline(pipeline() as never).run(lazily(source), given),
    true,
  ),
  call(
    'CommittedVectorStore.query',
    () =>
      [
        { vectors: full, documents: new rag.MemoryDocumentStore() },
        { topK: 2, mode: 'dense', embedding: Float32Array.of(1, 0) },
        signal(),
      ] as never as [rag.CommittedVectorStoreOptions, never, StoreOptions],
    (options, query, given) => new rag.CommittedVectorStore(options).query(query, given),
  ),
  call(
    'committedNodes',
    () => [new rag.MemoryDocumentStore(), signal()] as [rag.MemoryDocumentStore, StoreOptions],
    (store, given) => rag.committedNodes(store, given),
  ),
  call(
    'openIndex',
    () =>
      [parts(), { ...opened(), onWarning: () => undefined }] as never as [
        rag.IndexParts,
        rag.OpenIndexOptions,
      ],
    async (given, options) => {
      const index = await rag.openIndex(given, options);
      await index.update(documents());
      await index.retriever().retrieve('tea');
      await index.save();
    },
  ),
  call(
    'openIndex of stores',
    () =>
      [
        {
          ...parts(),
          documents: new rag.MemoryDocumentStore(),
          vectors: new rag.MemoryVectorStore(),
        },
      ] as [rag.IndexParts],
    async (given) => {
      const index = await rag.openIndex(given);
      await index.update(documents());
      await index.retriever().retrieve('tea');
      await index.refresh();
    },
  ),
  call(
    'openIndex in a folder',
    () => [join(folder, 'index'), 1_000_000] as [string, number],
    async (at, maxBytes) => {
      const index = await rag.openIndex(parts(), { directory: at, maxBytes });
      await index.update(documents());
    },
  ),
  call(
    'DocumentIndex.update',
    () =>
      [documents(), { ...watched(), removeMissing: true, readFirst: true }, signal()] as [
        Document[],
        rag.UpdateOptions,
        StoreOptions,
      ],
    async (source, given, other) => {
      const index = await rag.openIndex(parts());
      await index.update(source, given);
      await index.refresh(other);
    },
  ),
  call(
    'DocumentIndex.retriever',
    () =>
      [{ topK: 2, candidates: 5, weights: { bm25: 1, vector: 1 } }, { query: 'tea' }, asked()] as never as [
        rag.HybridRetrieverOptions,
        { query: string },
        object,
      ],
    async (options, query, given) => {
      const index = await rag.openIndex(parts());
      await index.update(documents());
      await index.retriever(options).retrieve(query, given);
    },
  ),
];

const collection = (): rag.EvaluationCollection => ({
  queries: [{ id: 'q', query: 'tea' }],
  judgements: new Map([['q', new Map([['doc', 1]])]]),
});

export const evaluation: readonly Target[] = [
  call(
    'evaluateRetriever',
    () =>
      [
        retriever(),
        collection(),
        {
          ...signal(),
          name: 'r',
          metrics: ['ndcg@10'],
          gain: 'linear',
          documentId: () => 'doc',
          topK: 3,
          onProgress: () => undefined,
        },
      ] as never as [never, rag.EvaluationCollection, rag.EvaluateOptions],
    async (given, of, options) => {
      const report = await rag.evaluateRetriever(given, of, options);
      rag.retrievalMarkdown([report] as never);
    },
  ),
  call(
    'leafNodes',
    () => [found().map(({ node }) => node)] as [never[]],
    (nodes) => rag.leafNodes(nodes),
  ),
  call(
    'markdownHeadings',
    () => ['# a\n\n## b'] as [string],
    (text) => rag.markdownHeadings(text),
  ),
];
