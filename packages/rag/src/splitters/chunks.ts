import { MortiseError, type JsonObject } from '@mortise/core';
import { runInSlices, throughDoor, throwIfAborted, timeSlices } from '@mortise/core/call';
import {
  checkNode,
  nodeHashSteps,
  nodeText,
  sourceId,
  type Node,
  type TextNode,
} from '@mortise/core/retriever';
import { checkOptions, defined, reading, requireMembers, wholeNumber } from '@mortise/core/shared';
import { estimateTokenizer, type TokenCounter } from '@mortise/core/tokenizer';
import type { TransformOptions } from '@mortise/core/transform';
import { packUnits, type Span } from './pack.ts';
import type { Section } from './sections.ts';
import { lastAtMost, type ReadText, type TextStructure } from './structure.ts';

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
export function splitSettings(given: SplitterOptions, fill = false): SplitSettings {
  const options = checkOptions(given, 'configuration');
  const tokenizer = requireMembers(
    options.tokenizer ?? estimateTokenizer,
    ['count'],
    'tokenizer',
    'TokenCounter',
  );
  const maxTokens = wholeNumber('maxTokens', options.maxTokens ?? 512);
  const eighth = Math.min(64, Math.floor(maxTokens / 8));
  const overlap = wholeNumber('overlap', options.overlap ?? eighth, { least: 0 });
  if (overlap >= maxTokens) {
    const message = `overlap is ${overlap}, which leaves nothing of maxTokens, ${maxTokens}. Make it smaller.`;
    throw new MortiseError('configuration', message);
  }
  return { tokenizer, maxTokens, overlap, fill };
}

/** What a splitter makes hangs on its settings alone. */
export function fingerprintOf(name: string, settings: readonly unknown[]): string {
  return reading('The settings of the splitter', () => `${name}(${settings.join(',')})`, 'configuration');
}

/** The chunks of a node's sections, in order, in steps; none goes over the end of a section. */
export function* splitSections(
  node: Node,
  { sections, structure }: ReadText,
  settings: SplitSettings,
): Generator<void, TextNode[]> {
  const make = yield* chunkMaker(node);
  const chunks: TextNode[] = [];
  for (const section of sections) {
    const { spans, metadataAt } = yield* splitSection(node, section, structure, settings);
    for (const span of spans) {
      chunks.push(make(span, metadataAt(span.start)));
      if (chunks.length % 64 === 0) yield;
    }
  }
  // What is whole in one chunk has no neighbours.
  return chunks.length === 1 ? chunks : yield* link(chunks);
}

/** Index nodes and kinds that core does not know pass through as they are: a chunk of them would stand for nothing. */
export async function splitNodes(
  split: (node: Node) => Generator<void, TextNode[]>,
  nodes: readonly Node[],
  given: TransformOptions = {},
): Promise<Node[]> {
  return throughDoor(given, {}, (options) => splitAll(split, nodes, options));
}

async function splitAll(
  split: (node: Node) => Generator<void, TextNode[]>,
  nodes: readonly Node[],
  { signal, onProgress }: TransformOptions,
): Promise<Node[]> {
  throwIfAborted(signal);
  const slices = timeSlices(signal);
  const result: Node[] = [];
  for (const [at, node] of nodes.entries()) {
    checkNode(node);
    const isText = node.type === 'document' || node.type === 'text';
    for (const made of isText ? await runInSlices(split(node), slices) : [node]) result.push(made);
    // Awaited, since an async callback's rejection would be nobody's.
    await (async () => onProgress?.({ done: at + 1, total: nodes.length }))();
  }
  throwIfAborted(signal);
  return result;
}

/** Puts `previous` and `next` between neighbours. */
export function* link(chunks: readonly TextNode[]): Generator<void, TextNode[]> {
  const linked: TextNode[] = [];
  for (const [at, chunk] of chunks.entries()) {
    const { previous: _previous, next: _next, ...others } = chunk.relationships ?? {};
    const [before, after] = [chunks[at - 1], chunks[at + 1]];
    const relationships = {
      ...others,
      ...(before === undefined ? {} : { previous: { id: before.id } }),
      ...(after === undefined ? {} : { next: { id: after.id } }),
    };
    linked.push({ ...chunk, relationships });
    if (at % 256 === 255) yield;
  }
  return linked;
}

function* splitSection(
  node: Node,
  section: Section,
  structure: TextStructure,
  { tokenizer, maxTokens, overlap, fill }: SplitSettings,
): Generator<void, { spans: Span[]; metadataAt: (start: number) => JsonObject }> {
  const { pageAt, rest } = pagesOf(node.metadata);
  const shown = (text: string, metadata: JsonObject) => countShown({ ...node, metadata, text }, tokenizer);
  const overheadOf = (metadata: JsonObject) => shown('x', pageAt(metadata, Infinity)) - tokenizer.count('x');
  const { headings } = section;
  // A path that leaves too little room for the text is shortened, then left out, also one that a larger chunk was given.
  const { section: _section, ...bare } = rest;
  const candidates =
    headings.length === 0
      ? [rest]
      : [withSection(rest, headings), withSection(rest, headings.slice(-1)), rest];
  const metadata = candidates.find((one) => overheadOf(one) <= maxTokens / 2) ?? bare;
  const overhead = overheadOf(metadata);
  if (overhead >= maxTokens) throw metadataTooLong(node, overhead, maxTokens);
  const budget = maxTokens - overhead;

  // A header that leaves too little room for the rows is left out.
  const headers = new Map<string, boolean>();
  const fits = (header: string): boolean => {
    let known = headers.get(header);
    if (known === undefined) {
      known = overheadOf({ ...metadata, tableHeader: header }) - overhead <= budget / 2;
      headers.set(header, known);
    }
    return known;
  };
  const metadataAt = (start: number): JsonObject => {
    const block = structure.blockAt(start);
    const header = block !== undefined && block.first < start ? (block.table?.header ?? '') : '';
    return pageAt(header !== '' && fits(header) ? { ...metadata, tableHeader: header } : metadata, start);
  };
  const spans = yield* packUnits({ text: node.text, structure }, section, {
    budget,
    overlap,
    fill,
    count: (text) => tokenizer.count(text),
    measure: ({ start, end }) => shown(node.text.slice(start, end), metadataAt(start)) - overhead,
  });
  return { spans, metadataAt };
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
      page: Math.max(1, lastAtMost(starts.length, (index) => (starts[index] as number) <= offset) + 1),
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
function* chunkMaker(node: Node): Generator<void, ChunkMaker> {
  const {
    id,
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  } = node;
  const look = defined({
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  });
  const known = node.relationships?.source;
  const source = known ?? { id: sourceId(node) ?? id, hash: yield* nodeHashSteps(node) };
  const base = node.start ?? 0;
  let made = 0;
  return ({ start, end }, metadata) => ({
    ...structuredClone(look),
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
