import { MortiseError, type KnownErrorCode } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  errorFromResponse,
  isObject,
  readText,
  redact,
  withoutSecrets,
  type About,
} from '@mortise/core/wire';

/** Who speaks, and what must not be repeated. */
export interface ErrorAbout extends About {
  readonly secrets?: readonly (string | undefined)[] | undefined;
}

/** A reply that is an error: `{ id, message }`, or a proxy's page. https://docs.cohere.com/reference/errors */
export async function errorFromHttp(
  response: Response,
  attempt: Pick<Attempt, 'touch'>,
  about: ErrorAbout,
): Promise<MortiseError> {
  const { status, headers } = response;
  const body = parse(await readText(response, attempt));
  const message = messageOf(body);
  const id = isObject(body) && typeof body['id'] === 'string' ? body['id'] : undefined;
  return errorFromResponse({
    ...about,
    status,
    headers,
    message,
    code: codeOf(status, message),
    requestId: headers.get('x-request-id') ?? headers.get('x-debug-trace-id') ?? id,
  });
}

/** An error that came with a 200: a generation that failed. Retryable, as its status would have been. */
export function errorFromReply(
  code: KnownErrorCode,
  said: unknown,
  about: ErrorAbout,
  partial?: unknown,
): MortiseError {
  const { provider, model, secrets = [] } = about;
  const message = messageOf(said);
  const why = message === undefined ? '.' : `: ${redact(message, secrets)}`;
  const known = message !== undefined && TOO_LONG.test(message) ? 'context-length' : code;
  const text = `${provider} failed while it answered${why}`;
  return new MortiseError(known, text, { provider, model, cause: withoutSecrets(said, secrets), partial });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `message` as a string; proxies and compatible servers nest it, or call it `error` or `detail`. */
function messageOf(body: unknown): string | undefined {
  if (typeof body === 'string') return body === '' ? undefined : body;
  if (!isObject(body)) return undefined;
  return messageOf(body['message']) ?? messageOf(body['error']) ?? messageOf(body['detail']);
}

const TOO_LONG = /too many tokens(?!: max tokens)|maximum context length|context window/i;
/** A trial key's allowance of the month is used up: waiting a minute does not help. */
const USED_UP = /\bmonth\b|billing|quota/i;

/** What the status alone does not tell. */
function codeOf(status: number, message = ''): KnownErrorCode | undefined {
  switch (status) {
    case 400:
    case 413:
    case 422:
      return TOO_LONG.test(message) ? 'context-length' : undefined;
    case 429:
      return USED_UP.test(message) ? 'quota' : undefined;
    case 498:
      return /block|safety|policy/i.test(message) ? 'content-filter' : 'authentication';
    default:
      return undefined;
  }
}
