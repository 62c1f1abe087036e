import { messageText, type ToolResultBlock } from '@mortise/core';
import { sourceId, type NodeWithScore } from '@mortise/core/retriever';
import { defined, isDeeper, isObject, MAX_METADATA_DEPTH, type JsonObject } from '@mortise/core/shared';
import type { Citation, QueryResponse } from '@mortise/core/synthesizer';

/** What an engine that is a tool gives the model, as JSON: its answer, and what that rests on. */
export interface EngineToolResult {
  /** With citations, such as `[1]`. */
  answer: string;
  /** As a `QueryResponse` has it: `no-nodes` where nothing was found. */
  outcome: string;
  /** The sources that are cited and the best of the others, by their numbers. */
  sources: EngineToolSource[];
  /** The citations of the answer, as a `QueryResponse` has them. */
  citations: Citation[];
}

/** A source of an answer, as far as a model is shown it. */
export interface EngineToolSource {
  /** As the answer cites it. */
  number: number;
  nodeId: string;
  /** The document that the node comes from, where that is known. */
  sourceId?: string;
  /** The node's text, or its beginning. */
  text: string;
  /** There is more of the text. */
  cut?: true;
  /** What a language model may see of the node's, unless it is longer than the text may be. */
  metadata?: JsonObject;
}

/** How much of an answer a model is shown. */
export interface EngineToolBounds {
  readonly maxSources: number;
  /** UTF-16 units of each. */
  readonly maxSourceLength: number;
  readonly maxAnswerLength: number;
}

/** An answer as a model is shown it. */
export function toToolResult(
  { text, outcome, sources, citations }: QueryResponse,
  bounds: EngineToolBounds,
): EngineToolResult {
  const answer = answerText(text, outcome, bounds.maxAnswerLength);
  const shown = citations.filter(({ end }) => end <= Math.min(text.length, bounds.maxAnswerLength));
  const cited = new Set(shown.map(({ number }) => number));
  const numbers = sources.map((_, at) => at + 1);
  const best = [...numbers.filter((each) => cited.has(each)), ...numbers.filter((each) => !cited.has(each))];
  const chosen = best.slice(0, bounds.maxSources).sort((a, b) => a - b);
  return {
    answer,
    outcome,
    sources: chosen.map((number) => toolSource(number, sources[number - 1] as NodeWithScore, bounds)),
    citations: shown.map((citation) => ({ ...citation })),
  };
}

function answerText(text: string, outcome: string, maxLength: number): string {
  if (outcome === 'no-nodes' && text.trim() === '') return 'Nothing was found.';
  if (text.length <= maxLength) return text;
  return `${beginning(text, maxLength)}… (The answer is longer: it was cut here.)`;
}

function toolSource(number: number, { node }: NodeWithScore, bounds: EngineToolBounds): EngineToolSource {
  const { maxSourceLength } = bounds;
  const hidden = node.excludedLlmMetadataKeys ?? [];
  const shown = Object.entries(node.metadata).filter(([key]) => !hidden.includes(key));
  const metadata: JsonObject = Object.fromEntries(shown);
  const fits = shown.length > 0 && JSON.stringify(metadata).length <= maxSourceLength;
  return defined({
    number,
    nodeId: node.id,
    sourceId: sourceId(node),
    text: beginning(node.text, maxSourceLength),
    cut: node.text.length > maxSourceLength ? (true as const) : undefined,
    metadata: fits ? metadata : undefined,
  });
}

/** Never the half of a character. */
function beginning(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/**
 * What `engineTool` gave, read from the result of a call, for a page that shows sources. Undefined for the result of another
 * tool, for an error, and for anything else that is not such a result.
 */
export function engineToolResult(
  block: Pick<ToolResultBlock, 'content' | 'isError'>,
): EngineToolResult | undefined {
  try {
    const { content, isError } = block;
    const text = typeof content === 'string' ? content : messageText({ content: [...content] });
    // Most results of other tools are told apart by this.
    if (isError === true || !text.startsWith('{"answer":')) return undefined;
    const value: unknown = JSON.parse(text);
    return isResult(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Of a result, around a source's metadata. */
const LEVELS = 3;

function isResult(value: unknown): value is EngineToolResult {
  if (!isObject(value) || isDeeper(value, MAX_METADATA_DEPTH + LEVELS)) return false;
  const { answer, outcome, sources, citations } = value;
  if (typeof answer !== 'string' || typeof outcome !== 'string') return false;
  return isListOf(sources, isSource) && isListOf(citations, isCitation);
}

function isListOf(
  value: unknown,
  isItem: (item: { readonly [member: string]: unknown }) => boolean,
): boolean {
  return Array.isArray(value) && value.every((item) => isObject(item) && isItem(item));
}

function isSource({
  number,
  nodeId,
  sourceId: source = '',
  text,
  cut = true,
  metadata = {},
}: Readonly<Record<string, unknown>>): boolean {
  return (
    isCount(number) &&
    [nodeId, source, text].every((each) => typeof each === 'string') &&
    cut === true &&
    isObject(metadata)
  );
}

function isCitation({
  number,
  start,
  end,
  nodeId = '',
  quote = '',
  quoteStart = 0,
  quoteEnd = 0,
  problem = '',
}: Readonly<Record<string, unknown>>): boolean {
  return (
    [number, start, end, quoteStart, quoteEnd].every(isCount) &&
    [nodeId, quote, problem].every((each) => typeof each === 'string')
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
