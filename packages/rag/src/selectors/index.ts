export type { SelectedChoice, Selector } from './contract.ts';
export { EmbeddingSelector, type EmbeddingSelectorOptions } from './embedding.ts';
export { LLMSelector, SELECTION_PROMPT, type LLMSelectorOptions } from './llm.ts';
