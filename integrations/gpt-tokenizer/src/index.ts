export { createGptTokenizer, type GptEncodingName, type GptTokenizerOptions } from './create.ts';
export { GptTokenizer, type GptEncodingModule, type GptRanks } from './tokenizer.ts';
