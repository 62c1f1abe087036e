import { MortiseError, type JsonObject } from '@mortise/core';
import { nodeHash, nodeText, sourceId, type Node, type TextNode } from '@mortise/core/retriever';
import { wholeNumber } from '@mortise/core/shared';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import type { NodeSplitter, TransformOptions } from '@mortise/core/transform';
import { packUnits, type Span } from './pack.ts';
import type { Section } from './sections.ts';

/** What all splitters take. */
export interface SplitterOptions {
  /** Counts. Default: `estimateTokenizer`, four characters a token. */
  tokenizer?: TokenCounter | undefined;
  /** Tokens of a chunk at most, the metadata that a model sees with it included. Default: 512. */
  maxTokens?: number | undefined;
  /** Tokens that a chunk repeats of the one before, within one section. Default: 64, at most an eighth of `maxTokens`. */
  overlap?: number | undefined;
}

export interface SplitSettings {
  readonly tokenizer: TokenCounter;
  readonly maxTokens: number;
  readonly overlap: number;
  /** See `PackLimits`. */
  readonly fill: boolean;
}

/** The options with their defaults, checked. */
export function splitSettings(options: SplitterOptions, fill = false): SplitSettings {
  const maxTokens = wholeNumber('maxTokens', options.maxTokens ?? 512);
  const eighth = Math.min(64, Math.floor(maxTokens / 8));
  const overlap = wholeNumber('overlap', options.overlap ?? eighth, { least: 0 });
  if (overlap >= maxTokens) {
    const message = `overlap is ${overlap}, which leaves nothing of maxTokens, ${maxTokens}. Make it smaller.`;
    throw new MortiseError('configuration', message);
  }
  return { tokenizer: options.tokenizer ?? estimateTokenizer, maxTokens, overlap, fill };
}

/** The chunks of a node's sections, in order; none goes over the end of a section. */
export function splitSections(node: Node, sections: readonly Section[], settings: SplitSettings): TextNode[] {
  const make = chunkMaker(node);
  return link(sections.flatMap((section) => splitSection(node, section, make, settings)));
}

/** Index nodes and kinds that core does not know pass through as they are: a chunk of them would stand for nothing. */
export async function splitNodes(
  splitter: Pick<NodeSplitter, 'split'>,
  nodes: readonly Node[],
  options: TransformOptions = {},
): Promise<Node[]> {
  options.signal?.throwIfAborted();
  const result: Node[] = [];
  for (const [at, node] of nodes.entries()) {
    options.signal?.throwIfAborted();
    const isText = node.type === 'document' || node.type === 'text';
    for (const made of isText ? splitter.split(node) : [node]) result.push(made);
    options.onProgress?.({ done: at + 1, total: nodes.length });
    // Splitting is synchronous: let aborts and timers have their turn.
    if (at % 16 === 15) await new Promise((resolve) => setTimeout(resolve));
  }
  options.signal?.throwIfAborted();
  return result;
}

/** Puts `previous` and `next` between neighbours. */
export function link(chunks: readonly TextNode[]): TextNode[] {
  return chunks.map((chunk, at) => {
    const { previous: _previous, next: _next, ...others } = chunk.relationships ?? {};
    const [before, after] = [chunks[at - 1], chunks[at + 1]];
    const relationships = {
      ...others,
      ...(before === undefined ? {} : { previous: { id: before.id } }),
      ...(after === undefined ? {} : { next: { id: after.id } }),
    };
    return { ...chunk, relationships };
  });
}

function splitSection(
  node: Node,
  section: Section,
  make: ChunkMaker,
  { tokenizer, maxTokens, overlap, fill }: SplitSettings,
): TextNode[] {
  const { pageAt, rest } = pagesOf(node.metadata);
  const shown = (text: string, metadata: JsonObject) => countShown({ ...node, metadata, text }, tokenizer);
  const overheadOf = (metadata: JsonObject) => shown('x', pageAt(metadata, Infinity)) - tokenizer.count('x');
  const { headings } = section;
  const paths = [headings, headings.slice(-1)].map((path) => withSection(rest, path));
  // A path that leaves too little room for the text is shortened, then left out.
  const roomy = paths.find((one) => overheadOf(one) <= maxTokens / 2) ?? rest;
  // Nor may one that a larger chunk was given leave nothing at all.
  const { section: _section, ...bare } = rest;
  const metadata = overheadOf(roomy) < maxTokens ? roomy : bare;
  const overhead = overheadOf(metadata);
  if (overhead >= maxTokens) throw metadataTooLong(node, overhead, maxTokens);
  const spans = packUnits(node.text, section, {
    budget: maxTokens - overhead,
    overlap,
    fill,
    count: (text) => tokenizer.count(text),
    measure: ({ start, end }) => shown(node.text.slice(start, end), pageAt(metadata, start)) - overhead,
  });
  return spans.map((span) => make(span, pageAt(metadata, span.start)));
}

/** Of what the models get: the longer of the two. */
function countShown(node: Node, tokenizer: TokenCounter): number {
  const embedded = nodeText(node, 'embed');
  const shown = nodeText(node, 'llm');
  const count = tokenizer.count(embedded);
  return shown === embedded ? count : Math.max(count, tokenizer.count(shown));
}

/** A document of several pages says in `pageStarts` where each begins; a chunk has the `page` that it begins on instead. */
function pagesOf(metadata: JsonObject): {
  rest: JsonObject;
  pageAt: (metadata: JsonObject, offset: number) => JsonObject;
} {
  const { pageStarts, ...rest } = metadata;
  if (!Array.isArray(pageStarts)) return { rest: metadata, pageAt: (same) => same };
  const starts = pageStarts as readonly number[];
  return {
    rest,
    pageAt: (same, offset) => ({
      ...same,
      page: Math.max(1, starts.findLastIndex((start) => start <= offset) + 1),
    }),
  };
}

function withSection(metadata: JsonObject, headings: readonly string[]): JsonObject {
  const path = headings.filter(
    (heading, at) => heading !== '' && !(at === 0 && heading === metadata['title']),
  );
  return path.length === 0 ? metadata : { ...metadata, section: path.join(' > ') };
}

type ChunkMaker = (span: Span, metadata: JsonObject) => TextNode;

/** Chunks share the node's source and its way of showing metadata. */
function chunkMaker(node: Node): ChunkMaker {
  const {
    id,
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  } = node;
  const look = Object.entries({
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  }).filter(([, value]) => value !== undefined);
  const source = node.relationships?.source ?? { id: sourceId(node) ?? id, hash: nodeHash(node) };
  const base = node.start ?? 0;
  let made = 0;
  return ({ start, end }, metadata) => ({
    ...structuredClone(Object.fromEntries(look)),
    type: 'text',
    id: `${id}#${made++}`,
    text: node.text.slice(start, end),
    metadata: structuredClone(metadata),
    relationships: { source: { ...source } },
    start: base + start,
    end: base + end,
  });
}

function metadataTooLong(node: Node, overhead: number, maxTokens: number): MortiseError {
  const message = `The metadata of ${node.id} alone take ${overhead} of the ${maxTokens} tokens of a chunk. Exclude some of their keys for embedding and language models, or raise maxTokens.`;
  return new MortiseError('invalid-request', message);
}
