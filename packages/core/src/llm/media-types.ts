import type { ChatMessage, ContentBlock, MediaSource } from './message-contract.ts';
import { blocksOf } from './message.ts';

/** Names that people and tools give to types which no registry has and providers refuse. */
const KNOWN_AS: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
]);

/** The messages with the registered names of media types, in the sources of blocks and of tool results; a copy where one differs. */
export function withRegisteredTypes(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some((message) => blocksOf(message).some(differs))) return messages;
  return messages.map((message) =>
    typeof message.content === 'string' || !message.content.some(differs)
      ? message
      : { ...message, content: message.content.map(registered) },
  );
}

function differs(block: ContentBlock): boolean {
  return registered(block) !== block;
}

function registered(block: ContentBlock): ContentBlock {
  if (block.type === 'image') {
    const source = registeredSource(block.source);
    return source === block.source ? block : { ...block, source };
  }
  if (block.type === 'tool-result' && typeof block.content !== 'string') {
    const content = block.content.map((part) => registered(part) as typeof part);
    return content.every((part, at) => part === (block.content as unknown[])[at])
      ? block
      : { ...block, content };
  }
  return block;
}

function registeredSource(source: MediaSource): MediaSource {
  const said = KNOWN_AS.get(source.mediaType?.toLowerCase() ?? '');
  if (said !== undefined) return { ...source, mediaType: said };
  if (!('url' in source)) return source;
  const [, named = ''] = /^data:([^;,]{1,40})[;,]/i.exec(source.url) ?? [];
  const mediaType = KNOWN_AS.get(named.toLowerCase());
  return mediaType === undefined
    ? source
    : { ...source, url: `data:${mediaType}${source.url.slice(5 + named.length)}` };
}
