import type { LLM, Reranker, Retriever } from '@mortise/core';
import { createQueryEngine, RerankPostprocessor, SimilarityCutoff } from '@mortise/rag';

export async function best(reranker: Reranker, question: string, texts: readonly string[]) {
  // #region alone
  const { results, usage, warnings } = await reranker.rerank(question, texts, { topN: 3 });
  const found = results.map(({ index, score }) => ({ text: texts[index], score })); // best first
  // #endregion
  return { found, usage, warnings };
}

export function rerankingEngine(llm: LLM, retriever: Retriever, reranker: Reranker) {
  // #region engine
  const engine = createQueryEngine(
    { llm, retriever },
    {
      topK: 50, // found by the retriever
      postprocessors: [
        new RerankPostprocessor({ reranker }, { topN: 5 }), // read by the model
        new SimilarityCutoff({ measure: 'rerank', cutoff: 0.3 }), // or nothing is found
      ],
    },
  );
  // #endregion
  return engine;
}
