import { checkOptions } from '@mortise/core/shared';
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

export interface SentenceSplitterOptions extends SplitterOptions {
  /**
   * `markdown` cuts at every heading and keeps the path of headings as `metadata.section`; `csv` cuts between rows.
   * Default: what `metadata.mediaType` says, else `text`.
   */
  format?: 'markdown' | 'text' | 'csv' | undefined;
}

/**
 * Chunks of whole paragraphs where they fit, else of whole sentences, else of words; what is repeated is whole
 * sentences. The heading path stands in `metadata.section`, joined by ` > `; where it begins with the document's title,
 * the title is left out of it. A chunk that begins within a table has its header as `metadata.tableHeader`, which models
 * see and which counts, unless it would take more than half of the chunk. Of a document with `metadata.pageStarts` each chunk has `metadata.page` in its place.
 */
export class SentenceSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly fingerprint: string;
  readonly #settings: SplitSettings;
  readonly #format: SentenceSplitterOptions['format'];

  constructor(given: SentenceSplitterOptions = {}) {
    const options = checkOptions(given, 'configuration');
    this.#settings = splitSettings(options);
    this.#format = options.format;
    const { tokenizer, maxTokens, overlap } = this.#settings;
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
    // The number is that of the algorithm: it goes up when the same text would be cut elsewhere.
    this.fingerprint = fingerprintOf('sentence-splitter/3', [
      tokenizer.name,
      maxTokens,
      overlap,
      this.#format ?? 'auto',
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
    const read = yield* readStructure(node.text, this.#format ?? formatOf(node));
    return yield* splitSections(node, read, this.#settings);
  }
}
