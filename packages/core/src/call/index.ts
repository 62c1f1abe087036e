export { runCall, type CallPlan, type OpenAttempt } from './call.ts';
export type {
  Attempt,
  CallOptions,
  CallSettings,
  Lease,
  LeaseOutcome,
  RateLimiter,
  RetryBudget,
  RetryOptions,
  Warning,
} from './contract.ts';
export { createHeaderLimits, type HeaderLimits } from './limit-headers.ts';
export { runPool } from './pool.ts';
export { createRateLimiter, type RateLimitOptions } from './rate-limit.ts';
export {
  callPolicy,
  createRetryBudget,
  DEFAULT_DEADLINE_MS,
  DEFAULT_MAX_LINE_BYTES,
  DEFAULT_MAX_REPLY_BYTES,
  DEFAULT_MAX_STREAM_BYTES,
  DEFAULT_TIMEOUT_MS,
  type CallPolicy,
} from './retry.ts';
export { readableStream, SingleReader } from './single-reader.ts';
export { nextTurn, runAtOnce, runInSlices, timeSlices, type TimeSlices } from './time-slice.ts';
export {
  abortReason,
  MAX_TIMER_MS,
  raceAbort,
  sleep,
  throwIfAborted,
  watchdog,
  type Watchdog,
} from './timers.ts';
