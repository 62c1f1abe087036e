import {
  toolCallBlock,
  type ChatReply,
  type CitationBlock,
  type ContentBlock,
  type FinishReason,
  type JsonObject,
  type Usage,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, sumOfCounts, throwFailure, uniqueCallId, type About } from '@mortise/core/wire';
import { mediaTypeOf } from './media.ts';
import { count, isNumber, isPiece, isText, objectAt, text, type Raw } from './raw.ts';

/** What Bedrock says of a reply and the contract does not model, in its own words; members that are null are absent. */
export type BedrockMetadata = {
  metrics?: { latencyMs?: number; [member: string]: unknown };
  /** What a guardrail found, and which model a prompt router asked. */
  trace?: { guardrail?: object; promptRouter?: { invokedModelId?: string }; [member: string]: unknown };
  /** What `additionalModelResponseFieldPaths` asked for. */
  additionalModelResponseFields?: unknown;
  performanceConfig?: { latency?: string; [member: string]: unknown };
  serviceTier?: { type?: string; [member: string]: unknown };
  [member: string]: unknown;
};

/** A whole reply: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export function fromResponse(body: Raw, about: About): ChatReply<BedrockMetadata> {
  const { output, usage, stopReason } = body;
  const content = objectAt(objectAt(output)['message'])['content'];
  throwFailure(body, about, !Array.isArray(content));
  if (!Array.isArray(content)) throw malformed('JSON without a message', about);
  return {
    content: content.flatMap((block: unknown) => fromBlock(block, about)),
    finishReason: fromStopReason(stopReason),
    usage: isObject(usage) ? fromUsage(usage) : undefined,
    providerMetadata: metadataOf(body),
    model: routedModel(body),
  };
}

/** A block is an object of one member, which names its kind. */
export function kindOf(block: Raw): string | undefined {
  return Object.keys(block).find((name) => block[name] != null);
}

/** One block. What the contract has no block for, such as a tool that ran at the provider, is kept as it is. */
export function fromBlock(raw: unknown, about: About): ContentBlock[] {
  const kind = isObject(raw) ? kindOf(raw) : undefined;
  if (!isObject(raw) || kind === undefined) throw malformed('a content block that is none', about);
  const value = raw[kind];
  switch (kind) {
    case 'text':
      return isPiece(value) ? [{ type: 'text', text: value }] : [];
    case 'citationsContent':
      return fromCitations(objectAt(value));
    case 'reasoningContent':
      return fromReasoning(objectAt(value));
    case 'toolUse':
      return [fromToolUse(objectAt(value))];
    case 'image':
      return [fromImage(objectAt(value))];
    default:
      return [{ type: `bedrock:${kind}`, value }];
  }
}

function fromReasoning({ reasoningText, redactedContent }: Raw): ContentBlock[] {
  const { text: said, signature } = objectAt(reasoningText);
  const block = defined({
    type: 'reasoning' as const,
    text: text(said) ?? '',
    signature: text(signature),
    encrypted: text(redactedContent),
  });
  return block.text === '' && block.signature === undefined && block.encrypted === undefined ? [] : [block];
}

/** A call of the caller's tools; a tool of the provider's own has run already, and is kept with its result. */
function fromToolUse(value: Raw): ContentBlock {
  if (value['type'] === 'server_tool_use') return { type: 'bedrock:toolUse', value };
  const { toolUseId, name, input } = value;
  const args = typeof input === 'string' ? input : input == null ? '' : JSON.stringify(input);
  return toolCallBlock(callIdOf(toolUseId), text(name) ?? '', args);
}

export function callIdOf(id: unknown): string {
  return isPiece(id) ? id : uniqueCallId();
}

/** One that holds no bytes, but the place where it lies or why it was not made, is kept as it is. */
function fromImage(value: Raw): ContentBlock {
  const data = objectAt(value['source'])['bytes'];
  const mediaType = mediaTypeOf('image', text(value['format']));
  if (typeof data !== 'string' || mediaType === undefined) return { type: 'bedrock:image', value };
  return { type: 'image', source: { data, mediaType } };
}

/** A text, as a list of pieces, and what all of it rests on. */
function fromCitations({ content, citations }: Raw): ContentBlock[] {
  const said = textsOf(content);
  const all = Array.isArray(citations) ? citations.filter(isObject).map(fromCitation) : [];
  if (said === '' && all.length === 0) return [];
  return [{ type: 'text', text: said, ...(all.length === 0 ? {} : { citations: all }) }];
}

/** The original goes along whole: it goes back with the text. */
export function fromCitation(raw: Raw): CitationBlock {
  const { title, source, sourceContent, location } = raw;
  const places = Object.values(objectAt(location)).map(objectAt);
  const find = <T>(name: string, is: (value: unknown) => value is T): T | undefined =>
    places.map((place) => place[name]).find(is);
  const quote = textsOf(sourceContent);
  return defined({
    type: 'citation' as const,
    url: find('url', isText),
    title: text(title),
    quote: quote === '' ? undefined : quote,
    source: find('documentIndex', isNumber) ?? text(source),
    providerMetadata: { bedrock: raw },
  });
}

function textsOf(pieces: unknown): string {
  return Array.isArray(pieces) ? pieces.map((piece) => text(objectAt(piece)['text']) ?? '').join('') : '';
}

const FINISH: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  content_filtered: 'content-filter',
  guardrail_intervened: 'content-filter',
};

export function fromStopReason(reason: unknown): FinishReason {
  const raw = text(reason) ?? '';
  return { unified: FINISH[raw] ?? 'other', raw };
}

/** L-01: Bedrock counts what came from a cache, or went there, beside `inputTokens`. */
export function fromUsage(raw: Raw): Usage {
  const fresh = count(raw['inputTokens']);
  const cached = count(raw['cacheReadInputTokens']);
  const written = count(raw['cacheWriteInputTokens']);
  return defined({
    inputTokens: fresh === undefined ? undefined : sumOfCounts([fresh, cached, written]),
    outputTokens: count(raw['outputTokens']),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    raw: raw as JsonObject,
  });
}

const MODELLED: ReadonlySet<string> = new Set(['output', 'stopReason', 'usage']);

/** The members that nothing else here reads, those of later versions included. */
export function metadataOf(body: Raw): { bedrock: BedrockMetadata } | undefined {
  const members = Object.entries(body).filter(([name, value]) => value != null && !MODELLED.has(name));
  return members.length === 0 ? undefined : { bedrock: Object.fromEntries(members) };
}

/** The model that answered is told where a prompt router chose it. */
export function routedModel({ trace }: Raw): string | undefined {
  return text(objectAt(objectAt(trace)['promptRouter'])['invokedModelId']);
}
