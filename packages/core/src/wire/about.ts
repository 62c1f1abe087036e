import type { Attempt } from '../call/contract.ts';
import { MortiseError, toMortiseError, type KnownErrorCode } from '../errors.ts';
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

/** `malformed-response`: what arrived is not what the provider documents. */
export function malformed(what: string, { provider, model, secrets }: About, cause?: unknown): MortiseError {
  const message = `${provider} answered with ${what}. Check the base URL, and any proxy between.`;
  return new MortiseError('malformed-response', redact(message, secrets), {
    provider,
    model,
    cause: withoutSecrets(cause, secrets),
  });
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
  const { provider, model } = about;
  return new MortiseError(code as KnownErrorCode, redact(message, secrets), { provider, model, retryable });
}
