import type { LLM } from '@mortise/core';
import { createQueryEngine, type DocumentIndex, type RetrieverQueryEngine } from '@mortise/rag';
import { EvidenceCutoff, type EvidenceCutoffOptions } from './evidence.ts';

/** Sources that a model is given at most. */
const TOP_K = 6;
/** What the cutoff chooses them from: enough that a source with the right name is among them. */
const CANDIDATES = 50;

/** Full-text and vector search, the cutoff, and a model that writes the answer with citations. */
export function createEngine(
  index: DocumentIndex,
  llm: LLM,
  thresholds?: EvidenceCutoffOptions['thresholds'],
): RetrieverQueryEngine {
  const retriever = index.retriever({ topK: CANDIDATES });
  const cutoff = new EvidenceCutoff({ topK: TOP_K, thresholds });
  return createQueryEngine({ llm, retriever }, { postprocessors: [cutoff] });
}
