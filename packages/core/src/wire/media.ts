import type { MediaSource } from '../llm/message-contract.ts';

/** The bytes that a `data:` URL holds, for APIs that load no such URL; any other source as it is. */
export function inlineMedia(source: MediaSource): MediaSource {
  if (!('url' in source)) return source;
  const [, mediaType, data] = /^data:([^;,]+)(?:;[^;,]*)*;base64,(.*)$/is.exec(source.url) ?? [];
  return mediaType === undefined || data === undefined ? source : { mediaType, data };
}
