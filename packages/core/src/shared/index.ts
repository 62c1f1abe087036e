export { base64Of } from './base64.ts';
export { canonicalJson } from './canonical-json.ts';
export { delimited, freeTag } from './delimited.ts';
export { GrowingText } from './growing-text.ts';
export { LITTLE_ENDIAN } from './endian.ts';
export { errorName } from './error-name.ts';
export { framed, sha256Hex } from './hash.ts';
export { heard } from './heard.ts';
export {
  checkOptions,
  checkTexts,
  reading,
  finiteNumber,
  oneOf,
  positive,
  requireMembers,
  shown,
  wholeNumber,
} from './options.ts';
export {
  defined,
  isDeeper,
  isObject,
  nonEmpty,
  type JsonObject,
  type JsonSchema,
  type JsonValue,
} from './json.ts';
export { jsonText, MAX_METADATA_DEPTH, plainJson } from './plain-json.ts';
