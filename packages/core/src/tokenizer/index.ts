export type { TokenCounter, Tokenizer } from './contract.ts';
export { estimateTokenizer } from './estimate.ts';
