import type { EmbeddingModel } from '@mortise/core/embedding';
import type { Retriever } from '@mortise/core/retriever';
import {
  BM25Index,
  BM25Retriever,
  compareRetrieval,
  DEFAULT_WEIGHTS,
  evaluateRetriever,
  HybridRetriever,
  MemoryVectorStore,
  VectorRetriever,
  type RetrievalComparison,
  type RetrievalReport,
} from '@mortise/rag';
import type { Collection } from './collection.ts';
import type { ShowProgress } from './progress.ts';

/** How BM25 and vectors are fused: fixed before a run. The README says what was looked at to choose it. */
export const FUSION = { mode: 'relative-score', weights: DEFAULT_WEIGHTS, candidates: 1000 } as const;

/** What came of a run. Plain data. */
export interface Evaluation {
  readonly reports: readonly RetrievalReport[];
  /** Both together against BM25. */
  readonly comparisons: readonly RetrievalComparison[];
}

/** Shows each step of a run by its name. */
export type Steps = (step: string) => ShowProgress;

/** Embeds what the cache does not know, then asks BM25, vectors and both together every judged query. */
export async function evaluate(
  collection: Collection,
  embedding: EmbeddingModel,
  steps: Steps,
): Promise<Evaluation> {
  const { documents } = collection;
  const store = new MemoryVectorStore();
  const index = new BM25Index();
  index.upsert(documents);
  const bm25 = new BM25Retriever({ index });
  const vector = new VectorRetriever({ store, embedding });
  const { weights, candidates } = FUSION;
  const hybrid = new HybridRetriever({ bm25: index, vectors: store, embedding }, { weights, candidates });

  await embedDocuments(collection, store, embedding, steps('Embedding documents'));
  await embedQueries(collection, embedding, steps('Embedding queries'));

  const measure = (name: string, retriever: Retriever): Promise<RetrievalReport> => {
    const show = steps(`Measuring ${name}`);
    return evaluateRetriever(retriever, collection, {
      name,
      onProgress: ({ done, total }) => show(done, total),
    });
  };
  const words = await measure('BM25', bm25);
  const vectors = await measure('vectors', vector);
  const both = await measure('hybrid', hybrid);
  const comparisons = (['ndcg@10', 'recall@100'] as const).map((metric) =>
    compareRetrieval(words, both, { metric }),
  );
  return { reports: [words, vectors, both], comparisons };
}

async function embedDocuments(
  { documents }: Collection,
  store: MemoryVectorStore,
  embedding: EmbeddingModel,
  show: ShowProgress,
): Promise<void> {
  const { embeddings } = await embedding.embedTexts(
    documents.map(({ text }) => text),
    { onProgress: ({ done, cached }) => show(done, documents.length, cached) },
  );
  await store.upsert(documents.map((node, at) => ({ node, embedding: embeddings[at] as Float32Array })));
}

/** Before anything is measured, so that the seconds of the report are those of searching. */
async function embedQueries(
  { queries, judgements }: Collection,
  embedding: EmbeddingModel,
  show: ShowProgress,
): Promise<void> {
  const judged = queries.filter(({ id }) => judgements.has(id)).map(({ query }) => query);
  await embedding.embedTexts(judged, {
    kind: 'query',
    onProgress: ({ done, cached }) => show(done, judged.length, cached),
  });
}
