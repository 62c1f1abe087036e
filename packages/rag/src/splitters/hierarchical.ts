import { MortiseError } from '@mortise/core';
import type { Node, TextNode } from '@mortise/core/retriever';
import { wholeNumber } from '@mortise/core/shared';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import { link, splitNodes, type SplitterOptions } from './chunks.ts';
import { SentenceSplitter, type SentenceSplitterOptions } from './sentence.ts';

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
  readonly #levels: readonly SentenceSplitter[];

  constructor(options: HierarchicalSplitterOptions = {}) {
    const { tokenizer, sizes = [2048, 512, 128], overlap = 0, format } = options;
    for (const size of sizes) wholeNumber('A size of sizes', size);
    if (sizes.length === 0 || sizes.some((size, at) => at > 0 && size >= (sizes[at - 1] as number))) {
      const message = `sizes are ${sizes.join(', ') || 'empty'}; they take each level's tokens, the largest first, each smaller than the one before.`;
      throw new MortiseError('configuration', message);
    }
    this.#levels = sizes.map(
      (maxTokens, at) =>
        new SentenceSplitter({
          tokenizer,
          maxTokens,
          overlap: at === sizes.length - 1 ? overlap : 0,
          // The first level has cut at every heading, and its chunks know their path.
          format: at === 0 ? format : 'text',
        }),
    );
    const [largest] = this.#levels as [SentenceSplitter];
    this.tokenizer = largest.tokenizer;
    this.maxTokens = largest.maxTokens;
    const settings = [this.tokenizer.name, sizes.join('/'), overlap, format ?? 'auto'];
    this.fingerprint = `hierarchical-splitter/1(${settings.join(',')})`;
  }

  /** The chunks of all levels, each parent before its children. */
  split(node: Node): TextNode[] {
    const levels: TextNode[][] = [];
    let above: readonly Node[] = [node];
    for (const [depth, splitter] of this.#levels.entries()) {
      const chunks = above.flatMap((parent) => {
        const children = splitter.split(parent);
        return depth === 0 ? children : children.map((child) => withParent(child, parent));
      });
      levels.push(link(chunks));
      above = chunks;
    }
    return inDocumentOrder(levels);
  }

  /** Index nodes and kinds that core does not know pass through as they are. */
  transform(nodes: readonly Node[], options?: TransformOptions): Promise<Node[]> {
    return splitNodes(this, nodes, options);
  }
}

/** The nodes that no other one is a part of: what is embedded. */
export function leafNodes<N extends Node>(nodes: readonly N[]): N[] {
  return nodes.filter(({ relationships }) => (relationships?.children ?? []).length === 0);
}

/** The nodes that are part of no other one. */
export function rootNodes<N extends Node>(nodes: readonly N[]): N[] {
  return nodes.filter(({ relationships }) => relationships?.parent === undefined);
}

function withParent(child: TextNode, parent: Node): TextNode {
  return { ...child, relationships: { ...child.relationships, parent: { id: parent.id } } };
}

function inDocumentOrder(levels: readonly TextNode[][]): TextNode[] {
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
  for (const root of levels[0] ?? []) visit(root);
  return ordered;
}
