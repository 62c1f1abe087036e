import { runAtOnce } from '@mortise/core/call';
import type { Node, TextNode } from '@mortise/core/retriever';
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
import { formatOf, readStructure } from './structure.ts';

/**
 * Chunks that are filled to their limit word by word, wherever sentences and headings end: the fewest chunks, for texts
 * without structure. What is repeated is whole words.
 */
export class TokenSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly fingerprint: string;
  readonly #settings: SplitSettings;

  constructor(options: SplitterOptions = {}) {
    this.#settings = splitSettings(options, true);
    const { tokenizer, maxTokens, overlap } = this.#settings;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    this.fingerprint = fingerprintOf('token-splitter/2', [tokenizer.name, maxTokens, overlap]);
  }

  split(node: Node): TextNode[] {
    return runAtOnce(this.#split(node));
  }

  /** Index nodes and kinds that core does not know pass through as they are. */
  transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]> {
    return splitNodes((node) => this.#split(node), nodes, options);
  }

  *#split(node: Node): Generator<void, TextNode[]> {
    const format = formatOf(node);
    const read = yield* readStructure(node.text, format === 'markdown' ? 'text' : format);
    return yield* splitSections(node, read, this.#settings);
  }
}
