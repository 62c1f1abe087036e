import type { KnownErrorCode, MortiseError } from '@mortise/core';
import { describeFailure, errorFromSaid, type About, type SaidFailure } from '@mortise/core/wire';

/** Who speaks, and what must not be repeated. */
export interface ErrorAbout extends About {}

/** A generation that failed with status 200. Retryable, as its status would have been. */
export function errorFromReply(
  code: KnownErrorCode,
  said: unknown,
  about: ErrorAbout,
  partial?: unknown,
): MortiseError {
  return errorFromSaid(describeFailure(said), about, { fallback: code, partial });
}

/** A trial key's allowance of the month is used up: waiting a minute does not help. */
const USED_UP = /\bmonth\b|billing|quota/i;

/** What Cohere's statuses mean beyond everybody's: https://docs.cohere.com/reference/errors */
export function beyondWords({ message = '' }: SaidFailure, status: number): KnownErrorCode | undefined {
  if (status === 429) return USED_UP.test(message) ? 'quota' : undefined;
  if (status === 498) return /block|safety|policy/i.test(message) ? 'content-filter' : 'authentication';
  return undefined;
}
