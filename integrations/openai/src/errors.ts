import { MortiseError, type KnownErrorCode } from '@mortise/core';
import {
  errorFromResponse,
  isObject,
  redact,
  thrownWithoutSecrets,
  withoutSecrets,
  type About,
} from '@mortise/core/wire';

/** Who speaks, and what must not be repeated. */
export interface ErrorAbout extends About {
  readonly secrets?: readonly (string | undefined)[] | undefined;
}

/**
 * What the SDK threw, as one of ours when it is an HTTP reply. Told by its shape: an injected client may come from
 * another copy of the SDK. Network failures and aborts are left to core.
 */
export function errorFromSdk(thrown: unknown, about: ErrorAbout): unknown {
  if (!isObject(thrown) || typeof thrown['status'] !== 'number')
    return thrownWithoutSecrets(thrown, about, about.secrets ?? []);
  const { status, headers, error } = thrown;
  const known = headers instanceof Headers ? headers : undefined;
  const { message, code } = describe(error);
  return errorFromResponse({
    ...about,
    status,
    headers: known,
    message,
    code: beyondStatus(codeOf(code, message)),
    requestId: known?.get('x-request-id') ?? undefined,
    cause: thrown,
  });
}

/** An error that came with a 200: in a stream's event, in a failed response, in place of a completion. */
export function errorFromBody(error: unknown, about: ErrorAbout): MortiseError {
  const { provider, model, secrets = [] } = about;
  const { message, code, status } = describe(error);
  const known = codeOf(code, message) ?? codeOfStatus(status) ?? 'server';
  const said = message === undefined ? 'without saying why' : `: ${redact(message, secrets)}`;
  const text = `${provider} failed while it answered${message === undefined ? ' ' : ''}${said}`;
  return new MortiseError(known, text, { provider, model, cause: withoutSecrets(error, secrets) });
}

interface Described {
  message?: string | undefined;
  code?: string | undefined;
  status?: number | undefined;
}

/** OpenAI's `{ message, type, code }`; vendors also write a bare string, or a status as the code. */
function describe(error: unknown): Described {
  if (typeof error === 'string') return { message: error };
  if (!isObject(error)) return {};
  const { message, code, type } = error;
  return {
    message: typeof message === 'string' && message !== '' ? message : undefined,
    code: [code, type].find((word): word is string => typeof word === 'string' && CODES.has(word)),
    status: typeof code === 'number' ? code : undefined,
  };
}

/** What OpenAI's words mean where the status alone would mislead, or where there is none. */
const CODES: ReadonlyMap<string, KnownErrorCode> = new Map([
  ['insufficient_quota', 'quota'],
  ['billing_hard_limit_reached', 'quota'],
  ['billing_not_active', 'quota'],
  ['context_length_exceeded', 'context-length'],
  ['content_filter', 'content-filter'],
  ['content_policy_violation', 'content-filter'],
  ['invalid_prompt', 'content-filter'],
  ['bio_policy', 'content-filter'],
  ['misalignment_policy_violation', 'content-filter'],
  ['image_content_policy_violation', 'content-filter'],
  ['invalid_api_key', 'authentication'],
  ['authentication_error', 'authentication'],
  ['model_not_found', 'not-found'],
  ['rate_limit_exceeded', 'rate-limit'],
  ['rate_limit_error', 'rate-limit'],
  ['overloaded_error', 'overloaded'],
  ['server_error', 'server'],
  ['vector_store_timeout', 'server'],
  ['data_residency_mismatch', 'invalid-request'],
  ['invalid_request_error', 'invalid-request'],
  ['invalid_image', 'invalid-request'],
  ['invalid_image_format', 'invalid-request'],
  ['invalid_base64_image', 'invalid-request'],
  ['invalid_image_url', 'invalid-request'],
  ['invalid_image_mode', 'invalid-request'],
  ['image_too_large', 'invalid-request'],
  ['image_too_small', 'invalid-request'],
  ['image_parse_error', 'invalid-request'],
  ['image_file_too_large', 'invalid-request'],
  ['image_file_not_found', 'invalid-request'],
  ['unsupported_image_media_type', 'invalid-request'],
  ['empty_image_file', 'invalid-request'],
  ['failed_to_download_image', 'invalid-request'],
]);

/** Vendors that only speak OpenAI's wire say it in words. */
const TOO_LONG =
  /maximum context length|context window|context length exceeded|too many tokens in the prompt/i;

function codeOf(code: string | undefined, message: string | undefined): KnownErrorCode | undefined {
  const known = code === undefined ? undefined : CODES.get(code);
  const vague = known === undefined || known === 'invalid-request';
  return vague && message !== undefined && TOO_LONG.test(message) ? 'context-length' : known;
}

/** What the status does not tell; in everything else it is the better witness, as vendors reuse OpenAI's words. */
function beyondStatus(code: KnownErrorCode | undefined): KnownErrorCode | undefined {
  return code !== undefined && BEYOND_STATUS.has(code) ? code : undefined;
}

const BEYOND_STATUS: ReadonlySet<string> = new Set([
  'quota',
  'context-length',
  'content-filter',
  'authentication',
]);

function codeOfStatus(status: number | undefined): KnownErrorCode | undefined {
  if (status === undefined || status < 400 || status > 599) return undefined;
  const { code } = errorFromResponse({ provider: '', status });
  return code as KnownErrorCode;
}
