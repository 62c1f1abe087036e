/**
 * Documents by many workers. `node ingestion-queue.ts work` on as many machines as you like, and on one
 * `node ingestion-queue.ts read handbook`. REDIS_URL and DATABASE_URL say where the queue and the index are.
 */
import { enqueue, work } from '@mortise/bullmq';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { PostgresDocumentStore, PostgresVectorStore } from '@mortise/postgres';
import { DirectoryReader, IngestionPipeline, SentenceSplitter } from '@mortise/rag';
import { Redis } from 'ioredis';
import pg from 'pg';

const [role, directory = 'handbook'] = process.argv.slice(2);
const connection = new Redis(process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379');
const name = 'handbook';

if (role === 'read') {
  const report = await enqueue(new DirectoryReader({ directory }), {
    connection,
    name,
    strategy: 'upserts-and-delete', // what is gone from the folder goes from the index
    onProgress: ({ settled, total }) => console.error(`${settled} of ${total ?? '?'}`),
    onError: ({ documentId, item, message }) => console.error(`${documentId ?? item}: ${message}`),
  });
  console.log(`${report.added} added, ${report.unchanged} unchanged, ${report.failed.length} failed`);
} else {
  const client = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
  client.on('error', console.error); // of a connection that nobody uses just now
  const pipeline = new IngestionPipeline({
    documents: new PostgresDocumentStore({ client }),
    vectors: new PostgresVectorStore({ client, dimensions: 512 }),
    embedding: new EnergeticAIEmbedding(),
    transforms: [new SentenceSplitter({ maxTokens: 256 })],
  });
  const worker = work(pipeline, { connection, name, onError: console.error });
  // What is under way is ended; a worker that is killed loses nothing either, another one takes its work.
  process.once('SIGTERM', () => void worker.stop());
  await worker.done;
  await client.end();
}
connection.disconnect();
