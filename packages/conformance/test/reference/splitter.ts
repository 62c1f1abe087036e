import type { SplitterSettings } from '@mortise/conformance';
import { MortiseError, type JsonObject } from '@mortise/core';
import { nodeText, type Node, type TextNode } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';

interface Span {
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
}

/**
 * Words as many as fit, within the sections of `# headings`, as chunks of two sizes. Its steps are methods, so that a
 * mutant can get one of them wrong.
 */
export class ReferenceSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;

  constructor({ tokenizer, maxTokens }: SplitterSettings) {
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  get fingerprint(): string {
    return `reference(${this.tokenizer.name},${this.maxTokens})`;
  }

  split(node: Node): TextNode[] {
    const chunks: TextNode[] = [];
    const whole = { start: 0, end: node.text.length, headings: [] };
    for (const parent of this.level(node, this.sections(node.text, whole), this.maxTokens, node.id)) {
      const span = {
        start: parent.start! - (node.start ?? 0),
        end: parent.end! - (node.start ?? 0),
        headings: [],
      };
      const children = this.level(
        { ...node, metadata: parent.metadata },
        [span],
        this.maxTokens * 0.8,
        parent.id,
      );
      parent.relationships!.children = children.map(({ id }) => ({ id }));
      for (const child of children) child.relationships!.parent = { id: parent.id };
      chunks.push(parent, ...children);
    }
    const leaves = chunks.filter(({ relationships }) => relationships?.parent !== undefined);
    for (const [at, { relationships }] of leaves.entries()) {
      if (at > 0) relationships!.previous = { id: leaves[at - 1]!.id };
      if (at < leaves.length - 1) relationships!.next = { id: leaves[at + 1]!.id };
    }
    return chunks;
  }

  async transform(nodes: readonly Node[], { signal, onProgress }: TransformOptions = {}): Promise<Node[]> {
    const made: Node[] = [];
    for (const [at, node] of nodes.entries()) {
      signal?.throwIfAborted();
      made.push(...this.split(node));
      onProgress?.({ done: at + 1, total: nodes.length });
    }
    return made;
  }

  level(node: Node, spans: readonly Span[], maxTokens: number, id: string): TextNode[] {
    const chunks: TextNode[] = [];
    for (const span of spans)
      for (const { start, end } of this.pack(node, span, maxTokens))
        chunks.push(this.chunk(node, { ...span, start, end }, `${id}#${chunks.length}`));
    return chunks;
  }

  sections(text: string, { start, end }: Span): Span[] {
    const spans: Span[] = [];
    const path: string[] = [];
    let from = start;
    let inCode = false;
    let headings: string[] = [];
    for (const { 0: line, index } of text.slice(start, end).matchAll(/.+/g)) {
      if (line.startsWith('```')) inCode = !inCode;
      const heading = inCode ? null : /^(#+) (.*)$/.exec(line);
      if (heading === null) continue;
      spans.push({ start: from, end: index, headings });
      path.splice(heading[1]!.length - 1, Infinity, heading[2]!);
      headings = [...path];
      from = index;
    }
    return [...spans, { start: from, end, headings }];
  }

  /** What a model sees of a piece of text. */
  count(node: Node, text: string): number {
    return Math.max(
      ...(['embed', 'llm'] as const).map((mode) => this.tokenizer.count(nodeText({ ...node, text }, mode))),
    );
  }

  *pack(node: Node, span: Span, maxTokens: number): Generator<{ start: number; end: number }> {
    const metadata = this.metadata(node, span.headings);
    const fits = (start: number, end: number): boolean =>
      end - start <= 16 * maxTokens &&
      this.count({ ...node, metadata }, node.text.slice(start, end)) <= maxTokens;
    let open: { start: number; end: number } | undefined;
    for (const { 0: word, index } of node.text.slice(span.start, span.end).matchAll(/\S+/g)) {
      const end = span.start + index + word.length;
      if (open !== undefined && fits(open.start, end)) {
        open = { start: open.start, end };
        continue;
      }
      if (open !== undefined) yield open;
      let start = span.start + index;
      while (!fits(start, end)) {
        const cut = this.prefix(node.text, start, Math.min(end, start + 16 * maxTokens), fits);
        if (cut === start)
          throw new MortiseError('invalid-request', `There is no room for the text of ${node.id}.`);
        yield { start, end: cut };
        start = cut;
      }
      open = { start, end };
    }
    if (open !== undefined) yield open;
  }

  /** Where the longest prefix that fits ends, between two code points. */
  prefix(text: string, start: number, end: number, fits: (start: number, end: number) => boolean): number {
    let [least, most] = [start, end];
    while (least < most) {
      const middle = Math.ceil((least + most) / 2);
      if (fits(start, middle)) least = middle;
      else most = middle - 1;
    }
    return /[\udc00-\udfff]/.test(text.charAt(least)) ? least - 1 : least;
  }

  metadata(node: Node, headings: readonly string[]): JsonObject {
    const metadata = { ...node.metadata, section: headings.join(' > ') };
    const isShort = headings.length > 0 && this.count({ ...node, metadata }, '') < this.maxTokens / 2;
    return structuredClone(isShort ? metadata : node.metadata);
  }

  chunk(node: Node, { start, end, headings }: Span, id: string): TextNode {
    const { relationships, text, start: base = 0, embedding: _embedding, type: _type, ...rest } = node;
    return {
      ...(structuredClone(rest) as Omit<TextNode, 'type' | 'text'>),
      type: 'text',
      id,
      text: text.slice(start, end),
      metadata: this.metadata(node, headings),
      relationships: { source: { id: relationships?.source?.id ?? node.id } },
      start: base + start,
      end: base + end,
    };
  }
}
