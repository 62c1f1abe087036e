export { malformed, thrownWithoutSecrets, type About } from './about.ts';
export { float32FromBase64 } from './base64.ts';
export { readJson, throwFailure } from './body.ts';
export { uniqueCallId } from './call-id.ts';
export { Credentials, lazySdk, type ConnectionSettings, type ProviderAccess } from './credentials.ts';
export { describeFailure, failedEnd, type SaidFailure } from './failure.ts';
export { guardedFetch, refusalOf } from './guarded-fetch.ts';
export { errorFromReply, errorFromResponse, errorFromSaid, errorFromThrown } from './http-error.ts';
export { withOptions } from './options.ts';
export { readText } from './read-text.ts';
export { retryAfter } from '../call/limit-headers/wait-asked.ts';
export { redact, withoutSecrets, type Secrets } from './secrets.ts';
export { SseDecoder, type SseEvent } from './sse.ts';
export {
  EndOfReply,
  eventJson,
  jsonEvents,
  streamEvents,
  type EventDecoder,
  type OwnFormat,
  type StreamFormat,
  type StreamTranslator,
} from './stream.ts';
export { readJsonVectors } from './vectors.ts';
