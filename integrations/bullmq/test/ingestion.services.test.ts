import { enqueue, work } from '@mortise/bullmq';
import { ingestionConformance } from '@mortise/conformance';
import {
  CommittedVectorStore,
  IngestionPipeline,
  MemoryDocumentStore,
  MemoryVectorStore,
  SentenceSplitter,
} from '@mortise/rag';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { serverProgram, startRedis, WHY, type RedisServer } from './server.ts';

describe.skipIf(serverProgram === undefined)(`a queue with two workers${WHY}`, () => {
  let redis: RedisServer;
  let connection: Redis;
  let queues = 0;

  beforeAll(async () => {
    redis = await startRedis(serverProgram as string);
    connection = redis.connect();
  });
  afterAll(() => redis?.stop());

  ingestionConformance(
    { describe, it },
    {
      name: 'queue',
      open: () => ({ documents: new MemoryDocumentStore(), vectors: new MemoryVectorStore() }),
      declares: ['readers'],
      async ingest({ stores, reader, embedding, signal }) {
        const transforms = [new SentenceSplitter({ maxTokens: 200, overlap: 0 })];
        const pipeline = new IngestionPipeline({ ...stores, embedding, transforms });
        const queue = { connection, name: `conformance-${++queues}`, signal };
        const workers = [work(pipeline, queue), work(pipeline, queue)];
        // A worker that stops takes the run with it: nobody else would do its work.
        const stopped = Promise.race(workers.map(({ done }) => done)).then(() =>
          Promise.reject(signal?.reason),
        );
        try {
          const running = enqueue(reader, { ...queue, strategy: 'upserts-and-delete', batchSize: 2 });
          const { failed } = await Promise.race([running, stopped]);
          return { failed: failed.map(({ item }) => item) };
        } finally {
          stopped.catch(() => undefined);
          await Promise.all(workers.map((worker) => worker.stop({ now: true })));
        }
      },
      async visible(stores) {
        const all = { topK: 10_000, embedding: Float32Array.of(1, 1, 1) };
        return (await new CommittedVectorStore(stores).query(all)).map(({ node }) => node);
      },
    },
  );
});
