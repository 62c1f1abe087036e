import { isRetryableCode, MortiseError, toMortiseError, type KnownErrorCode } from '../errors.ts';
import type { About } from './body.ts';
import { retryAfter } from './retry-after.ts';

/** An HTTP reply that is an error, with what the provider's body says of it. */
export interface HttpFailure extends About {
  readonly status: number;
  readonly headers?: Headers | undefined;
  /** The provider's own sentence. */
  readonly message?: string | undefined;
  /** What the integration knows better than the status tells, such as `quota` behind a 429. */
  readonly code?: KnownErrorCode | undefined;
  readonly requestId?: string | undefined;
  readonly cause?: unknown;
  /** Keys that must not appear in the message, should the provider echo them. */
  readonly secrets?: readonly (string | undefined)[] | undefined;
}

/** E-04: what the status means, whether it is retried, and how long the provider asks to wait. */
export function errorFromResponse(failure: HttpFailure): MortiseError {
  const { provider, model, status, headers, secrets = [] } = failure;
  const meant = codeOf(status);
  const code = failure.code ?? meant;
  const said =
    failure.message === undefined || failure.message === '' ? '' : `: ${redact(failure.message, secrets)}`;
  const message = `${provider} answered ${status}${said.replace(/\.?\s*$/, '')}. ${remedy(code)}`;
  const waits = status === 429 || status === 503 || status === 529;
  return new MortiseError(code, message, {
    provider,
    model,
    status,
    // What is known better than by the status, such as a prompt that is too long behind a 500, decides.
    retryable: RETRIED.has(status) && (code === meant || isRetryableCode(code)),
    requestId: failure.requestId,
    retryAfterMs: waits && headers !== undefined ? retryAfter(headers) : undefined,
    cause: withoutSecrets(failure.cause, secrets),
  });
}

const RETRIED: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

function codeOf(status: number): KnownErrorCode {
  switch (status) {
    case 401:
      return 'authentication';
    case 402:
      return 'quota';
    case 403:
      return 'permission';
    case 404:
      return 'not-found';
    case 408:
      return 'timeout';
    case 409:
      return 'conflict';
    case 429:
      return 'rate-limit';
    case 503:
    case 529:
      return 'overloaded';
    default:
      return status >= 500 ? 'server' : 'invalid-request';
  }
}

function remedy(code: KnownErrorCode): string {
  switch (code) {
    case 'authentication':
      return 'Check the API key.';
    case 'permission':
      return 'Check what this API key may use.';
    case 'not-found':
      return "Check the model's name and the base URL.";
    case 'rate-limit':
      return 'Send less at once, or give the model a limiter.';
    case 'quota':
      return "Check the plan and the billing of the provider's account.";
    case 'context-length':
      return 'Shorten the messages, with fitMessages for instance.';
    case 'content-filter':
      return 'Reword the request.';
    case 'invalid-request':
      return 'Check the options of the call.';
    default:
      return 'Try again later.';
  }
}

/** `text` with every secret of at least 4 characters replaced. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let result = text;
  for (const secret of secrets)
    if (secret !== undefined && secret.length >= 4) result = result.replaceAll(secret, '[redacted]');
  return result;
}

/** The cause, unless something in it would print a secret: an SDK's error carries the body it got. */
export function withoutSecrets(cause: unknown, secrets: readonly (string | undefined)[]): unknown {
  const seen = new Set<unknown>();
  const holds = (value: unknown, depth: number): boolean => {
    if (typeof value === 'string') return redact(value, secrets) !== value;
    if (typeof value !== 'object' || value === null || depth > 6 || seen.has(value)) return false;
    seen.add(value);
    if (value instanceof Headers) return [...value.values()].some((text) => holds(text, depth + 1));
    return Reflect.ownKeys(value).some((key) =>
      holds((value as Record<PropertyKey, unknown>)[key], depth + 1),
    );
  };
  return holds(cause, 0) ? undefined : cause;
}

/**
 * What a client or its `fetch` threw, fit to be shown: as it is, unless it would print a secret (runtimes quote a header
 * that they refuse, some HTTP libraries keep the whole request); then what it means, redacted and without its cause.
 */
export function thrownWithoutSecrets(
  thrown: unknown,
  about: About,
  secrets: readonly (string | undefined)[],
): unknown {
  if (withoutSecrets(thrown, secrets) === thrown) return thrown;
  const { code, message, retryable } = toMortiseError(thrown, about);
  return new MortiseError(code as KnownErrorCode, redact(message, secrets), { ...about, retryable });
}
