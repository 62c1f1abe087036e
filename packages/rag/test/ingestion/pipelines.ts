import { ingestionConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import { HashEmbedding } from '@mortise/core/testing';
import {
  CommittedVectorStore,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  openIndex,
  SentenceSplitter,
} from '@mortise/rag';
import { SqliteVecVectorStore } from '@mortise/sqlite-vec';
import { SqliteDocumentStore } from '@mortise/stores';

export function wireIngestion(functions: TestFunctions): ConformanceResults[] {
  return [wirePipeline(functions), ...wireIndexes(functions)];
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
function wireIndexes(functions: TestFunctions): ConformanceResults[] {
  const everything = { query: 'paragraph', embedding: Float32Array.of(1, 1, 1) };
  const splitter = new SentenceSplitter({ maxTokens: 200, overlap: 0 });
  const ways = [
    ['by vector', { bm25: 0, vector: 1 }],
    ['by words', { bm25: 1, vector: 0 }],
  ] as const;
  return Object.entries(STORES).flatMap(([name, open]) =>
    ways.map(([way, weights]) =>
      ingestionConformance(functions, {
        name: `index in ${name}, ${way}`,
        open,
        declares: ['readers'],
        async ingest({ stores, reader, embedding, signal }) {
          const index = await openIndex({ ...stores, embedding }, { splitter, signal, concurrency: 2 });
          // Words that are kept in memory are there from now on, and have to follow.
          await index.retriever({ weights }).retrieve(everything, { signal });
          const { failed } = await index.update(reader, { signal });
          return { failed: failed.map(({ item }) => item) };
        },
        async visible(stores) {
          const index = await openIndex({ embedding: new HashEmbedding({ dimensions: 3 }), ...stores });
          const found = await index.retriever({ weights, topK: 10_000 }).retrieve(everything);
          const matching = found.filter(
            ({ evidence = {} }) => way === 'by vector' || (evidence.bm25 ?? 0) > 0,
          );
          return matching.map(({ node }) => node);
        },
      }),
    ),
  );
}

/** Words in memory, and words in the document store. Nothing outlives its case, and so nothing waits for a disk. */
const STORES = {
  memory: () => ({ documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() }),
  SQLite() {
    const documents = new SqliteDocumentStore({ path: ':memory:' });
    const vectors = new SqliteVecVectorStore({ path: ':memory:' });
    const close = async (): Promise<void> => {
      documents.close();
      await vectors.close();
    };
    return { documents, vectors, close };
  },
};
