import type { JsonObject } from '@mortise/core';

/** What says what a text is about; dates, weights and layouts only blur its vector. */
const EMBEDDED: ReadonlySet<string> = new Set(['title', 'description', 'tags', 'keywords', 'path']);

/** Says where a text stands, to programs. */
const PLACES: ReadonlySet<string> = new Set([
  'mediaType',
  'bodyStart',
  'recordStart',
  'recordEnd',
  'pointer',
]);

/** What models do not see of a document's metadata. */
export function excluded(metadata: JsonObject): {
  excludedEmbedMetadataKeys: string[];
  excludedLlmMetadataKeys: string[];
} {
  const keys = Object.keys(metadata);
  return {
    excludedEmbedMetadataKeys: keys.filter((key) => !EMBEDDED.has(key)),
    excludedLlmMetadataKeys: keys.filter((key) => PLACES.has(key)),
  };
}
