import { runAtOnce } from '@mortise/core/call';
import type { Node, TextNode } from '@mortise/core/retriever';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import {
  splitNodes,
  splitSections,
  fingerprintOf,
  splitSettings,
  type SplitSettings,
  type SplitterOptions,
} from './chunks.ts';
import { readStructure } from './structure.ts';

export interface MarkdownSplitterOptions extends SplitterOptions {
  /** Cut at headings down to this level, 1 to 6; deeper ones stay within their section. Default: 6. */
  level?: number | undefined;
}

/**
 * A chunk for each section of a Markdown text, with the path of its headings in `metadata.section`; a longer section is
 * cut between paragraphs, then sentences. Fenced code that fits into a chunk is never cut. Nothing is repeated unless
 * `overlap` says so: a section begins with its own context.
 */
export class MarkdownSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly fingerprint: string;
  readonly #settings: SplitSettings;
  readonly #level: number;

  constructor(given: MarkdownSplitterOptions = {}) {
    const options = checkOptions(given, 'configuration');
    this.#settings = splitSettings({ ...options, overlap: options.overlap ?? 0 });
    this.#level = wholeNumber('level', options.level ?? 6, { most: 6 });
    const { tokenizer, maxTokens, overlap } = this.#settings;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.fingerprint = fingerprintOf('markdown-splitter/2', [
      tokenizer.name,
      maxTokens,
      overlap,
      this.#level,
    ]);
  }

  split(node: Node): TextNode[] {
    return runAtOnce(this.#split(node));
  }

  /** Index nodes and kinds that core does not know pass through as they are. */
  transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]> {
    return splitNodes((node) => this.#split(node), nodes, options);
  }

  *#split(node: Node): Generator<void, TextNode[]> {
    const read = yield* readStructure(node.text, 'markdown', this.#level);
    return yield* splitSections(node, read, this.#settings);
  }
}
