import type { EmbeddingModel, LLM, QueryEngine } from '@mortise/core';
import { createQueryEngine, DirectoryReader, openIndex, SentenceSplitter } from '@mortise/rag';

export interface EngineOptions {
  readonly llm: LLM;
  readonly embedding: EmbeddingModel;
  /** Default: `docs`. */
  readonly documents?: string;
  /** Where the index is kept between runs; only what changed is embedded again. Default: `.data/index`. */
  readonly directory?: string;
}

/** An engine over the documents as they are now: words and vectors find, the model writes, citations are checked. */
export async function openEngine(options: EngineOptions): Promise<QueryEngine> {
  const { llm, embedding, documents = 'docs', directory = '.data/index' } = options;
  // The local embedding model reads 128 tokens of a text.
  const splitter = new SentenceSplitter({ maxTokens: 120 });
  const index = await openIndex({ embedding }, { directory, splitter });
  await index.update(new DirectoryReader({ directory: documents }));
  return createQueryEngine({ llm, retriever: index.retriever({ topK: 4 }) });
}
