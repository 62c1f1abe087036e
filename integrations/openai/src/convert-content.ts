import { MortiseError } from '@mortise/core';
import {
  blocksOf,
  isKnownBlock,
  type AudioBlock,
  type ChatMessage,
  type ChatRequest,
  type ContentBlock,
  type DocumentBlock,
  type ImageBlock,
  type MediaSource,
  type ToolResultBlock,
  type VideoBlock,
} from '@mortise/core/llm';
import { base64Of } from '@mortise/core/shared';
import { leaveOut, noteStranger, ownItem, unsupported, type WireBody, type WireContext } from './convert.ts';

/** Where a part of the content stands. */
export type Place = ChatMessage['role'] | 'tool-result';

/** How one of the two APIs writes what is said to the model. */
export interface ContentWire {
  /** The type of a part that is text. */
  readonly text: 'text' | 'input_text';
  /** Where parts that are not text may stand. */
  readonly places: readonly Place[];
  message(message: ChatMessage, content: string | WireBody[]): WireBody;
  /** Tool results are messages or items of their own. */
  result(id: string, content: string | WireBody[]): WireBody;
  /** A block that is an item of its own, beside the messages. */
  item?(block: ContentBlock, context: WireContext): WireBody | undefined;
  media(block: MediaBlock, place: Place, context: WireContext): WireBody;
}

/** What has no text of its own. */
type MediaBlock = ImageBlock | AudioBlock | VideoBlock | (DocumentBlock & { readonly source: MediaSource });

/** What stands for one message that is not the model's. It may become several, since results are apart. */
export function toTurns(
  message: ChatMessage,
  wire: ContentWire,
  request: ChatRequest,
  context: WireContext,
): WireBody[] {
  if (typeof message.content === 'string' && message.role !== 'tool')
    return [wire.message(message, message.content)];
  const turns: WireBody[] = [];
  let parts: WireBody[] = [];
  const flush = (): void => {
    if (parts.length > 0) turns.push(wire.message(message, parts));
    parts = [];
  };
  for (const block of blocksOf(message)) {
    const apart =
      block.type === 'tool-result' ? toResult(block, wire, request, context) : wire.item?.(block, context);
    if (apart === undefined) addPart(parts, block, message.role, wire, request, context);
    else {
      flush();
      turns.push(apart);
    }
  }
  flush();
  return turns;
}

/** A single plain text as a string, which every vendor takes; anything else as parts. */
export function textOrParts(parts: WireBody[]): string | WireBody[] {
  const { text, type: _type, ...more } = parts[0] ?? { text: '' };
  return parts.length < 2 && typeof text === 'string' && Object.keys(more).length === 0 ? text : parts;
}

/** Neither wire has a field for a failure: a result that says nothing of it says so. */
export function toResult(
  { toolCallId, content, isError }: ToolResultBlock,
  wire: ContentWire,
  request: ChatRequest,
  context: WireContext,
): WireBody {
  const parts: WireBody[] = [];
  if (typeof content !== 'string')
    for (const block of content) addPart(parts, block, 'tool-result', wire, request, context);
  const said = typeof content === 'string' ? content : textOrParts(parts);
  return wire.result(toolCallId, said === '' && isError === true ? 'The tool failed.' : said);
}

function addPart(
  parts: WireBody[],
  block: ContentBlock,
  place: Place,
  wire: ContentWire,
  request: ChatRequest,
  context: WireContext,
): void {
  if (place === 'tool') {
    const { provider, model } = context;
    const message = `A tool message holds tool-result blocks, not ${block.type}: say which call it answers by toolCallId.`;
    throw new MortiseError('invalid-request', message, { provider, model });
  }
  if (block.type === 'cache-point') {
    const last = parts.at(-1);
    if (context.capabilities?.caching !== true) leaveOut(request, context, 'cache-point', NO_CACHE_POINT);
    else if (last !== undefined) last['prompt_cache_breakpoint'] = cacheBreakpoint(block.ttl);
    return;
  }
  const part = toPart(block, place, wire, request, context);
  if (part !== undefined) parts.push(part);
}

function toPart(
  block: ContentBlock,
  place: Place,
  wire: ContentWire,
  request: ChatRequest,
  context: WireContext,
): WireBody | undefined {
  if (!isKnownBlock(block)) {
    const item = wire.places.includes(place) ? ownItem(block, context) : undefined;
    if (item === undefined) noteStranger(block, context);
    // A copy, since a cache point may mark it.
    return item && { ...item };
  }
  switch (block.type) {
    case 'text':
      return { type: wire.text, text: block.text };
    case 'document': {
      const { source, title, context: about, citations } = block;
      if (citations === true) leaveOut(request, context, 'citations', 'OpenAI cites its search tools only.');
      if (about !== undefined && !('text' in source))
        leaveOut(request, context, 'context', 'a file has no place for what it is; say it in a text.');
      // A document that is only text, its title and context before it.
      return 'text' in source
        ? { type: wire.text, text: [title, about, source.text].filter(Boolean).join('\n\n') }
        : toMedia(block as MediaBlock, place, wire, context);
    }
    case 'image':
    case 'audio':
    case 'video':
      return toMedia(block, place, wire, context);
    default:
      return undefined;
  }
}

function toMedia(block: MediaBlock, place: Place, wire: ContentWire, context: WireContext): WireBody {
  if (wire.places.includes(place)) return wire.media(block, place, context);
  const where = place === 'tool-result' ? 'tool results' : `${place} messages`;
  const what = `${block.type} blocks in ${where} over Chat Completions`;
  throw unsupported(context, what, 'Put them into a user message, or use the Responses API.');
}

/** A block of a known type that has no place in a message of the model. */
export function notInAnswer({ type }: ContentBlock, request: ChatRequest, context: WireContext): void {
  if (type === 'citation') return;
  if (type !== 'cache-point')
    throw unsupported(context, `${type} blocks in an assistant message`, 'Put them into a user message.');
  const why = 'OpenAI takes breakpoints after what was asked, not after an answer.';
  leaveOut(request, context, 'cache-point', why);
}

/** A URL that the provider fetches, or the bytes as a data URL. */
export function urlOf(source: MediaSource): string {
  return 'url' in source ? source.url : `data:${source.mediaType};base64,${base64Of(source.data)}`;
}

/** The name the provider shows the model; its ending says the format. */
export function fileName(title: string | undefined, mediaType: string): string {
  const ending = mediaType.split('/')[1]?.split(/[;+]/)[0] ?? 'bin';
  if (title === undefined || title === '') return `document.${ending}`;
  return title.includes('.') ? title : `${title}.${ending}`;
}

/**
 * The explicit breakpoint that a cache point asks for. Older models and other vendors refuse the field, so it is sent
 * only where `capabilities.caching` was declared.
 */
function cacheBreakpoint(ttl: string | undefined): WireBody {
  // Lifetimes here are minima: the shortest, which is the default, covers five minutes; an hour needs the next.
  const named = ttl === '1h' ? '12h' : ttl;
  return named === '30m' || named === '12h' ? { mode: 'explicit', ttl: named } : { mode: 'explicit' };
}

const NO_CACHE_POINT =
  'OpenAI caches by itself; declare metadata.capabilities.caching for a model that takes breakpoints.';
