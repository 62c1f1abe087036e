import type { KnownErrorCode } from '../errors.ts';
import { defined, isObject, parseText } from '../shared/json.ts';
import { CODES, FAILED_ENDS, SENTENCES } from './failure-words.ts';
import { MAX_WAIT_MS } from '../call/rate-limit-headers.ts';
import { TOO_LONG } from './too-long.ts';

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
  /** Its id of the request, where the body has one. */
  readonly requestId?: string;
}

/** Where a body or a frame stands, for those that do not say by themselves that they are a failure. */
export interface FailureHints {
  /** The name of the server-sent event: `error` is one whatever its data. */
  readonly event?: string | undefined;
  /** Nothing of a reply is in it: then a bare `message`, `detail` or status is a failure too. Default: false. */
  readonly alone?: boolean | undefined;
}

/** Characters of a server's sentence that are kept. */
export const MOST_SAID = 600;

/**
 * E-06: whether a body, a frame or a choice is a failure, which, and in whose words. It may be `{ error }` of any depth,
 * a list of them, `{ detail }`, an error's members at the top, or plain text; codes may be words, numbers or numbers as
 * strings. Undefined for what is none.
 */
export function failureIn(said: unknown, hints: FailureHints = {}): SaidFailure | undefined {
  return isFailure(said, hints) ? describeFailure(said) : undefined;
}

function isFailure(said: unknown, { event, alone = false }: FailureHints): boolean {
  if (event === 'error') return true;
  if (Array.isArray(said))
    return said.length > 0 && said.every((item) => !Array.isArray(item) && isFailure(item, {}));
  if (!isObject(said)) return false;
  return saysFailure(said) || (alone && soundsLikeFailure(said));
}

/** What no reply has. Called for every event of a stream: few members, and no list of their names. */
function saysFailure(said: Record<string, unknown>): boolean {
  if (isSaid(said['error'])) return true;
  const { type, status } = said;
  return (
    type === 'error' ||
    said['object'] === 'error' ||
    status === 'failed' ||
    status === 'error' ||
    status === 'failure' ||
    said['success'] === false ||
    isWord(said['error_type']) ||
    isWord(said['error_message']) ||
    isWord(said['errorMessage']) ||
    isSaid(said['error_code']) ||
    isSaid(said['errors']) ||
    isObject(said['fault'])
  );
}

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
  const found: Found = { messages: [], words: [], statuses: [] };
  look(said, found, 0);
  const message = sentence(found.messages);
  const word = found.words.find((each) => !NO_WORDS.has(each.toLowerCase()));
  const status = found.statuses[0];
  const code = codeOf(found.words, message);
  const wait = found.wait ?? (message === undefined ? undefined : waitIn(message));
  const retryAfterMs = wait === undefined ? undefined : Math.min(MAX_WAIT_MS, wait);
  const { requestId } = found;
  return defined({ code, message, word, status, retryAfterMs, requestId });
}

/** The code of an end that is a failure: `error`, a malformed call. Undefined for every other finish reason. */
export function failedEnd(reason: unknown): KnownErrorCode | undefined {
  if (typeof reason !== 'string') return undefined;
  const word = reason.toLowerCase();
  // Gemini over Chat Completions: `function_call_filter: MALFORMED_FUNCTION_CALL`.
  return FAILED_ENDS.get(word) ?? FAILED_ENDS.get(word.slice(word.lastIndexOf(':') + 1).trim());
}

interface Found {
  /** The innermost first. */
  readonly messages: string[];
  readonly words: string[];
  readonly statuses: number[];
  wait?: number | undefined;
  requestId?: string | undefined;
}

/** As deep as gateways wrap each other. */
const DEEPEST = 6;
const INNER = ['error', 'errors', 'fault', 'response', 'metadata', 'raw'] as const;
const MESSAGES = [
  'message',
  'error_message',
  'errorMessage',
  'error_description',
  'detail',
  'details',
  'msg',
  'faultstring',
  'title',
] as const;
const WORDS = [
  'code',
  'type',
  'status',
  'error_type',
  'errorType',
  'error_code',
  'errorCode',
  '__type',
  'kind',
  'reason',
] as const;
const STATUSES = ['status', 'code', 'status_code', 'statusCode', 'http_status', 'error_code'] as const;
/** They say that it is an error, not which. */
const NO_WORDS: ReadonlySet<string> = new Set(['error', 'failed', 'failure', 'about:blank']);

function look(said: unknown, found: Found, depth: number): void {
  if (depth > DEEPEST) return;
  if (typeof said === 'string') return lookIntoText(said, found, depth);
  if (Array.isArray(said)) {
    for (const item of said.slice(0, 10)) look(item, found, depth + 1);
    return;
  }
  if (!isObject(said)) return;
  for (const name of INNER) if (isSaid(said[name])) look(said[name], found, depth + 1);
  for (const name of MESSAGES) {
    const value = said[name];
    if (typeof value === 'string') lookIntoText(value, found, depth);
    else if (name !== 'title' && isSaid(value)) look(value, found, depth + 1);
  }
  for (const name of WORDS) {
    const value = said[name];
    if (isWord(value) && !/^\d+$/.test(value)) found.words.push(lastPart(value));
  }
  for (const name of STATUSES) {
    const status = failedStatus(said[name]);
    if (status !== undefined) found.statuses.push(status);
  }
  // Google's RetryInfo: https://google.aip.dev/194
  if (typeof said['retryDelay'] === 'string') found.wait ??= seconds(said['retryDelay']);
  for (const name of ['request_id', 'requestId'] as const)
    if (isWord(said[name])) found.requestId ??= said[name];
}

/** A sentence, or JSON in a string, as a gateway quotes who is behind it. */
function lookIntoText(text: string, found: Found, depth: number): void {
  // An event in place of a body, as servers refuse the request for a stream.
  const trimmed = text
    .trim()
    .replace(/^(?:event:[^\n]*\n)?data:/, '')
    .trim();
  if (/^[[{]/.test(trimmed)) {
    let inner: unknown;
    try {
      inner = parseText(trimmed);
    } catch {
      // Text that begins like JSON.
    }
    if (isObject(inner) || Array.isArray(inner)) return look(inner, found, depth + 1);
  }
  // A proxy's page says nothing.
  if (trimmed !== '' && !trimmed.startsWith('<')) found.messages.push(trimmed);
}

/** `com.amazon.coral.validate#ValidationException`, `litellm.RateLimitError`. */
function lastPart(word: string): string {
  return word.slice(Math.max(word.lastIndexOf('#'), word.startsWith('litellm.') ? 7 : -1) + 1);
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

function codeOf(words: readonly string[], message: string | undefined): KnownErrorCode | undefined {
  const known = words.map(codeOfWord).filter((code) => code !== undefined);
  // A vague word stands beside a specific one: `type: invalid_request_error, code: context_length_exceeded`.
  const specific = known.find((code) => !VAGUE.has(code));
  if (specific !== undefined) return specific;
  if (message === undefined) return known[0];
  if (isTooLong(message)) return 'context-length';
  const meant = SENTENCES.find(([pattern]) => pattern.test(message))?.[1];
  // A word beside the sentence leaves it only what no word says.
  const beyond = meant === 'quota' || meant === 'content-filter' ? meant : undefined;
  return known.length === 0 ? meant : (beyond ?? known[0]);
}

function codeOfWord(word: string): KnownErrorCode | undefined {
  const lower = word.toLowerCase();
  // Anthropic has one for each kind of limit.
  return CODES.get(lower) ?? (lower.endsWith('spend_limit_reached') ? 'quota' : undefined);
}

const VAGUE: ReadonlySet<KnownErrorCode> = new Set(['invalid-request', 'server']);

/** Whether a sentence says that the prompt does not fit the model. */
export function isTooLong(message: string): boolean {
  return TOO_LONG.some((words) => words.test(message));
}

/** `Please try again in 1m2.5s` (OpenAI, Groq), `retry in 34.07s` (Google). */
function waitIn(message: string): number | undefined {
  const [, told] = /\b(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|[smh]))+)/i.exec(message) ?? [];
  if (told === undefined) return undefined;
  let total = 0;
  for (const [, count, unit] of told.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/gi))
    total += Number(count) * (UNIT_MS[unit?.toLowerCase() ?? ''] ?? 0);
  return total;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function seconds(text: string): number | undefined {
  const [, count] = /^(\d+(?:\.\d+)?)s$/.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * 1_000;
}
