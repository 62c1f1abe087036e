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
export { createHeaderLimits, type HeaderLimits } from './limit-headers/what-is-left.ts';
export { runPool } from './pool.ts';
export { createRateLimiter, type RateLimitOptions } from './rate-limit.ts';
export { callPolicy, createRetryBudget, DEFAULT_DEADLINE_MS, type CallPolicy } from './retry.ts';
export { readableStream, SingleReader } from './single-reader.ts';
export { runAtOnce, runInSlices, timeSlices, type TimeSlices } from './time-slice.ts';
export { abortReason, MAX_TIMER_MS, raceAbort, throwIfAborted } from './timers.ts';
