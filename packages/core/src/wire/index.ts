export { float32FromBase64 } from './base64.ts';
export {
  eventJson,
  jsonEvents,
  malformed,
  readJson,
  readText,
  streamEvents,
  type About,
  type ReadingAttempt,
  type StreamFormat,
  type StreamTranslator,
} from './body.ts';
export {
  errorFromResponse,
  redact,
  thrownWithoutSecrets,
  withoutSecrets,
  type HttpFailure,
} from './http-error.ts';
export { retryAfter } from './retry-after.ts';
export { readJsonVectors } from './vectors.ts';
export { JsonLinesDecoder } from './json-lines.ts';
export { SseDecoder, type SseEvent } from './sse.ts';
export { defined, isObject, type JsonObject, type JsonSchema, type JsonValue } from '../json.ts';
