import type { RateLimiter, Attempt } from '@mortise/core/call';
import { BaseEmbedding, type EmbedRequest } from '@mortise/core/embedding';
import { PostgresDocumentStore, PostgresVectorStore } from '@mortise/postgres';
import { IngestionPipeline } from '@mortise/rag';
import type pg from 'pg';
import { PlainVectorStore } from './plain-vectors.ts';
import { DIMENSIONS } from './provider.ts';

/** Vectors from the provider of this example. */
export class LogEmbedding extends BaseEmbedding {
  readonly metadata = { dimensions: DIMENSIONS, maxBatchSize: 4, asymmetric: false };
  readonly #url: string;

  constructor(url: string, limiter: RateLimiter) {
    super({ provider: 'scale', model: 'pairs', limiter });
    this.#url = url;
  }

  async doEmbed(texts: readonly string[], _request: EmbedRequest, { signal }: Attempt) {
    const response = await fetch(this.#url, { method: 'POST', body: JSON.stringify(texts), signal });
    const vectors = (await response.json()) as number[][];
    return { embeddings: vectors.map((vector) => Float32Array.from(vector)) };
  }
}

/** Into Postgres. On a server without pgvector vectors are in a plain table: that is enough to see how many documents a second there are. */
export async function openPipeline(
  pool: pg.Pool,
  prefix: string,
  embedding: LogEmbedding,
): Promise<IngestionPipeline> {
  const documents = new PostgresDocumentStore({ client: pool, prefix });
  const vectors = (await hasVectors(pool))
    ? new PostgresVectorStore({ client: pool, prefix, dimensions: DIMENSIONS })
    : await PlainVectorStore.open(pool, `${prefix}plain`);
  return new IngestionPipeline({ documents, vectors, embedding });
}

export async function hasVectors(pool: pg.Pool): Promise<boolean> {
  const { rowCount } = await pool.query(`SELECT FROM pg_available_extensions WHERE name = 'vector'`);
  return rowCount === 1;
}
