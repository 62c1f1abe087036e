/**
 * A worker in a process of its own, over Postgres. Of its arguments it takes where everything is; it prints a line once it works.
 * A SIGTERM stops it; everything else is for the one that kills it.
 */
import { BaseEmbedding, type EmbedRequest } from '@mortise/core/embedding';
import type { Attempt } from '@mortise/core/call';
import { PostgresDocumentStore, PostgresKeyValueStore } from '@mortise/postgres';
import { IngestionPipeline } from '@mortise/rag';
import { Redis } from 'ioredis';
import pg from 'pg';
import { work } from '@mortise/bullmq';
import { PlainVectorStore } from '../plain-vectors.ts';

export interface WorkerArguments {
  readonly redisPort: number;
  readonly postgresUrl: string;
  readonly providerUrl: string;
  readonly name: string;
  readonly concurrency: number;
  readonly leaseMs: number;
}

/** Asks a provider over HTTP, which counts what is paid. */
class PaidEmbedding extends BaseEmbedding {
  readonly metadata = { dimensions: 4, maxBatchSize: 8, asymmetric: false };
  readonly #url: string;

  constructor(url: string) {
    super({ provider: 'paid', model: 'paid' });
    this.#url = url;
  }

  async doEmbed(texts: readonly string[], _request: EmbedRequest, { signal }: Attempt) {
    // What takes too much memory ends a process so.
    if (texts.some((text) => text.includes('poison'))) process.kill(process.pid, 'SIGKILL');
    const response = await fetch(this.#url, {
      method: 'POST',
      body: JSON.stringify(texts),
      signal,
    });
    const vectors = (await response.json()) as number[][];
    return {
      embeddings: vectors.map((vector) => Float32Array.from(vector)),
      usage: { inputTokens: texts.length },
    };
  }
}

const given = JSON.parse(process.argv[2] ?? '{}') as WorkerArguments;
const pool = new pg.Pool({ connectionString: given.postgresUrl });
pool.on('error', () => undefined);
const connection = new Redis({ port: given.redisPort, host: '127.0.0.1' });
connection.on('error', () => undefined);
const pipeline = new IngestionPipeline({
  documents: new PostgresDocumentStore({ client: pool, prefix: `${given.name}_` }),
  vectors: new PlainVectorStore(pool, `${given.name}_plain`),
  cache: new PostgresKeyValueStore({ client: pool, prefix: `${given.name}_` }),
  embedding: new PaidEmbedding(given.providerUrl),
});
const { name, concurrency } = given;
const worker = work(pipeline, {
  ...{ connection, name, concurrency, leaseMs: given.leaseMs },
  onError: (error) => void process.stderr.write(`${error.message}\n`),
});
process.on('SIGTERM', () => void worker.stop());
process.stdout.write('works\n');
await worker.done;
connection.disconnect();
await pool.end();
