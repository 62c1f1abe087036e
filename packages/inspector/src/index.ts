export { inspect, type InspectOptions, type Inspector } from './inspect.ts';
export { recordRuns, type RecordingBounds, type RecordOptions, type RunRecorder } from './recorder.ts';
export {
  readRecording,
  type Header,
  type RecordedError,
  type RecordedEvent,
  type Recording,
  type RecordingLine,
} from './format.ts';
export { compareRuns, type Difference, type Pair } from './compare.ts';
export { recordingOf } from './export.ts';
export { stepsOf, type Step } from './steps.ts';
export type { Plain } from './plain.ts';
export {
  flatten,
  runsOf,
  totalsOf,
  type Row,
  type Run,
  type RunPoint,
  type RunSpan,
  type SpanStatus,
  type Tokens,
  type Totals,
} from './runs.ts';
