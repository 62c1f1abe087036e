import { MortiseError } from '@mortise/core';
import { createTextNode, nodeText, type Node, type TextNode } from '@mortise/core/retriever';
import type { TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import { defined } from '@mortise/core/shared';

export interface FrozenSplitterOptions {
  tokenizer: TokenCounter;
  /** Tokens. */
  maxTokens: number;
}

/** Longer pieces are not counted, so that the time is linear: few vocabularies have longer tokens. */
const LONGEST_TOKEN = 16;

/** Halves a text, between two words where there are any, until every part fits. */
export class FrozenSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;

  constructor({ tokenizer, maxTokens }: FrozenSplitterOptions) {
    this.tokenizer = tokenizer;
    this.maxTokens = maxTokens;
  }

  get fingerprint(): string {
    return `frozen-halves(${this.tokenizer.name},${this.maxTokens})`;
  }

  split(node: Node): TextNode[] {
    const { start: base = 0, relationships } = node;
    const source = relationships?.source ?? { id: node.id };
    const chunks = [...this.#parts(node, 0, node.text.length)].map(([start, end], at) =>
      createTextNode({
        ...looksOf(node),
        id: `${node.id}#${at}`,
        text: node.text.slice(start, end),
        start: base + start,
        end: base + end,
      }),
    );
    const refs = chunks.map(({ id }) => ({ id }));
    for (const [at, chunk] of chunks.entries())
      chunk.relationships = defined({ source: { ...source }, previous: refs[at - 1], next: refs[at + 1] });
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

  /** From where to where; nothing of white space alone. */
  *#parts(node: Node, from: number, to: number): Generator<readonly [start: number, end: number]> {
    const { text } = node;
    let [start, end] = [from, to];
    while (start < end && isSpace(text, start)) start++;
    while (start < end && isSpace(text, end - 1)) end--;
    if (start === end) return;
    if (this.#fits(node, start, end)) {
      yield [start, end];
      return;
    }
    const middle = middleOf(text, start, end);
    if (middle === end) {
      const message = `The metadata of ${node.id} leave no room for its text. Exclude some, or raise maxTokens.`;
      throw new MortiseError('invalid-request', message);
    }
    yield* this.#parts(node, start, middle);
    yield* this.#parts(node, middle, end);
  }

  /** Counted as both models would see it. */
  #fits(node: Node, start: number, end: number): boolean {
    if (end - start > this.maxTokens * LONGEST_TOKEN) return false;
    const piece = { ...node, text: node.text.slice(start, end) };
    return (['embed', 'llm'] as const).every(
      (mode) => this.tokenizer.count(nodeText(piece, mode)) <= this.maxTokens,
    );
  }
}

/** White space near the middle, else the middle, never within a character; the end where there is but one character. */
function middleOf(text: string, start: number, end: number): number {
  const middle = Math.ceil((start + end) / 2);
  for (let at = middle; at > start + (end - start) / 4; at--) if (isSpace(text, at)) return at;
  return /[\udc00-\udfff]/.test(text.charAt(middle)) ? middle + 1 : middle;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}

/** What a chunk has of its node, as a copy of its own. */
function looksOf(node: Node) {
  const { metadata, metadataTemplate, metadataSeparator, textTemplate } = node;
  const { excludedEmbedMetadataKeys, excludedLlmMetadataKeys } = node;
  const templates = { metadataTemplate, metadataSeparator, textTemplate };
  return structuredClone(
    defined({ metadata, excludedEmbedMetadataKeys, excludedLlmMetadataKeys, ...templates }),
  );
}
