import { MortiseError } from '@mortise/core';
import { runAtOnce } from '@mortise/core/call';
import type { Node, TextNode } from '@mortise/core/retriever';
import { checkOptions, reading, wholeNumber } from '@mortise/core/shared';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import {
  link,
  splitNodes,
  splitSections,
  fingerprintOf,
  splitSettings,
  type SplitSettings,
  type SplitterOptions,
} from './chunks.ts';
import type { SentenceSplitterOptions } from './sentence.ts';
import { formatOf, readStructure, type ReadText, type TextStructure } from './structure.ts';

export interface HierarchicalSplitterOptions
  extends Pick<SplitterOptions, 'tokenizer' | 'overlap'>, Pick<SentenceSplitterOptions, 'format'> {
  /** Tokens of a chunk at most, level by level, the largest first. Default: 2048, 512, 128. */
  sizes?: readonly number[] | undefined;
  // `overlap` is that of the smallest chunks, within their parent, and 0 by default.
}

/**
 * Chunks of several sizes, each cut out of the one above: `relationships.parent` and `children` join them, `previous` and
 * `next` are neighbours of one size. A parent stands before its children. Embed `leafNodes`, keep the others in a
 * document store, and an auto-merging retriever finds small chunks and answers with what they are part of.
 *
 * Larger chunks repeat nothing of each other, so that each leaf has one parent.
 */
export class HierarchicalSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  /** Of the largest. */
  readonly maxTokens: number;
  readonly fingerprint: string;
  readonly #levels: readonly SplitSettings[];
  readonly #format: HierarchicalSplitterOptions['format'];

  constructor(options: HierarchicalSplitterOptions = {}) {
    const { tokenizer, sizes: given, overlap = 0, format } = checkOptions(options, 'configuration');
    const sizes = reading('sizes', () => Array.from(given ?? [2048, 512, 128]), 'configuration');
    for (const size of sizes) wholeNumber('A size of sizes', size);
    if (sizes.length === 0 || sizes.some((size, at) => at > 0 && size >= (sizes[at - 1] as number))) {
      const message = `sizes are ${sizes.join(', ') || 'empty'}; they take each level's tokens, the largest first, each smaller than the one before.`;
      throw new MortiseError('configuration', message);
    }
    this.#levels = sizes.map((maxTokens, at) =>
      splitSettings({ tokenizer, maxTokens, overlap: at === sizes.length - 1 ? overlap : 0 }),
    );
    this.#format = format;
    const [largest] = this.#levels as [SplitSettings];
    this.tokenizer = largest.tokenizer;
    this.maxTokens = largest.maxTokens;
    const settings = [this.tokenizer.name, sizes.join('/'), overlap, format ?? 'auto'];
    this.fingerprint = fingerprintOf('hierarchical-splitter/2', settings);
  }

  /** The chunks of all levels, each parent before its children. */
  split(node: Node): TextNode[] {
    return runAtOnce(this.#split(node));
  }

  /** Index nodes and kinds that core does not know pass through as they are. */
  transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]> {
    return splitNodes((node) => this.#split(node), nodes, options);
  }

  *#split(node: Node): Generator<void, TextNode[]> {
    const read = yield* readStructure(node.text, this.#format ?? formatOf(node));
    const [largest, ...smaller] = this.#levels as [SplitSettings, ...SplitSettings[]];
    const levels = [yield* splitSections(node, read, largest)];
    for (const settings of smaller) {
      const chunks: TextNode[] = [];
      for (const parent of levels.at(-1) ?? []) {
        const part = read.structure.from((parent.start ?? 0) - (node.start ?? 0));
        for (const child of yield* splitSections(withoutHeader(parent), whole(parent, part), settings))
          chunks.push({ ...child, relationships: { ...child.relationships, parent: { id: parent.id } } });
      }
      levels.push(yield* link(chunks));
    }
    return yield* inDocumentOrder(levels);
  }
}

/** The first level has cut at every heading, and its chunks know their path. */
function whole({ text }: Node, structure: TextStructure): ReadText {
  return { sections: [{ start: 0, end: text.length, headings: [] }], structure };
}

/** Each of its parts has the header of the table that it begins in itself. */
function withoutHeader(node: TextNode): TextNode {
  const { tableHeader: _header, ...metadata } = node.metadata;
  return { ...node, metadata };
}

/** The nodes that no other one is a part of: what is embedded. */
export function leafNodes<N extends Node>(nodes: readonly N[]): N[] {
  return reading('The list of nodes', () =>
    nodes.filter(({ relationships }) => (relationships?.children ?? []).length === 0),
  );
}

function* inDocumentOrder(levels: readonly TextNode[][]): Generator<void, TextNode[]> {
  const childrenOf = Map.groupBy(levels.flat(), ({ relationships }) => relationships?.parent?.id);
  const ordered: TextNode[] = [];
  const visit = (chunk: TextNode): void => {
    const children = childrenOf.get(chunk.id) ?? [];
    const relationships =
      children.length === 0
        ? chunk.relationships
        : { ...chunk.relationships, children: children.map(({ id }) => ({ id })) };
    ordered.push({ ...chunk, ...(relationships === undefined ? {} : { relationships }) });
    children.forEach(visit);
  };
  for (const root of levels[0] ?? []) {
    visit(root);
    yield;
  }
  return ordered;
}
