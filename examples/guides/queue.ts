import { createRedisLimiter, enqueue, queueState, work } from '@mortise/bullmq';
import type { EmbeddingModel, Reader } from '@mortise/core';
import { PostgresDocumentStore, PostgresKeyValueStore, PostgresVectorStore } from '@mortise/postgres';
import { IngestionPipeline } from '@mortise/rag';
import { Redis } from 'ioredis';
import pg from 'pg';

/** What the machine does that reads. */
export async function read(url: string, name: string, reader: Reader, show: (line: string) => void) {
  // #region enqueue
  const connection = new Redis(url);
  const report = await enqueue(reader, {
    connection,
    name,
    strategy: 'upserts-and-delete',
    onProgress: ({ settled, total }) => show(`${settled} of ${total ?? '?'}`),
    onError: ({ documentId, item, message }) => show(`${documentId ?? item}: ${message}`),
  });
  // #endregion
  connection.disconnect();
  return report;
}

/** What every worker's pipeline is made of. */
export function openPipeline(databaseUrl: string, connection: Redis, model: Model) {
  // #region pipeline
  const client = new pg.Pool({ connectionString: databaseUrl });
  // Of connections that nobody uses: without a listener a database that goes away ends the process.
  client.on('error', console.error);
  const limiter = createRedisLimiter({ connection, name: 'embedding', tokensPerMinute: 1_000_000 });
  const pipeline = new IngestionPipeline({
    documents: new PostgresDocumentStore({ client }),
    vectors: new PostgresVectorStore({ client, dimensions: 1_536, index: 'hnsw' }),
    cache: new PostgresKeyValueStore({ client }),
    embedding: model({ limiter }),
  });
  // #endregion
  return { pipeline, client };
}

type Model = (options: { limiter: ReturnType<typeof createRedisLimiter> }) => EmbeddingModel;

/** What every worker does. */
export async function run(url: string, name: string, pipeline: IngestionPipeline) {
  const connection = new Redis(url);
  // #region work
  const worker = work(pipeline, { connection, name, onError: console.error });
  process.once('SIGTERM', () => void worker.stop());
  await worker.done;
  // #endregion
  connection.disconnect();
}

/** What a page of the operators shows. */
export async function state(url: string, name: string) {
  const connection = new Redis(url);
  // #region state
  const state = await queueState({ connection, name });
  console.log(state?.progress.settled, state?.report.failed);
  // #endregion
  connection.disconnect();
  return state;
}
