export { malformed, thrownWithoutSecrets, type About } from './about.ts';
export { float32FromBase64 } from './base64.ts';
export { readJson, throwFailure } from './body.ts';
export { uniqueCallId } from './call-id.ts';
export { Credentials, lazySdk, type ConnectionSettings } from './credentials.ts';
export { describeFailure, failedEnd, type SaidFailure } from './failure.ts';
export { guardedFetch, refusalOf } from './guarded-fetch.ts';
export { errorFromReply, errorFromResponse, errorFromSaid, errorFromThrown } from './http-error.ts';
export { withOptions } from './options.ts';
export { readReplyText } from './reply-bytes.ts';
export { redact, withoutSecrets, type Secrets } from './secrets.ts';
export type { SseEvent } from './sse.ts';
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
