import type { Attempt } from '../call/contract.ts';
import {
  errorText,
  MortiseError,
  toMortiseError,
  type KnownErrorCode,
  type MortiseErrorOptions,
} from '../errors.ts';
import { redact, withoutSecrets, type Secrets } from './secrets.ts';

/** Who speaks, for messages. */
export interface About {
  readonly provider: string;
  readonly model?: string | undefined;
  /** What no error may show: the keys and header values of the call, should the provider echo them. */
  readonly secrets?: Secrets;
}

/** What reading a reply reports about it. */
export type ReadingAttempt = Pick<Attempt, 'touch' | 'replied' | 'maxReplyBytes' | 'maxLineBytes'> &
  Partial<Pick<Attempt, 'warn'>>;

/** An error about a provider. What would print a secret is redacted; a cause that would is left out. */
export function wireError(
  code: KnownErrorCode,
  message: string,
  { provider, model, secrets }: About,
  { cause, requestId, ...more }: MortiseErrorOptions = {},
): MortiseError {
  return new MortiseError(code, redact(message, secrets), {
    ...more,
    provider,
    model,
    cause: withoutSecrets(cause, secrets),
    requestId: requestId === undefined ? undefined : redact(requestId, secrets),
  });
}

/** `malformed-response`: what arrived is not what the provider documents. */
export function malformed(what: string, about: About, cause?: unknown): MortiseError {
  const message = `${about.provider} answered with ${what}. Check the base URL, and any proxy between.`;
  return wireError('malformed-response', message, about, { cause });
}

/**
 * `configuration`: a client failed before it sent anything, for want of a region or credentials, say. `to` is whom it would have been
 * sent to; `remedy` a sentence that says what to check.
 */
export function notSent(to: string, thrown: unknown, remedy: string, about: About): MortiseError {
  const message = `Nothing was sent to ${to}: ${errorText(thrown)} ${remedy}`;
  return wireError('configuration', message, about, { cause: thrown });
}

/**
 * What a client or its `fetch` threw, fit to be shown: as it is, unless it would print a secret (runtimes quote a header
 * that they refuse, some HTTP libraries keep the whole request); then what it means, redacted and without its cause.
 */
export function thrownWithoutSecrets(
  thrown: unknown,
  about: About,
  secrets: Secrets = about.secrets,
): unknown {
  if (withoutSecrets(thrown, secrets) === thrown) return thrown;
  const { code, message, retryable } = toMortiseError(thrown, about);
  return wireError(code as KnownErrorCode, message, { ...about, secrets }, { retryable });
}
