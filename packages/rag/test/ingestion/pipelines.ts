import { ingestionConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HashEmbedding } from '@mortise/core/testing';
import { STORES } from '../index/stores.ts';
import {
  CommittedVectorStore,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  openIndex,
  SentenceSplitter,
} from '@mortise/rag';

export function wireIngestion(functions: TestFunctions): ConformanceResults[] {
  return [wirePipeline(functions), ...STORES.flatMap((kind) => wireIndexes(functions, kind))];
}

function wirePipeline(functions: TestFunctions): ConformanceResults {
  return ingestionConformance(functions, {
    name: 'pipeline',
    open: () => ({ documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() }),
    declares: ['readers'],
    async ingest({ stores, reader, embedding, signal }) {
      const pipeline = new IngestionPipeline({
        ...stores,
        embedding,
        transforms: [new SentenceSplitter({ maxTokens: 200, overlap: 0 })],
        strategy: 'upserts-and-delete',
        concurrency: 8,
      });
      const { failed } = await pipeline.run(reader, { signal });
      return { failed: failed.map(({ item }) => item) };
    },
    async visible(stores) {
      const all = { topK: 10_000, embedding: Float32Array.of(1, 1, 1) };
      return (await new CommittedVectorStore(stores).query(all)).map(({ node }) => node);
    },
  });
}

/** `openIndex` over stores, looked at by vector alone and by words alone: each of the two must show what counts. */
function wireIndexes(functions: TestFunctions, [name, open]: (typeof STORES)[number]): ConformanceResults[] {
  const everything = { query: 'paragraph', embedding: Float32Array.of(1, 1, 1) };
  const splitter = new SentenceSplitter({ maxTokens: 200, overlap: 0 });
  const ways = [
    ['by vector', { bm25: 0, vector: 1 }],
    ['by words', { bm25: 1, vector: 0 }],
  ] as const;
  // Each file is a write of its own there: words alone are minutes less.
  return ways.slice(name === 'files and usearch' ? 1 : 0).map(([way, weights]) =>
    ingestionConformance(functions, {
      name: `index in ${name}, ${way}`,
      async open() {
        const folder = await mkdtemp(join(tmpdir(), 'mortise-rag-'));
        const stores = open(folder);
        const close = async (): Promise<void> => {
          await stores.close();
          await rm(folder, { recursive: true, force: true });
        };
        return { ...stores, close };
      },
      declares: ['readers'],
      async ingest({ stores, reader, embedding, signal }) {
        const index = await openIndex({ ...stores, embedding }, { splitter, signal, concurrency: 2 });
        // Words that are kept in memory are there from now on, and have to follow.
        await index.retriever({ weights }).retrieve(everything, { signal });
        const { failed } = await index.update(reader, { signal });
        return { failed: failed.map(({ item }) => item) };
      },
      async visible({ documents, vectors }) {
        const index = await openIndex({
          embedding: new HashEmbedding({ dimensions: 3 }),
          documents,
          vectors,
        });
        const found = await index.retriever({ weights, topK: 10_000 }).retrieve(everything);
        const matching = found.filter(({ evidence = {} }) => way === 'by vector' || (evidence.bm25 ?? 0) > 0);
        return matching.map(({ node }) => node);
      },
    }),
  );
}
