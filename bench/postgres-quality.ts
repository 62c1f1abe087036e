/**
 * nDCG@10 of words, vectors and both on a collection of judged questions (see `examples/evaluate`), in memory and in Postgres on
 * PGlite, with one fusion: `postgres-quality.ts FOLDER [CACHE]`. What a hybrid query in Postgres may lose is 0.005.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { vector } from '@electric-sql/pglite-pgvector';
import { BaseRetriever, type NodeWithScore, type Query, type RetrieveCall } from '@mortise/core/retriever';
import type { VectorQuery } from '@mortise/core/store';
import { EnergeticAIEmbedding } from '@mortise/energetic-ai';
import { PostgresVectorStore } from '@mortise/postgres';
import * as rag from '@mortise/rag';
import { SqliteKeyValueStore } from '@mortise/stores';
import { withEmbeddingCache } from '@mortise/toolkit';
import { readCollection } from '../examples/evaluate/collection.ts';

const MOST_LOST = 0.005;
const [folder, cache = join(tmpdir(), 'mortise-bench-embeddings.sqlite')] = process.argv.slice(2);
if (folder === undefined) throw new Error('Give a folder with corpus.jsonl, queries.jsonl and qrels.jsonl.');

const collection = await readCollection(folder);
const { documents } = collection;
const vectorsOf = new SqliteKeyValueStore({ path: cache });
const embedding = withEmbeddingCache(new EnergeticAIEmbedding(), vectorsOf);
const { embeddings } = await embedding.embedTexts(documents.map(({ text }) => text));
const entries = documents.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array }));

const bm25 = new rag.BM25Index();
bm25.upsert(documents);
const vectors = new rag.MemoryVectorStore();
await vectors.upsert(entries);
const client = await PGlite.create({ extensions: { vector } });
const store = new PostgresVectorStore({ client, dimensions: entries[0]!.embedding.length });
await store.upsert(entries);

/** A query of the store in one mode, both lists weighted as `HybridRetriever` weights them. */
class PostgresRetriever extends BaseRetriever {
  readonly #mode: NonNullable<VectorQuery['mode']>;

  constructor(mode: NonNullable<VectorQuery['mode']>) {
    super();
    this.#mode = mode;
  }

  async doRetrieve({ query }: Query, { topK = 10, signal }: RetrieveCall): Promise<NodeWithScore[]> {
    const asked = { mode: this.#mode, topK, text: query, alpha: rag.DEFAULT_WEIGHTS.vector };
    return store.query({ ...asked, embedding: await embedding.embedQuery(query, { signal }) }, { signal });
  }
}

const measured = new Map<string, number>();
for (const [name, retriever] of [
  ['BM25, in memory', new rag.BM25Retriever({ index: bm25 })],
  ['text, in Postgres', new PostgresRetriever('text')],
  ['vectors, in memory', new rag.VectorRetriever({ store: vectors, embedding })],
  ['dense, in Postgres', new PostgresRetriever('dense')],
  ['hybrid, in memory', new rag.HybridRetriever({ bm25, vectors, embedding })],
  ['hybrid, in Postgres', new PostgresRetriever('hybrid')],
] as const) {
  const { metrics } = await rag.evaluateRetriever(retriever, collection, { name });
  measured.set(name, metrics['ndcg@10']!);
  console.log(
    `${name}: nDCG@10 ${metrics['ndcg@10']!.toFixed(4)}, recall@100 ${metrics['recall@100']!.toFixed(4)}`,
  );
}
await client.close();
vectorsOf.close();

const lost = measured.get('hybrid, in memory')! - measured.get('hybrid, in Postgres')!;
console.log(`hybrid loses ${lost.toFixed(4)}, limit ${MOST_LOST}: ${lost <= MOST_LOST ? 'kept' : 'MISSED'}`);
if (lost > MOST_LOST) process.exitCode = 1;
