import {
  isMortiseError,
  isRetryableCode,
  type MortiseError,
  withErrorFields,
  type KnownErrorCode,
} from '../errors.ts';
import { isObject } from '../shared/json.ts';
import { thrownWithoutSecrets, wireError, type About, type ReadingAttempt } from './about.ts';
import { describeFailure, MOST_SAID, type SaidFailure } from './failure.ts';
import { readReplyText } from './reply-bytes.ts';
import { retryAfter } from '../call/rate-limit-headers.ts';
import { redact, type Secrets } from './secrets.ts';

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
  const { provider, status, headers, secrets, requestId, cause } = failure;
  const meant = codeOfStatus(status);
  const { code = meant } = failure;
  const waits = status === 429 || status === 503 || status === 529;
  const message = `${provider} answered ${status}${saying(failure.message, secrets)}. ${remedyFor(code)}`;
  return wireError(code, message, failure, {
    status,
    requestId,
    cause,
    // What is known better than by the status, such as a prompt that is too long behind a 500, decides.
    retryable: RETRIED.has(status) && (code === meant || isRetryableCode(code)),
    retryAfterMs: waits ? ((headers && retryAfter(headers)) ?? failure.retryAfterMs) : undefined,
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
  const { status, headers } = response;
  let body: string;
  try {
    body = await readReplyText(response, attempt, about);
  } catch (error) {
    // One that is too large, for instance.
    if (isMortiseError(error)) return withErrorFields(error, { status });
    throw error;
  }
  return errorFromRefusal(status, headers, body, about, code);
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
  const { message, retryAfterMs } = failure;
  const id = REQUEST_IDS.map((name) => headers?.get(name)).find((each) => typeof each === 'string');
  return errorFromResponse({
    ...about,
    status,
    headers,
    message,
    retryAfterMs,
    code: code?.(failure, status) ?? beyondStatus(failure, status),
    requestId: id ?? failure.requestId,
  });
}

/** A failure that came with status 200: in a stream's event, in a choice, in place of a reply. */
export function errorFromSaid(
  { message, word, status, retryAfterMs, requestId, ...failure }: SaidFailure,
  about: About,
  { fallback = 'server', partial }: SaidErrorOptions = {},
): MortiseError {
  const code = failure.code ?? (status === undefined ? fallback : codeOfStatus(status));
  const kind = word === undefined || message?.includes(word) === true ? '' : `: ${word}`;
  const why = `${kind}${saying(message, about.secrets)}` || ' without saying why';
  const sentence = `${about.provider} failed while it answered${why}. ${remedyFor(code)}`;
  return wireError(code, sentence, about, { status, retryAfterMs, partial, requestId });
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
  if (!isObject(thrown) || typeof thrown['status'] !== 'number') return thrownWithoutSecrets(thrown, about);
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
  switch (code) {
    case 'quota':
    case 'content-filter':
    case 'authentication':
      return code;
    case 'context-length':
      return [401, 403, 404, 429].includes(status) ? undefined : code;
    // Groq refuses what is over the tokens of a minute as too large: https://console.groq.com/docs/rate-limits
    case 'rate-limit':
      return [400, 413, 422].includes(status) ? code : undefined;
    default:
      return undefined;
  }
}

const REQUEST_IDS = [
  'x-request-id',
  'request-id',
  'x-debug-trace-id',
  'x-amzn-requestid',
  'apim-request-id',
  'mistral-correlation-id',
];

const RETRIED: ReadonlySet<number> = new Set([408, 409, 429, 500, 502, 503, 504, 529]);

const CODES: { readonly [status: number]: KnownErrorCode } = {
  401: 'authentication',
  402: 'quota',
  403: 'permission',
  404: 'not-found',
  408: 'timeout',
  409: 'conflict',
  429: 'rate-limit',
  503: 'overloaded',
  529: 'overloaded',
};

function codeOfStatus(status: number): KnownErrorCode {
  return CODES[status] ?? (status >= 500 ? 'server' : 'invalid-request');
}

/** A sentence as the end of ours: without the stop that follows. */
function saying(message: string | undefined, secrets: Secrets): string {
  // Cut afterwards: half a secret would not be known.
  const text = redact(message ?? '', secrets)
    .slice(0, MOST_SAID)
    .trimEnd();
  const said = text.endsWith('.') ? text.slice(0, -1) : text;
  return said === '' ? '' : `: ${said}`;
}

const REMEDIES: { readonly [code in KnownErrorCode]?: string } = {
  authentication: 'Check the API key.',
  permission: 'Check what this API key may use.',
  'not-found': "Check the model's name and the base URL.",
  'rate-limit': 'Send less at once, or give the model a limiter.',
  quota: "Check the plan and the billing of the provider's account.",
  'context-length': 'Shorten the messages, with fitMessages for instance.',
  'content-filter': 'Reword the request.',
  'invalid-request': 'Check the options of the call.',
  'malformed-response': 'Call again, or simplify the tools and the schema.',
};

function remedyFor(code: KnownErrorCode): string {
  return REMEDIES[code] ?? 'Try again later.';
}
