import { MortiseError, type KnownErrorCode } from '@mortise/core';
import { errorFromResponse, isObject, redact, thrownWithoutSecrets, type About } from '@mortise/core/wire';

/**
 * What the SDK threw as a typed error: its errors for replies carry `status`, `headers` and the body. Everything else,
 * a network failure or an abort, is left for core to name.
 */
export function errorFrom(thrown: unknown, about: About, secrets: readonly string[]): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { status, headers, error: body } = thrown as { status?: unknown; headers?: unknown; error?: unknown };
  if (typeof status === 'number') {
    const { message, type, detail } = readError(body);
    return errorFromResponse({
      ...about,
      status,
      headers: headers instanceof Headers ? headers : undefined,
      message: message ?? plainText(thrown.message, status),
      code: specialCode(type, detail, message),
      requestId: headers instanceof Headers ? (headers.get('request-id') ?? undefined) : undefined,
      cause: thrown,
      secrets,
    });
  }
  // The SDK's own timer is off, so this is the runtime's time-out for connecting, whose cause the SDK drops.
  if (thrown.name === 'APIConnectionTimeoutError') {
    const message = `The connection to ${about.provider} could not be made in time. Check the network, the base URL and any proxy.`;
    return new MortiseError('connection', message, { ...about, cause: thrown });
  }
  // A runtime quotes a header that it refuses.
  const message = redact(thrown.message, secrets);
  if (message !== thrown.message) return new MortiseError('configuration', message, about);
  return thrownWithoutSecrets(thrown, about, secrets);
}

/** An error that came in the body of a reply with status 200, as `{ type: 'error', error: { type, message } }`. */
export function errorFromBody(body: Record<string, unknown>, about: About): MortiseError {
  const { message, type, detail } = readError(body);
  const code = specialCode(type, detail, message) ?? CODES[type ?? ''] ?? 'server';
  const said = message === undefined || message === '' ? '' : `: ${message.replace(/\.?\s*$/, '')}`;
  const remedy = code === 'overloaded' || code === 'server' ? ' Try again later.' : '';
  const requestId = typeof body['request_id'] === 'string' ? body['request_id'] : undefined;
  return new MortiseError(code, `${about.provider} broke off with ${type ?? 'an error'}${said}.${remedy}`, {
    ...about,
    requestId,
  });
}

/** `error.type`: https://platform.claude.com/docs/en/api/errors */
const CODES: Readonly<Record<string, KnownErrorCode>> = {
  invalid_request_error: 'invalid-request',
  authentication_error: 'authentication',
  billing_error: 'quota',
  permission_error: 'permission',
  not_found_error: 'not-found',
  request_too_large: 'invalid-request',
  rate_limit_error: 'rate-limit',
  timeout_error: 'server',
  api_error: 'server',
  overloaded_error: 'overloaded',
};

/** What the status alone does not tell. The sentences are the API's own; it has no codes for them. */
function specialCode(
  type: string | undefined,
  detail: string | undefined,
  message = '',
): KnownErrorCode | undefined {
  if (type === 'billing_error' || detail?.endsWith('spend_limit_reached') === true) return 'quota';
  if (/credit balance is too low/i.test(message)) return 'quota';
  if (/content filtering policy/i.test(message)) return 'content-filter';
  if (
    /prompt is too long|exceeds? (the )?(model's )?(maximum )?context (window|limit|length)/i.test(message)
  ) {
    return 'context-length';
  }
  return undefined;
}

function readError(body: unknown): { message?: string; type?: string; detail?: string } {
  const error = isObject(body) && isObject(body['error']) ? body['error'] : body;
  if (!isObject(error)) return {};
  const { message, type, details } = error;
  const detail = isObject(details) ? details['error_code'] : undefined;
  return {
    ...(typeof message === 'string' ? { message } : {}),
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
  };
}

/** The start of a body that is not JSON, without the status the SDK puts before it; a proxy's page says nothing. */
function plainText(message: string, status: number): string | undefined {
  const text = message.replace(`${status} `, '').trim();
  return /^\s*<|status code \(no body\)/i.test(text) ? undefined : text.slice(0, 300);
}
