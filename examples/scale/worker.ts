import { createRedisLimiter, work } from '@mortise/bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { LogEmbedding, openPipeline } from './pipeline.ts';

/** What one process is started with. */
export interface Task {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  readonly providerUrl: string;
  /** Of the queue and its tables. */
  readonly name: string;
}

const { databaseUrl, redisUrl, providerUrl, name } = JSON.parse(process.argv[2] ?? '{}') as Task;
const connection = new Redis(redisUrl);
const pool = new pg.Pool({ connectionString: databaseUrl });
// Of connections that nobody uses: without a listener a server that goes away would end the process.
pool.on('error', (error) => process.stderr.write(`${error.message}\n`));
// What all workers together may ask of the provider.
const limiter = createRedisLimiter({
  connection,
  name: 'scale',
  requestsPerMinute: 60_000,
  concurrency: 512,
});
const embedding = new LogEmbedding(providerUrl, limiter);
const pipeline = await openPipeline(pool, `${name}_`, embedding);

const worker = work(pipeline, {
  connection,
  name,
  concurrency: 2,
  onError: (error) => process.stderr.write(`${error.message}\n`),
});
process.on('SIGTERM', () => void worker.stop());
process.stdout.write('works\n');
await worker.done;
await pool.end();
connection.disconnect();
