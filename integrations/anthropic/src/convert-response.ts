import {
  toolCallBlock,
  type ChatReply,
  type CitationBlock,
  type ContentBlock,
  type FinishReason,
  type JsonObject,
  type TextBlock,
  type ToolCallBlock,
  type Usage,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { malformed, sumOfCounts, throwFailure, uniqueCallId, type About } from '@mortise/core/wire';

/** What Anthropic says of a reply and the contract does not model, in its own words; members that are null are absent. */
export type AnthropicMetadata = {
  /** The stop sequence that ended the reply. */
  stop_sequence?: string;
  /** Why a reply was refused. */
  stop_details?: { type: string; category?: string | null; explanation?: string | null };
  /** Where server-side tools ran; its id takes them there again. */
  container?: { id: string; expires_at: string };
  [member: string]: unknown;
};

type Raw = Record<string, unknown>;

/** A whole reply: https://platform.claude.com/docs/en/api/messages */
export function fromResponse(body: Raw, about: About): ChatReply<AnthropicMetadata> {
  const { id, model, content, usage } = body;
  throwFailure(body, about, !Array.isArray(content));
  if (!Array.isArray(content)) throw malformed('JSON that is not a message', about);
  return {
    content: content.map((block: unknown) => fromBlock(blockOf(block, about))),
    finishReason: fromStopReason(body['stop_reason']),
    usage: isObject(usage) ? fromUsage(usage) : undefined,
    providerMetadata: metadataOf(body),
    id: text(id),
    model: text(model),
  };
}

export function blockOf(value: unknown, about: About): Raw {
  if (isObject(value) && typeof value['type'] === 'string') return value;
  throw malformed('a content block that has no type', about);
}

/** One block. What the contract has no block for, such as a tool that ran at Anthropic, is kept as it is. */
export function fromBlock(raw: Raw): ContentBlock {
  switch (raw['type']) {
    case 'text':
      return fromText(raw);
    case 'thinking':
      return defined({
        type: 'reasoning' as const,
        text: text(raw['thinking']) ?? '',
        signature: text(raw['signature']),
        ...opaque(raw, ['type', 'thinking', 'signature']),
      });
    case 'redacted_thinking':
      return defined({
        type: 'reasoning' as const,
        text: '',
        encrypted: text(raw['data']),
        ...opaque(raw, ['type', 'data']),
      });
    case 'tool_use':
      return fromToolUse(raw);
    default:
      return { ...raw, type: `anthropic:${raw['type'] as string}` };
  }
}

function fromText(raw: Raw): TextBlock {
  const citations = Array.isArray(raw['citations'])
    ? raw['citations'].filter(isObject).map(fromCitation)
    : [];
  const block: TextBlock = {
    type: 'text',
    text: text(raw['text']) ?? '',
    ...opaque(raw, ['type', 'text', 'citations']),
  };
  return citations.length === 0 ? block : { ...block, citations };
}

/** The original goes along whole: the API wants it back with the text, its encrypted index included. */
export function fromCitation(raw: Raw): CitationBlock {
  const source = raw['source'] ?? raw['document_index'];
  return defined({
    type: 'citation' as const,
    url: text(raw['url']),
    title: text(raw['title']) ?? text(raw['document_title']),
    quote: text(raw['cited_text']),
    source: typeof source === 'string' || typeof source === 'number' ? source : undefined,
    providerMetadata: { anthropic: raw },
  });
}

/** `input` is an object, or, in a stream, the text of one. */
function fromToolUse(raw: Raw): ToolCallBlock {
  const { input } = raw;
  const args = typeof input === 'string' ? input : input == null ? '' : JSON.stringify(input);
  const id = text(raw['id']);
  const block = toolCallBlock(
    id === undefined || id === '' ? uniqueCallId() : id,
    text(raw['name']) ?? '',
    args,
  );
  return { ...block, ...opaque(raw, ['type', 'id', 'name', 'input']) };
}

/** Members that the contract has no place for, which go back with the block. A direct `caller` is the default. */
export function opaque(
  raw: Raw,
  known: readonly string[],
): { providerMetadata?: { anthropic: Raw } | undefined } {
  const members = Object.entries(raw).filter(
    ([name, value]) => value != null && !known.includes(name) && !isDirectCaller(name, value),
  );
  return members.length === 0 ? {} : { providerMetadata: { anthropic: Object.fromEntries(members) } };
}

function isDirectCaller(name: string, value: unknown): boolean {
  return name === 'caller' && isObject(value) && value['type'] === 'direct';
}

const FINISH: Readonly<Record<string, FinishReason['unified']>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'content-filter',
  // Not the end: sent back as it is, the message is continued.
  pause_turn: 'pause',
};

export function fromStopReason(reason: unknown): FinishReason {
  const raw = text(reason) ?? '';
  return { unified: FINISH[raw] ?? 'other', raw };
}

/** L-01: Anthropic counts what came from its cache, or went there, beside `input_tokens`. */
export function fromUsage(raw: Raw): Usage {
  const fresh = count(raw['input_tokens']);
  const cached = count(raw['cache_read_input_tokens']);
  const written = count(raw['cache_creation_input_tokens']);
  const details = raw['output_tokens_details'];
  return defined({
    inputTokens: fresh === undefined ? undefined : sumOfCounts([fresh, cached, written]),
    outputTokens: count(raw['output_tokens']),
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    reasoningTokens: isObject(details) ? count(details['thinking_tokens']) : undefined,
    raw: raw as JsonObject,
  });
}

const MODELLED: ReadonlySet<string> = new Set([
  'id',
  'type',
  'role',
  'model',
  'content',
  'usage',
  'stop_reason',
]);

/** The members that nothing else here reads, those of later versions included. */
export function metadataOf(message: Raw): { anthropic: AnthropicMetadata } | undefined {
  const anthropic: AnthropicMetadata = {};
  for (const [name, value] of Object.entries(message)) {
    if (value != null && !MODELLED.has(name)) anthropic[name] = value;
  }
  return Object.keys(anthropic).length === 0 ? undefined : { anthropic };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
