export { runCall, type OpenAttempt } from './call.ts';
export type {
  AnsweredBy,
  Attempt,
  CallOptions,
  CallSettings,
  Lease,
  LeaseOutcome,
  ModelSettings,
  RateLimiter,
  RetryBudget,
  Warning,
} from './contract.ts';
export { linkedController, type LinkedController } from './linked-controller.ts';
export { mapPool, runPool, type MapPoolOptions } from './pool.ts';
export { callPolicy, createRetryBudget, type CallPolicy } from './retry.ts';
export { readableStream, SingleReader } from './single-reader.ts';
export { runAtOnce, runInSlices, timeSlices, type TimeSlices } from './time-slice.ts';
export { abortReason, MAX_TIMER_MS, raceAbort, throwIfAborted } from './timers.ts';
