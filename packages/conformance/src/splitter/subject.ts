import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter } from '@mortise/core/transform';

/** What a case wants of the splitter that it is given. */
export interface SplitterSettings {
  readonly tokenizer: TokenCounter;
  /** Tokens, from 24 on. */
  readonly maxTokens: number;
  /** Tokens that chunks may repeat; a splitter that repeats nothing ignores it. */
  readonly overlap: number;
}

/**
 * What a case of the splitter suite may require. `headings`: chunks of Markdown hold the path of their headings in
 * their metadata. `hierarchy`: chunks of several sizes, with parents and children.
 */
export type SplitterFeature = 'headings' | 'hierarchy';

/** How a splitter under test is made. */
export interface SplitterSubject {
  create(settings: SplitterSettings): NodeSplitter;
}
