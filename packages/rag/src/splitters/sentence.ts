import { MortiseError, type JsonObject } from '@mortise/core';
import { nodeHash, nodeText, sourceId, type Node, type TextNode } from '@mortise/core/retriever';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import { packUnits, type Span } from './pack.ts';
import { markdownSections, wholeText, type Section } from './sections.ts';

export interface SentenceSplitterOptions {
  /** Counts. Default: `estimateTokenizer`, four characters a token. */
  tokenizer?: TokenCounter | undefined;
  /** Tokens of a chunk at most, the metadata that a model sees with it included. Default: 512. */
  maxTokens?: number | undefined;
  /** Tokens that a chunk repeats of the one before, in whole sentences, within one section. Default: 64. */
  overlap?: number | undefined;
  /**
   * `markdown` cuts at every heading and keeps the path of headings as `metadata.section`. Default: what
   * `metadata.mediaType` says, else `text`.
   */
  format?: 'markdown' | 'text' | undefined;
}

/**
 * Chunks of whole paragraphs where they fit, else of whole sentences, else of words. The heading path stands in
 * `metadata.section`, joined by ` > `; where it begins with the document's title, the title is left out of it.
 */
export class SentenceSplitter implements NodeSplitter {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly fingerprint: string;
  readonly #overlap: number;
  readonly #format: 'markdown' | 'text' | undefined;

  constructor(options: SentenceSplitterOptions = {}) {
    this.tokenizer = options.tokenizer ?? estimateTokenizer;
    this.maxTokens = whole('maxTokens', options.maxTokens ?? 512, 1);
    this.#overlap = whole('overlap', options.overlap ?? Math.min(64, Math.floor(this.maxTokens / 8)), 0);
    this.#format = options.format;
    if (this.#overlap >= this.maxTokens) {
      const message = `overlap is ${this.#overlap}, which leaves nothing of maxTokens, ${this.maxTokens}. Make it smaller.`;
      throw new MortiseError('configuration', message);
    }
    // The number is that of the algorithm: it goes up when the same text would be cut elsewhere.
    const settings = [this.tokenizer.name, this.maxTokens, this.#overlap, this.#format ?? 'auto'];
    this.fingerprint = `sentence-splitter/2(${settings.join(',')})`;
  }

  split(node: Node): TextNode[] {
    const sections = this.#isMarkdown(node) ? markdownSections(node.text) : wholeText(node.text);
    const make = chunkMaker(node);
    const chunks = sections.flatMap((section) => this.#splitSection(node, section, make));
    return link(chunks);
  }

  /** Index nodes and kinds that core does not know pass through as they are: a chunk of them would stand for nothing. */
  async transform(nodes: readonly Node[], options: TransformOptions = {}): Promise<Node[]> {
    const result: Node[] = [];
    for (const [at, node] of nodes.entries()) {
      options.signal?.throwIfAborted();
      const isText = node.type === 'document' || node.type === 'text';
      for (const made of isText ? this.split(node) : [node]) result.push(made);
      options.onProgress?.({ done: at + 1, total: nodes.length });
      // Splitting is synchronous: let aborts and timers have their turn.
      if (at % 16 === 15) await new Promise((resolve) => setTimeout(resolve));
    }
    options.signal?.throwIfAborted();
    return result;
  }

  #isMarkdown(node: Node): boolean {
    return this.#format === undefined
      ? node.metadata['mediaType'] === 'text/markdown'
      : this.#format === 'markdown';
  }

  #splitSection(node: Node, section: Section, make: ChunkMaker): TextNode[] {
    const shown = (text: string, metadata: JsonObject) => this.#count({ ...node, metadata, text });
    const overheadOf = (metadata: JsonObject) => shown('x', metadata) - this.tokenizer.count('x');
    const { headings } = section;
    const paths = [headings, headings.slice(-1)].map((path) => withSection(node.metadata, path));
    // A path that leaves too little room for the text is shortened, then left out.
    const metadata = paths.find((one) => overheadOf(one) <= this.maxTokens / 2) ?? node.metadata;
    const overhead = overheadOf(metadata);
    if (overhead >= this.maxTokens) throw this.#metadataTooLong(node, overhead);
    const spans = packUnits(node.text, section, {
      budget: this.maxTokens - overhead,
      overlap: this.#overlap,
      fill: false,
      count: (text) => this.tokenizer.count(text),
      measure: ({ start, end }) => shown(node.text.slice(start, end), metadata) - overhead,
    });
    return spans.map((span) => make(span, metadata));
  }

  /** Of what the models get: the longer of the two. */
  #count(node: Node): number {
    const embedded = nodeText(node, 'embed');
    const shown = nodeText(node, 'llm');
    const count = this.tokenizer.count(embedded);
    return shown === embedded ? count : Math.max(count, this.tokenizer.count(shown));
  }

  #metadataTooLong(node: Node, overhead: number): MortiseError {
    const message = `The metadata of ${node.id} alone take ${overhead} of the ${this.maxTokens} tokens of a chunk. Exclude some of their keys for embedding and language models, or raise maxTokens.`;
    return new MortiseError('invalid-request', message);
  }
}

type ChunkMaker = (span: Span, metadata: JsonObject) => TextNode;

function chunkMaker(node: Node): ChunkMaker {
  const {
    id,
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  } = node;
  const look = Object.fromEntries(
    Object.entries({
      excludedEmbedMetadataKeys,
      excludedLlmMetadataKeys,
      metadataTemplate,
      metadataSeparator,
      textTemplate,
    }).filter(([, value]) => value !== undefined),
  );
  const source = node.relationships?.source ?? { id: sourceId(node) ?? id, hash: nodeHash(node) };
  const base = node.start ?? 0;
  let made = 0;
  return ({ start, end }, metadata) => ({
    ...look,
    type: 'text',
    id: `${id}#${made++}`,
    text: node.text.slice(start, end),
    metadata: structuredClone(metadata),
    relationships: { source: { ...source } },
    start: base + start,
    end: base + end,
  });
}

function link(chunks: TextNode[]): TextNode[] {
  return chunks.map((chunk, at) => {
    const [previous, next] = [chunks[at - 1], chunks[at + 1]];
    const relationships = {
      ...chunk.relationships,
      ...(previous === undefined ? {} : { previous: { id: previous.id } }),
      ...(next === undefined ? {} : { next: { id: next.id } }),
    };
    return { ...chunk, relationships };
  });
}

function withSection(metadata: JsonObject, headings: readonly string[]): JsonObject {
  const path = headings.filter(
    (heading, at) => heading !== '' && !(at === 0 && heading === metadata['title']),
  );
  return path.length === 0 ? metadata : { ...metadata, section: path.join(' > ') };
}

function whole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least) return value;
  throw new MortiseError('configuration', `${name} is ${value}; it takes a whole number from ${least}.`);
}
