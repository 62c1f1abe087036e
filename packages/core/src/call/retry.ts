import { MortiseError } from '../errors.ts';
import { checkOptions, positive, wholeNumber } from '../shared/options.ts';
import type {
  AnsweredBy,
  CallSettings,
  ModelSettings,
  RateLimiter,
  RetryBudget,
  RetryOptions,
} from './contract.ts';

/** Milliseconds for one attempt, or for one silence of a stream: a reasoning model may think for minutes. */
export const DEFAULT_TIMEOUT_MS = 300_000;
/** Milliseconds for a call with its retries and waits. */
export const DEFAULT_DEADLINE_MS = 900_000;
/** Bytes of a reply that is read whole: 2,048 vectors of 3,072 numbers in base64 are two thirds of it. */
export const DEFAULT_MAX_REPLY_BYTES = 50_331_648; // 48 * 1024 * 1024
/** Bytes of a stream, of which only what it says is kept: its envelopes are ten times as much, and it may say all again. */
export const DEFAULT_MAX_STREAM_BYTES = 268_435_456; // 256 * 1024 * 1024
/** Bytes of a line: more than any event that a provider documents, images included. */
export const DEFAULT_MAX_LINE_BYTES = 33_554_432; // 32 * 1024 * 1024

/** `CallSettings` with its defaults filled in. */
export interface CallPolicy {
  readonly maxAttempts: number;
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  readonly budget: RetryBudget;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly maxReplyBytes?: number | undefined;
  readonly maxLineBytes?: number | undefined;
  readonly limiter: RateLimiter | undefined;
  /** What the application calls the server. */
  readonly server: string | undefined;
}

/** Throws `configuration` for numbers that make no sense, and for names that are none. */
export function callPolicy(settings: CallSettings & Pick<ModelSettings, 'name'>): CallPolicy {
  for (const name of ['provider', 'model', 'name']) {
    const value = (settings as { readonly [name: string]: unknown })[name];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw new MortiseError('configuration', `${name} is not a non-empty string.`);
  }
  const retry: RetryOptions =
    settings.retry === false ? { maxAttempts: 1 } : checkOptions(settings.retry ?? {}, 'configuration');
  return {
    maxAttempts: positive('retry.maxAttempts', retry.maxAttempts ?? 3, true),
    baseDelayMs: positive('retry.baseDelayMs', retry.baseDelayMs ?? 500),
    maxDelayMs: positive('retry.maxDelayMs', retry.maxDelayMs ?? 30_000),
    budget: retry.budget ?? createRetryBudget(),
    timeoutMs: positive('timeoutMs', settings.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    deadlineMs: positive('deadlineMs', settings.deadlineMs ?? DEFAULT_DEADLINE_MS),
    maxReplyBytes: bound('maxReplyBytes', settings.maxReplyBytes),
    maxLineBytes: bound('maxLineBytes', settings.maxLineBytes),
    limiter: settings.limiter,
    server: settings.name,
  };
}

/** What a base says in each of its responses. `callPolicy` has checked the name. */
export function answeredBy(provider: string, { name }: Pick<ModelSettings, 'name'>): AnsweredBy {
  return name === undefined ? { provider } : { provider, server: name };
}

/** Undefined where the default depends on what is read. */
function bound(name: string, value: number | undefined): number | undefined {
  return value === undefined ? undefined : wholeNumber(name, value);
}

/** See {@link RetryBudget}. */
function createRetryBudget(capacity = 500, cost = 5): RetryBudget {
  let tokens = capacity;
  return {
    take() {
      if (tokens < cost) return false;
      tokens -= cost;
      return true;
    },
    refund() {
      tokens = Math.min(capacity, tokens + 1);
    },
  };
}

/**
 * Milliseconds until the next attempt, or undefined when there is none: not retryable, attempts used up, the wait
 * goes beyond the deadline, or the budget is empty. Full jitter: Brooker, "Exponential Backoff and Jitter", AWS 2015.
 */
export function nextDelay(
  error: MortiseError,
  attempt: number,
  remainingMs: number,
  policy: CallPolicy,
): number | undefined {
  if (!error.retryable || attempt >= policy.maxAttempts) return undefined;
  const range = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (attempt - 1));
  const delay = error.retryAfterMs ?? Math.random() * range;
  if (delay >= remainingMs) return undefined;
  return policy.budget.take() ? delay : undefined;
}
