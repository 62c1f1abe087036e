import type { KnownErrorCode } from '../errors.ts';
import { defined, isObject, parseText } from '../shared/json.ts';
import { durationIn, MAX_WAIT_MS } from '../call/rate-limit-headers.ts';
import { codeOf } from './failure-words.ts';

/** What a server says of a failure, in whatever shape it says it. */
export interface SaidFailure {
  /** What its codes and words mean; absent where they mean nothing known. */
  readonly code?: KnownErrorCode;
  /** Its own sentence, in one line, at most twice {@link MOST_SAID} characters: an error shows half, once secrets are out. */
  readonly message?: string;
  /** Its own word for the kind, such as `overloaded_error`. */
  readonly word?: string;
  /** The HTTP status that it names in the body. */
  readonly status?: number;
  /** How long it asks to wait, in milliseconds, where the body says so. */
  readonly retryAfterMs?: number;
  /** Its id of the request, or of the failure. */
  readonly requestId?: string;
}

/** Characters of a server's sentence that are kept. */
export const MOST_SAID = 600;

/**
 * E-06: whether a body, a frame or a choice says that it is a failure. It may be `{ error }` of any depth, a list of them,
 * or an error's members at the top; codes may be words, numbers or numbers as strings. `alone`: nothing of a reply is in
 * it, so that a bare `message`, `detail` or status is a failure too.
 */
export function isFailure(said: unknown, alone = false): boolean {
  if (Array.isArray(said))
    return said.length > 0 && said.every((item) => !Array.isArray(item) && isFailure(item));
  return isObject(said) && (saysFailure(said) || (alone && soundsLikeFailure(said)));
}

/**
 * What no reply has. This runs for every event of a stream: the members are read one by one because V8 remembers that a
 * shape of object lacks them, which costs a quarter of a walk over the names that are there.
 */
export function saysFailure(said: Record<string, unknown>): boolean {
  const { type, object, status, success, fault, error, errors } = said;
  const { error_code, error_type, error_message, errorMessage } = said;
  return (
    type === 'error' ||
    object === 'error' ||
    success === false ||
    (status !== undefined && FAILED.has(status)) ||
    (fault !== undefined && isObject(fault)) ||
    (error !== undefined && isSaid(error)) ||
    (errors !== undefined && isSaid(errors)) ||
    (error_code !== undefined && isSaid(error_code)) ||
    (error_type !== undefined && isWord(error_type)) ||
    (error_message !== undefined && isWord(error_message)) ||
    (errorMessage !== undefined && isWord(errorMessage))
  );
}

const FAILED: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['failed', 'error', 'failure']);

/** What stands in failures, and in replies that are nobody's. */
function soundsLikeFailure(said: Record<string, unknown>): boolean {
  return (
    ['message', 'detail', 'details', 'msg', '__type'].some((name) => isWord(said[name])) ||
    (Array.isArray(said['detail']) && said['detail'].length > 0) ||
    ['code', 'status', 'statusCode', 'status_code'].some((name) => failedStatus(said[name]) !== undefined)
  );
}

/** Neither absent nor empty. `0` is the code of success. */
function isSaid(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value === true || (typeof value === 'number' && value !== 0);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What is said of a failure by what is known to be one: the body of a refusal, what a choice holds as its error. */
export function describeFailure(said: unknown): SaidFailure {
  const found: Found = { messages: [], words: [], statuses: [], waits: [], ids: [] };
  const body = typeof said === 'string' ? (jsonIn(said) ?? said) : said;
  look(body, found, 0);
  // Cohere's.
  if (isObject(body) && isWord(body['id'])) found.ids.push(body['id']);
  const message = sentence(found.messages);
  // `Please try again in 1m2.5s` (OpenAI, Groq), `retry in 34.07s` (Google).
  const [, told] =
    /\b(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|[smh]))+)/i.exec(message ?? '') ?? [];
  const wait = found.waits[0] ?? (told === undefined ? undefined : durationIn(told));
  return defined({
    code: codeOf(found.words, message),
    message,
    // Others say that it is an error, not which.
    word: found.words.find((word) => !/^(error|failed|failure|about:blank)$/i.test(word)),
    status: found.statuses[0],
    retryAfterMs: wait === undefined ? undefined : Math.min(MAX_WAIT_MS, wait),
    requestId: found.ids[0],
  });
}

/** What was found, the innermost first. */
interface Found {
  readonly messages: string[];
  readonly words: string[];
  readonly statuses: number[];
  readonly waits: number[];
  readonly ids: string[];
}

/** As deep as gateways wrap each other. */
const DEEPEST = 6;

/** The members of failures, in the order in which they are believed. */
const INNER = ['error', 'errors', 'innererror', 'fault', 'response', 'metadata', 'raw'];
const MESSAGES = [
  ...['message', 'error_message', 'errorMessage', 'error_description', 'detail', 'details', 'msg'],
  ...['faultstring', 'title'],
];
const WORDS = [
  ...['code', 'type', 'status', 'error_type', 'errorType', 'error_code', 'errorCode', '__type', 'kind'],
  'reason',
];
const STATUSES = ['status', 'code', 'status_code', 'statusCode', 'http_status', 'error_code'];

function look(said: unknown, found: Found, depth: number): void {
  if (depth > DEEPEST) return;
  if (typeof said === 'string') return lookIntoText(said, found, depth);
  if (Array.isArray(said)) {
    for (const item of said.slice(0, 10)) look(item, found, depth + 1);
    return;
  }
  if (!isObject(said)) return;
  const values = (names: readonly string[]): unknown[] => names.map((name) => said[name]).filter(isSaid);
  for (const value of values(INNER)) look(value, found, depth + 1);
  for (const value of values(MESSAGES)) look(value, found, typeof value === 'string' ? depth : depth + 1);
  // `com.amazon.coral.validate#ValidationException`, `litellm.RateLimitError`.
  for (const value of values(WORDS))
    if (isWord(value) && !/^\d+$/.test(value)) found.words.push(value.replace(/^(.*#|litellm\.)/, ''));
  found.statuses.push(
    ...values(STATUSES)
      .map(failedStatus)
      .filter((status) => status !== undefined),
  );
  // Google's RetryInfo: https://google.aip.dev/194
  const { retryDelay } = said;
  if (typeof retryDelay === 'string' && /^\d+(\.\d+)?s$/.test(retryDelay))
    found.waits.push(durationIn(retryDelay));
  // Google's QuotaFailure, by which alone a day's limit is told from a minute's.
  if (Array.isArray(said['violations']))
    for (const violation of (said['violations'] as unknown[]).slice(0, 10)) {
      const id = isObject(violation) ? violation['quotaId'] : undefined;
      if (isWord(id) && id.includes('PerDay')) found.words.push(id);
    }
  found.ids.push(...values(['request_id', 'requestId']).filter(isWord));
  // Azure's, by category: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-filter
  for (const results of values(['content_filter_result', 'content_filter_results']).filter(isObject)) {
    const filtered = Object.entries(results).flatMap(([category, result]) =>
      isObject(result) && result['filtered'] === true ? [category] : [],
    );
    if (filtered.length > 0) found.messages.push(filtered.join(', '));
  }
}

/** A sentence, or JSON in a string, as a gateway quotes who is behind it. */
function lookIntoText(text: string, found: Found, depth: number): void {
  const inner = jsonIn(text);
  if (inner !== undefined) return look(inner, found, depth + 1);
  const trimmed = withoutField(text);
  // A proxy's page says nothing.
  if (trimmed !== '' && !/^<[!?a-z]/i.test(trimmed)) found.messages.push(trimmed);
}

function jsonIn(text: string): object | undefined {
  const trimmed = withoutField(text);
  if (!/^[[{]/.test(trimmed)) return undefined;
  try {
    return parseText(trimmed) as object;
  } catch {
    return undefined;
  }
}

/** An event in place of a body, as servers refuse the request for a stream. */
function withoutField(text: string): string {
  return text
    .trim()
    .replace(/^(?:event:[^\n]*\n)?data:/, '')
    .trim();
}

/** A status of HTTP that is a failure, be it a string. */
function failedStatus(value: unknown): number | undefined {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && status >= 400 && status <= 599 ? status : undefined;
}

/** Each sentence once, in one line; what only says that somebody behind it failed stands before what that one said. */
function sentence(messages: readonly string[]): string | undefined {
  const unique = [...new Set(messages)].filter(
    (message, at, all) => !all.some((other, place) => place !== at && other.includes(message)),
  );
  if (unique.length === 0) return undefined;
  const text = unique
    .toReversed()
    .join(': ')
    .slice(0, MOST_SAID * 4);
  return text
    .split(/\s+/)
    .join(' ')
    .slice(0, MOST_SAID * 2);
}
