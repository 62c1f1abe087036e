import { raceAbort, throwIfAborted } from '@mortise/core/call';
import {
  createTextNode,
  MortiseError,
  nodeToJson,
  sourceId,
  type Node,
  type TextNode,
  type Transform,
  type TransformOptions,
} from '@mortise/core';
import { canonicalJson, checkOptions, defined, reading } from '@mortise/core/shared';
import { malformed, redact } from '@mortise/core/wire';
import type { LangChainSplitter } from './contract.ts';
import { objectOf } from './values.ts';
import { fromThrown } from './errors.ts';
import { OWNER } from './blocks.ts';
import { secretsOf } from './secrets.ts';

/** How a splitter of theirs is taken. */
export interface FromLangChainSplitterOptions {
  /** Names it and its settings. Default: its class and the settings that are plain; none where one is a function of yours. */
  fingerprint?: string | undefined;
}

/**
 * A text splitter of LangChain.js; `fromLangChain` makes it. A `Transform` and not a `NodeSplitter`: theirs split in their own
 * time, and count as they like. Chunks have ids, sources and neighbours as ours; offsets where the chunk stands in the text as
 * it is.
 */
export class LangChainTransform implements Transform {
  readonly fingerprint?: string;
  readonly #splitter: LangChainSplitter;

  constructor(splitter: LangChainSplitter, given: FromLangChainSplitterOptions = {}) {
    const { fingerprint = fingerprintOf(splitter) } = checkOptions(given, 'configuration');
    this.#splitter = splitter;
    if (fingerprint !== undefined) this.fingerprint = fingerprint;
  }

  async transform(nodes: readonly Node[], given: TransformOptions = {}): Promise<Node[]> {
    const { signal, onProgress } = checkOptions(given);
    const all: Node[] = [];
    const asked = reading('The list of nodes', () => Array.from(nodes, checked));
    for (const [at, node] of asked.entries()) {
      throwIfAborted(signal);
      const chunks = await this.#split(node.text, signal);
      all.push(...toNodes(node, chunks));
      // Awaited, since an async callback's rejection would be nobody's.
      await (async () => onProgress?.({ done: at + 1, total: asked.length }))();
    }
    return all;
  }

  async #split(text: string, signal: AbortSignal | undefined): Promise<string[]> {
    try {
      const splitting = this.#splitter.splitText(text);
      return textsOf(await (signal === undefined ? splitting : raceAbort(splitting, signal)));
    } catch (thrown) {
      throw signal?.aborted === true ? thrown : fromThrown(thrown, { provider: OWNER }, this.#splitter);
    }
  }
}

/** A copy: what is no list of texts is theirs to answer for. */
function textsOf(chunks: unknown): string[] {
  const texts = reading('What the splitter gave', () =>
    Array.isArray(chunks) ? [...(chunks as unknown[])] : undefined,
  );
  const isText = (text: unknown): text is string => typeof text === 'string';
  if (texts?.every(isText)) return texts;
  throw malformed('chunks that are not a list of texts', { provider: OWNER });
}

function checked(node: Node): Node {
  nodeToJson(node);
  if (typeof node.text === 'string') return node;
  throw new MortiseError('invalid-request', `The text of the node '${node.id}' is not a string.`);
}

function toNodes(node: Node, chunks: readonly string[]): TextNode[] {
  const { metadata, excludedEmbedMetadataKeys, excludedLlmMetadataKeys } = node;
  const { metadataTemplate, metadataSeparator, textTemplate } = node;
  const taken = {
    excludedEmbedMetadataKeys,
    excludedLlmMetadataKeys,
    metadataTemplate,
    metadataSeparator,
    textTemplate,
  };
  const source = node.relationships?.source ?? { id: sourceId(node) ?? node.id };
  const idAt = (at: number) => ({ id: `${node.id}:${at}` });
  const base = node.type === 'document' ? 0 : node.start;
  let from = 0;
  return chunks.map((text, at) => {
    // Overlaps begin before the last chunk ends, never before it begins.
    const found = node.text.indexOf(text, from);
    if (found >= 0) from = found + 1;
    const start = found < 0 || base === undefined ? undefined : base + found;
    return createTextNode({
      ...idAt(at),
      text,
      metadata: structuredClone(metadata),
      ...defined(taken),
      ...(start === undefined ? {} : { start, end: start + text.length }),
      relationships: {
        source: { ...source },
        ...(at > 0 ? { previous: idAt(at - 1) } : {}),
        ...(at < chunks.length - 1 ? { next: idAt(at + 1) } : {}),
        ...(node.type === 'document' ? {} : { parent: { id: node.id } }),
      },
    });
  });
}

/** Theirs count characters unless they were given a function, which nobody can compare. */
function fingerprintOf(splitter: LangChainSplitter): string | undefined {
  const { lc_kwargs: given } = objectOf(splitter);
  const settings = objectOf(given);
  if (Object.values(settings).some((value) => typeof value === 'function')) return undefined;
  const name = splitter.constructor?.name;
  if (typeof name !== 'string' || name === '') return undefined;
  try {
    // It is kept with what is indexed.
    return redact(`${OWNER}:${name}:${canonicalJson(settings)}`, secretsOf(splitter));
  } catch {
    return undefined;
  }
}
