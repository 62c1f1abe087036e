export type { SplitterOptions } from './chunks.ts';
export { HierarchicalSplitter, leafNodes, type HierarchicalSplitterOptions } from './hierarchical.ts';
export { markdownHeadings, type MarkdownHeading } from './sections.ts';
export { MarkdownSplitter, type MarkdownSplitterOptions } from './markdown.ts';
export { SentenceSplitter, type SentenceSplitterOptions } from './sentence.ts';
export { TokenSplitter } from './token.ts';
