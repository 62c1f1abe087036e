export { SentenceSplitter, type SentenceSplitterOptions } from './sentence.ts';
