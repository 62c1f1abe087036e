import { retrievalMarkdown } from '@mortise/rag';
import type { Collection } from './collection.ts';
import { FUSION, type Evaluation } from './evaluate.ts';

/** For a reader: what was measured, on what, and whether the difference is more than chance. */
export function markdownReport(collection: Collection, evaluation: Evaluation): string {
  const { name, documents, withoutText, strayJudgements } = collection;
  const { mode, weights, candidates } = FUSION;
  const facts = [
    `${documents.length} documents with text, each embedded whole by energetic-ai.`,
    `Hybrid: ${mode}, ${weights.bm25} BM25 and ${weights.vector} vectors, ${candidates} candidates of each.`,
    ...(withoutText.length > 0 ? [`Without text, and never found: ${withoutText.length}.`] : []),
    ...(strayJudgements > 0
      ? [`Judgements of queries or documents that are not there: ${strayJudgements}.`]
      : []),
  ].map((fact) => `- ${fact}\n`);
  const results = retrievalMarkdown(evaluation.reports, evaluation.comparisons);
  return `# Retrieval on ${name}\n\n${facts.join('')}\n${results}`;
}

/** For a program: the same, with every query's figures and ranking. */
export function jsonReport(collection: Collection, { reports, comparisons }: Evaluation): string {
  const { name, documents, withoutText, queries, strayJudgements } = collection;
  const about = { name, documents: documents.length, withoutText, queries: queries.length, strayJudgements };
  return `${JSON.stringify({ collection: about, fusion: FUSION, reports, comparisons }, undefined, 2)}\n`;
}
