import {
  MortiseError,
  toolCallBlock,
  type ChatMessage,
  type ContentBlock,
  type MediaSource,
  type ResultBlock,
  type ToolResultBlock,
} from '@mortise/core';
import { defined, isObject } from '@mortise/core/shared';
import { listOf, OURS, partOf, providerData, textOf, type Part } from '../read.ts';

/** Hears what of a prompt has no place in our messages. */
export type LeaveOut = (what: string) => void;

/** Their prompt as our messages. What a model of ours said comes back as it was: its data stand under `mortise`. */
export function messagesOf(prompt: readonly object[], leaveOut: LeaveOut): ChatMessage[] {
  return prompt.map((message) => messageOf(partOf(message), leaveOut));
}

function messageOf(message: Part, leaveOut: LeaveOut): ChatMessage {
  const { role, content } = message;
  if (role !== 'system' && role !== 'user' && role !== 'assistant' && role !== 'tool') {
    const said = `A message of the prompt has the role ${String(role)}, which is none of system, user, assistant and tool.`;
    throw new MortiseError('invalid-request', said);
  }
  const mark = cachePoint(message['providerOptions']);
  if (typeof content === 'string') {
    if (mark.length === 0) return { role, content };
    return { role, content: [{ type: 'text', text: content }, ...mark] };
  }
  const blocks: ContentBlock[] = [];
  for (const part of listOf(content)) {
    const block = blockOf(part, leaveOut);
    const again = partOf(partOf(part['providerOptions'])[OURS])['again'] === true;
    // A signature that came late: what it belongs to stands before it.
    const at = again && block !== undefined ? blocks.findLastIndex(({ type }) => type === block.type) : -1;
    if (at >= 0 && block !== undefined) blocks[at] = laterOf(blocks[at], block);
    else if (block !== undefined) blocks.push(block);
    blocks.push(...cachePoint(part['providerOptions']));
  }
  return { role, content: [...blocks, ...mark] };
}

function laterOf(known: ContentBlock | undefined, later: ContentBlock): ContentBlock {
  const { text } = partOf(known);
  return later.type === 'text' || later.type === 'reasoning' ? { ...later, text: textOf(text) ?? '' } : later;
}

function blockOf(part: Part, leaveOut: LeaveOut): ContentBlock | undefined {
  const data = providerData(part['providerOptions']) ?? {};
  const { [OURS]: ours = {}, ...theirs } = data;
  const { block, again: _again, ...members } = ours;
  // One that no part of theirs is like stands there whole.
  if (isObject(block) && typeof block['type'] === 'string') return block as ContentBlock & { type: string };
  const isOurs = data[OURS] !== undefined;
  const kept = isOurs
    ? { ...members, ...(Object.keys(theirs).length > 0 && { providerMetadata: theirs }) }
    : {};
  switch (part['type']) {
    case 'text':
      return { type: 'text', text: textOf(part['text']) ?? '', ...kept };
    case 'reasoning':
      return { type: 'reasoning', text: textOf(part['text']) ?? '', ...(isOurs ? kept : opaqueOf(theirs)) };
    case 'file':
      return restored(part);
    case 'tool-call': {
      if (part['providerExecuted'] === true) break;
      const { toolCallId, toolName, input } = part;
      const text = typeof input === 'string' ? input : JSON.stringify(input ?? {});
      return { ...toolCallBlock(textOf(toolCallId) ?? '', textOf(toolName) ?? '', text), ...kept };
    }
    case 'tool-result':
      if (part['providerExecuted'] === true) break;
      return { ...resultOf(part, leaveOut), ...kept };
  }
  leaveOut(`a part of the type ${String(part['type'])}`);
  return undefined;
}

/** Signatures that a package of theirs wrote down, under the names that it has for them. */
function opaqueOf(theirs: { readonly [provider: string]: Part }): Part {
  for (const [provider, of] of Object.entries(theirs)) {
    const signature = textOf(of['signature']) ?? textOf(of['thoughtSignature']);
    const encrypted = textOf(of['redactedData']) ?? textOf(of['reasoningEncryptedContent']);
    const id = textOf(of['itemId']);
    if (signature === undefined && encrypted === undefined && id === undefined) continue;
    return defined({ id, signature, encrypted, providerMetadata: { [provider]: {} } });
  }
  return {};
}

/** Anthropic's mark, which is how applications ask for a cache. */
function cachePoint(options: unknown): ContentBlock[] {
  for (const of of Object.values(partOf(options))) {
    const { cacheControl, cachePoint: point } = partOf(of);
    if (isObject(cacheControl) || isObject(point)) {
      const ttl = textOf(partOf(cacheControl ?? point)['ttl']);
      return [defined({ type: 'cache-point' as const, ttl })];
    }
  }
  return [];
}

/** The beginnings of files in base64, for parts that say `image/*` alone. */
const KINDS: readonly (readonly [start: string, mediaType: string])[] = [
  ['iVBOR', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lG', 'image/gif'],
  ['UklG', 'image/webp'],
  ['JVBER', 'application/pdf'],
];

type Medium = Extract<ContentBlock, { source: unknown }>;

function mediumOf(part: Part, theirs: { readonly [provider: string]: Part } = {}, isText = false): Medium {
  const { mediaType: named, filename, data } = part;
  const said = textOf(named) ?? 'application/octet-stream';
  const kind = said.split('/', 1)[0] ?? '';
  const isWhole = said.includes('/') && !said.endsWith('/*');
  const given = sourceOf(data, isWhole ? said : undefined, said);
  const source = isText && 'data' in given ? { text: decoded(given.data) } : given;
  if (kind === 'audio' || kind === 'video') return { type: kind, source: untexted(source) };
  const own = Object.values(theirs);
  if (kind === 'image') {
    const detail = own.flatMap(({ imageDetail }) => textOf(imageDetail) ?? [])[0];
    return defined({ type: 'image' as const, source: untexted(source), detail });
  }
  const { title, context, citations } = partOf(theirs['anthropic']);
  const { enabled } = partOf(citations);
  return defined({
    type: 'document' as const,
    source,
    title: textOf(title) ?? textOf(filename),
    context: textOf(context),
    citations: typeof enabled === 'boolean' ? enabled : undefined,
  });
}

type Source = MediaSource | { text: string };

function untexted(source: Source): MediaSource {
  if (!('text' in source)) return source;
  throw new MortiseError(
    'unsupported',
    'A picture or a sound is given as text. Give its bytes, or its address.',
  );
}

function sourceOf(data: unknown, mediaType: string | undefined, said: string): Source {
  if (data instanceof URL) return defined({ url: data.href, mediaType });
  if (data instanceof Uint8Array) {
    const start = btoa(String.fromCharCode(...data.subarray(0, 6)));
    return { data, mediaType: mediaType ?? sniffed(start, said) };
  }
  if (typeof data === 'string') return { data, mediaType: mediaType ?? sniffed(data, said) };
  const { type, data: bytes, url, originalUrl, text } = partOf(data);
  switch (type) {
    case 'data':
      return sourceOf(bytes, mediaType, said);
    case 'url':
      return defined({ url: textOf(originalUrl) ?? String(url), mediaType });
    case 'text':
      return { text: textOf(text) ?? '' };
    default: {
      const message = `Files that are kept at a provider (${String(type)}) have no place in messages of Mortise. Give the bytes, or an address.`;
      throw new MortiseError('unsupported', message);
    }
  }
}

function sniffed(base64: string, said: string): string {
  const known = KINDS.find(([start]) => base64.startsWith(start))?.[1];
  return known ?? (said.startsWith('image') ? 'image/png' : 'application/octet-stream');
}

function resultOf(part: Part, leaveOut: LeaveOut): ToolResultBlock {
  const { toolCallId, toolName, output } = part;
  const { type, value, reason } = partOf(output);
  const about = {
    type: 'tool-result' as const,
    toolCallId: textOf(toolCallId) ?? '',
    toolName: textOf(toolName),
  };
  switch (type) {
    case 'text':
    case 'json':
      return defined({ ...about, content: said(value) });
    case 'error-text':
    case 'error-json':
      return defined({ ...about, content: said(value), isError: true });
    case 'execution-denied':
      return defined({
        ...about,
        content: textOf(reason) ?? 'The call of the tool was denied.',
        isError: true,
      });
    default:
      return defined({ ...about, content: listOf(value).flatMap((each) => contentOf(each, leaveOut)) });
  }
}

function said(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

/** Parts of a result, as V2 to V4 name them. */
function contentOf(part: Part, leaveOut: LeaveOut): ResultBlock[] {
  switch (part['type']) {
    case 'text':
      return [{ type: 'text', text: textOf(part['text']) ?? '' }];
    case 'file':
    case 'media':
    case 'file-data':
    case 'image-data':
      return [restored(part)];
    case 'image-url':
    case 'file-url': {
      const url = textOf(part['url']) ?? '';
      const type = part['type'] === 'image-url' ? 'image' : 'document';
      return [{ type, source: { url } }];
    }
    default:
      leaveOut(`a part of a result of the type ${String(part['type'])}`);
      return [];
  }
}

/** A medium; what a model of ours would be told of it stands beside it. */
function restored(part: Part): Medium {
  const { [OURS]: ours = {}, ...theirs } = providerData(part['providerOptions']) ?? {};
  const { isText, ...members } = ours;
  const told =
    part['providerOptions'] !== undefined && Object.keys(ours).length > 0 && Object.keys(theirs).length > 0;
  return {
    ...mediumOf(part, theirs, isText === true),
    ...members,
    ...(told && { providerMetadata: theirs }),
  };
}

function decoded(data: string | Uint8Array): string {
  const bytes = typeof data === 'string' ? Uint8Array.from(atob(data), (char) => char.charCodeAt(0)) : data;
  return new TextDecoder().decode(bytes);
}
