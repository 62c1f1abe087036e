import {
  isMortiseError,
  isRetryableCode,
  MortiseError,
  withErrorFields,
  type KnownErrorCode,
} from '../errors.ts';
import { isObject, parseText } from '../shared/json.ts';
import { thrownWithoutSecrets, type About, type ReadingAttempt } from './about.ts';
import { describeFailure, MOST_SAID, type SaidFailure } from './failure.ts';
import { readReplyText } from './reply-bytes.ts';
import { retryAfter } from '../call/rate-limit-headers.ts';
import { redact, withoutSecrets, type Secrets } from './secrets.ts';

/** An HTTP reply that is an error, with what the provider's body says of it. */
export interface HttpFailure extends About {
  readonly status: number;
  readonly headers?: Headers | undefined;
  /** The provider's own sentence. */
  readonly message?: string | undefined;
  /** What the integration knows better than the status tells, such as `quota` behind a 429. */
  readonly code?: KnownErrorCode | undefined;
  readonly requestId?: string | undefined;
  /** How long the body asks to wait, in milliseconds; what the headers say comes first. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** E-04: what the status means, whether it is retried, and how long the provider asks to wait. */
export function errorFromResponse(failure: HttpFailure): MortiseError {
  const { provider, model, status, headers, secrets } = failure;
  const meant = codeOfStatus(status);
  const code = failure.code ?? meant;
  const message = `${provider} answered ${status}${said(failure.message, secrets)}. ${remedy(code)}`;
  const waits = status === 429 || status === 503 || status === 529;
  return new MortiseError(code, redact(message, secrets), {
    provider,
    model,
    status,
    // What is known better than by the status, such as a prompt that is too long behind a 500, decides.
    retryable: RETRIED.has(status) && (code === meant || isRetryableCode(code)),
    requestId: failure.requestId === undefined ? undefined : redact(failure.requestId, secrets),
    retryAfterMs: waits
      ? ((headers === undefined ? undefined : retryAfter(headers)) ?? failure.retryAfterMs)
      : undefined,
    cause: withoutSecrets(failure.cause, secrets),
  });
}

/**
 * The typed error of a failed response: its body is read, and {@link describeFailure} recognises what it says, in any
 * server's words. `code` overrides what the words and the status mean.
 */
export async function errorFromReply(
  response: Response,
  attempt: ReadingAttempt,
  about: About & { readonly cause?: unknown },
  code?: (said: SaidFailure, status: number) => KnownErrorCode | undefined,
): Promise<MortiseError> {
  let body: string;
  try {
    body = await readReplyText(response, attempt, about);
  } catch (error) {
    // One that is too large, for instance.
    if (isMortiseError(error)) return withErrorFields(error, { status: response.status });
    throw error;
  }
  return errorFromRefusal(response.status, response.headers, body, about, code);
}

/** The same of a status, headers and a body that were read by others, parsed or not. */
export function errorFromRefusal(
  status: number,
  headers: Headers | undefined,
  body: unknown,
  about: About & { readonly cause?: unknown },
  code?: (said: SaidFailure, status: number) => KnownErrorCode | undefined,
): MortiseError {
  const failure = describeFailure(body);
  const { message, requestId, retryAfterMs } = failure;
  return errorFromResponse({
    ...about,
    status,
    headers,
    message,
    retryAfterMs,
    code: code?.(failure, status) ?? beyondStatus(failure, status),
    requestId: requestIdOf(headers) ?? requestId ?? idOf(body),
  });
}

/** A failure that came with status 200: in a stream's event, in a choice, in place of a reply. */
export function errorFromSaid(
  failure: SaidFailure,
  { provider, model, secrets }: About,
  { fallback = 'server', partial }: SaidErrorOptions = {},
): MortiseError {
  const { message, word, status, retryAfterMs, requestId } = failure;
  const code = failure.code ?? (status === undefined ? fallback : codeOfStatus(status));
  const kind = word === undefined || message?.includes(word) === true ? '' : `: ${word}`;
  const why =
    message === undefined && kind === '' ? ' without saying why' : `${kind}${said(message, secrets)}`;
  return new MortiseError(
    code,
    redact(`${provider} failed while it answered${why}. ${remedy(code)}`, secrets),
    {
      provider,
      model,
      status,
      retryAfterMs,
      partial,
      requestId: requestId === undefined ? undefined : redact(requestId, secrets),
    },
  );
}

/** What a failure within a reply is, beyond its words. */
export interface SaidErrorOptions {
  /** The code where neither the words nor a status tell it. Default: `server`. */
  readonly fallback?: KnownErrorCode | undefined;
  /** What had arrived before. */
  readonly partial?: unknown;
}

/**
 * What an SDK or its `fetch` threw: an HTTP reply as a typed error, told by its shape (`status`, `headers`, the body as
 * `error`), since it may come from another copy of the SDK; anything else without secrets, for core to name.
 */
export function errorFromThrown(thrown: unknown, about: About): unknown {
  if (!isObject(thrown) || typeof thrown['status'] !== 'number')
    return thrownWithoutSecrets(thrown, about, about.secrets);
  const { status, headers, error, message } = thrown;
  const known = headers instanceof Headers ? headers : undefined;
  const body = error ?? (typeof message === 'string' ? plainText(message, status) : undefined);
  return errorFromRefusal(status, known, body, { ...about, cause: thrown });
}

/** The body that is not JSON, without the status that an SDK puts before it. */
function plainText(message: string, status: number): string | undefined {
  const text = message.replace(`${status} `, '').trim();
  return text.includes('status code (no body)') ? undefined : text;
}

/** What the status does not tell; in everything else it is the better witness, as vendors reuse each other's words. */
function beyondStatus({ code }: SaidFailure, status: number): KnownErrorCode | undefined {
  if (code === undefined) return undefined;
  if (code === 'context-length') return NOT_OF_LENGTH.has(status) ? undefined : code;
  // Groq refuses what is over the tokens of a minute as too large: https://console.groq.com/docs/rate-limits
  if (code === 'rate-limit') return status === 413 || status === 400 || status === 422 ? code : undefined;
  return BEYOND_STATUS.has(code) ? code : undefined;
}

const NOT_OF_LENGTH: ReadonlySet<number> = new Set([401, 403, 404, 429]);
const BEYOND_STATUS: ReadonlySet<string> = new Set(['quota', 'content-filter', 'authentication']);

const REQUEST_ID = ['x-request-id', 'request-id', 'x-debug-trace-id', 'x-amzn-requestid', 'apim-request-id'];

function requestIdOf(headers: Headers | undefined): string | undefined {
  for (const name of REQUEST_ID) {
    const id = headers?.get(name) ?? undefined;
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Cohere's, in a body that is an error. */
function idOf(body: unknown): string | undefined {
  let value = body;
  if (typeof body === 'string') {
    try {
      value = parseText(body);
    } catch {
      return undefined;
    }
  }
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : undefined;
}

const RETRIED: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

function codeOfStatus(status: number): KnownErrorCode {
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

/** A sentence as the end of ours: without the stop that follows. */
function said(message: string | undefined, secrets: Secrets): string {
  if (message === undefined) return '';
  // Cut afterwards: half a secret would not be known.
  let text = redact(message, secrets).slice(0, MOST_SAID).trimEnd();
  if (text.endsWith('.')) text = text.slice(0, -1);
  return text === '' ? '' : `: ${text}`;
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
    case 'malformed-response':
      return 'Call again, or simplify the tools and the schema.';
    default:
      return 'Try again later.';
  }
}
