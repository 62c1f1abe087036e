import { ingestionConformance, type ConformanceResults, type TestFunctions } from '@mortise/conformance';
import {
  CommittedVectorStore,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  SentenceSplitter,
} from '@mortise/rag';

export function wireIngestion(functions: TestFunctions): ConformanceResults {
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
