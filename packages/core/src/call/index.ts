export { leftError } from '../errors.ts';
export { runCall, type OpenAttempt, throughDoor, typed, typedElse } from './call.ts';
export type {
  AnsweredBy,
  Attempt,
  CallOptions,
  CallSettings,
  Lease,
  LeaseOutcome,
  ModelSettings,
  RateLimiter,
  Warning,
} from './contract.ts';
export { mapPool, runPool } from './pool.ts';
export { callPolicy, type CallPolicy } from './retry.ts';
export { readableStream, SingleReader } from './single-reader.ts';
export { runAtOnce, runInSlices, timeSlices, type TimeSlices } from './time-slice.ts';
export {
  abortReason,
  type LinkedController,
  linkedController,
  MAX_TIMER_MS,
  raceAbort,
  sleep,
  throwIfAborted,
} from './timers.ts';
