import { createAdaptiveLimiter, withCache, withEmbeddingCache } from '@mortise/toolkit';
import {
  embedQueries,
  isMortiseError,
  similarity,
  type EmbeddingModel,
  type LLM,
  type PartialEmbeddingResult,
} from '@mortise/core';
import { MemoryKeyValueStore } from '@mortise/core/store';
import { OpenAIEmbedding, type OpenAIEmbeddingOptions } from '@mortise/openai';

export async function nearest(embedding: EmbeddingModel, question: string, texts: string[]): Promise<string> {
  // #region search
  const { embeddings } = await embedding.embedTexts(texts); // one Float32Array a text, in their order
  const query = await embedding.embedQuery(question); // not embedText: some models embed the two differently
  const scores = embeddings.map((vector) => similarity(query, vector));
  const best = texts[scores.indexOf(Math.max(...scores))];
  // #endregion
  return best ?? '';
}

export function wellSet(options: Partial<OpenAIEmbeddingOptions>): EmbeddingModel {
  // #region settings
  const model = new OpenAIEmbedding({
    model: 'text-embedding-3-small',
    concurrency: 8, // requests at once; 5 unless you say
    limiter: createAdaptiveLimiter(), // share it with the other models of the account
    ...options,
  });
  const embedding = withEmbeddingCache(model, new MemoryKeyValueStore({ maxBytes: 64 * 1024 * 1024 }));
  // #endregion
  return embedding;
}

/** A million texts in bounded memory, with progress. */
export async function ingest(
  embedding: EmbeddingModel,
  texts: AsyncIterable<string> | Iterable<string>,
  save: (index: number, vector: Float32Array) => Promise<void>,
  say: (line: string) => void,
): Promise<void> {
  // #region ingest
  const stream = embedding.embedStream(texts, {
    onProgress: ({ done, cached, tokens }) =>
      say(`${done} texts, ${cached} from the cache, ${tokens} tokens`),
  });
  for await (const { index, embedding: vector } of stream) await save(index, vector);
  // #endregion
}

/** What was finished before a failure is handed over; nothing that was paid for is lost. */
export async function asFarAsItGoes(embedding: EmbeddingModel, texts: string[]) {
  // #region partial
  try {
    return (await embedding.embedTexts(texts)).embeddings;
  } catch (error) {
    if (!isMortiseError(error) || error.partial === undefined) throw error;
    const { embeddings } = error.partial as PartialEmbeddingResult;
    return embeddings; // a hole where a text has no vector yet
  }
  // #endregion
}

/** How near a picture with its caption is to a question. */
export async function nearness(
  embedding: EmbeddingModel,
  question: string,
  caption: string,
  bytes: Uint8Array,
): Promise<number> {
  // #region images
  const picture = await embedding.embedText([
    { type: 'text', text: caption },
    { type: 'image', source: { data: bytes, mediaType: 'image/png' } },
  ]);
  const score = similarity(await embedding.embedQuery(question), picture);
  // #endregion
  return score;
}

export async function severalWordings(embedding: EmbeddingModel): Promise<Float32Array> {
  // #region queries
  const query = await embedQueries(embedding, ['How do I cancel?', 'Stopping a call that is running']);
  // #endregion
  return query;
}

export function cachedModel(llm: LLM): LLM {
  // #region replies
  const cached = withCache(llm, new MemoryKeyValueStore({ maxBytes: 64 * 1024 * 1024 }));
  // #endregion
  return cached;
}
