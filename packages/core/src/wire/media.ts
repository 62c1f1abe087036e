/** Where a picture, a document or sound is: at an address, or here as bytes. */
type Source =
  | { url: string; mediaType?: string | undefined }
  | { data: string | Uint8Array; mediaType: string };

/** The bytes that a `data:` URL holds, for APIs that load no such URL; any other source as it is. */
export function inlineMedia(source: Source): Source {
  if (!('url' in source)) return source;
  const [, mediaType, data] = /^data:([^;,]+)(?:;[^;,]*)*;base64,(.*)$/is.exec(source.url) ?? [];
  return mediaType === undefined || data === undefined ? source : { mediaType, data };
}
