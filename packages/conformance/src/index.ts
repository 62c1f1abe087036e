export {
  readRecordings,
  recordedResponse,
  recordingsAbsent,
  recordingsVariable,
  replay,
  textFact,
  type Recording,
  type RecordingFacts,
  type TextFact,
} from './recordings.ts';
export {
  eventStream,
  json,
  startWire,
  type Wire,
  type WireHandler,
  type WireReply,
  type WireRequest,
} from './wire.ts';
