export { LLMRerank, type LLMRerankOptions } from './llm-rerank.ts';
export { LongContextReorder } from './long-context-reorder.ts';
export { Neighbours, type NeighboursOptions } from './neighbours.ts';
export { RerankPostprocessor, type RerankPostprocessorOptions } from './rerank.ts';
export { SimilarityCutoff, type SimilarityCutoffOptions } from './similarity-cutoff.ts';
export { SplitNodes } from './split-nodes.ts';
