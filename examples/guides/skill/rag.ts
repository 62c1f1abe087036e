import type { EmbeddingModel, LLM } from '@mortise/core';
import { createQueryEngine, DirectoryReader, openIndex } from '@mortise/rag';

/** An answer from the files of a folder, and the places that it cites. */
export async function answer(llm: LLM, embedding: EmbeddingModel, folder: string, question: string) {
  const index = await openIndex({ embedding }, { directory: '.data/index' }); // kept between runs
  await index.update(new DirectoryReader({ directory: folder })); // embeds what changed
  const engine = createQueryEngine({ llm, retriever: index.retriever({ topK: 6 }) });

  const { text, sources, citations, outcome } = await engine.query(question);
  const places = citations
    .filter(({ problem }) => problem === undefined) // else: unknown-source, misquote, other-source
    .map(({ number, quote }) => ({ file: sources[number - 1]?.node.metadata['path'], quote }));
  return { text, places, found: outcome === 'answered' };
}
