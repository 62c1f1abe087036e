import { isMortiseError, toMortiseError, type MortiseError } from '@mortise/core';

/** Their markers: by them `AISDKError.isInstance` and `APICallError.isInstance` know their own, in every copy and version. */
const MARKERS = [Symbol.for('vercel.ai.error'), Symbol.for('vercel.ai.error.AI_APICallError')];

/** The status that a code stands for, where no reply had one. */
const STATUS: { readonly [code: string]: number } = {
  authentication: 401,
  quota: 402,
  permission: 403,
  'not-found': 404,
  'rate-limit': 429,
  overloaded: 503,
};

/**
 * What a model of ours threw, in the shape of their `APICallError`, with ours as its cause. `isRetryable` is false unless the
 * model makes one attempt alone: core has tried as often as it may, and `maxRetries` of theirs would multiply that.
 */
export function theirError(
  thrown: unknown,
  about: { provider: string; model: string },
  isOneAttempt: boolean,
): Error {
  const error: MortiseError = isMortiseError(thrown) ? thrown : toMortiseError(thrown, about);
  const { message, code, status, retryAfterMs, retryable } = error;
  const statusCode = status ?? STATUS[code];
  const headers =
    retryAfterMs === undefined ? undefined : { 'retry-after-ms': String(Math.ceil(retryAfterMs)) };
  const told = new Error(message, { cause: error });
  const members: { [name: string | symbol]: unknown } = {
    name: 'AI_APICallError',
    url: `mortise:${about.provider}/${about.model}`,
    requestBodyValues: {},
    isRetryable: isOneAttempt && retryable,
    data: error.toJSON(),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(headers === undefined ? {} : { responseHeaders: headers }),
  };
  Object.assign(told, members);
  for (const marker of MARKERS) Object.defineProperty(told, marker, { value: true });
  return told;
}
