/** What went wrong, as a word that programs can branch on. */
export type KnownErrorCode =
  | 'authentication'
  | 'permission'
  | 'not-found'
  | 'invalid-request'
  | 'context-length'
  | 'content-filter'
  | 'rate-limit'
  | 'quota'
  | 'overloaded'
  | 'server'
  | 'connection'
  | 'timeout'
  | 'aborted'
  | 'stream-truncated'
  | 'malformed-response'
  | 'unsupported'
  | 'parse'
  | 'validation'
  | 'missing-dependency'
  | 'configuration'
  | 'conflict'
  | 'budget'
  | 'max-steps'
  | 'internal';

/** Readers must expect codes of later versions; constructors take only the known ones. */
export type ErrorCode = KnownErrorCode | (string & {});

/** What an error tells besides its code and message. */
export interface MortiseErrorOptions {
  /** Whether the same call may succeed when made again. Default: by the code, see {@link isRetryableCode}. */
  retryable?: boolean | undefined;
  /** The integration, such as `openai`. */
  provider?: string | undefined;
  /** The name that the application gave the server that was asked, where it gave one. */
  server?: string | undefined;
  model?: string | undefined;
  /** HTTP status, when there was a reply. */
  status?: number | undefined;
  /** The provider's id of the request, for its support. */
  requestId?: string | undefined;
  /** How long the provider asked to wait, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** The error that led to this one. */
  cause?: unknown;
  /** What had arrived before the failure: a partial chat response, or the finished embeddings. */
  partial?: unknown;
}

const BRAND = Symbol.for('mortise.error');

const RETRYABLE: readonly string[] = ['rate-limit', 'overloaded', 'server', 'connection', 'timeout'];

/** Codes that are retried unless the error says otherwise. `quota` is not: waiting does not help. */
export function isRetryableCode(code: ErrorCode): boolean {
  return RETRYABLE.includes(code);
}

/**
 * The one error class of Mortise. `message` says what happened, why, and what to do.
 * Test with {@link isMortiseError}, not `instanceof`: an application may hold two copies of core.
 */
export class MortiseError extends Error {
  override readonly name = 'MortiseError';
  // Declared alone: what is not known is no member, so that logs do not print it.
  declare readonly code: ErrorCode;
  declare readonly retryable: boolean;
  declare readonly provider?: string;
  declare readonly server?: string;
  declare readonly model?: string;
  declare readonly status?: number;
  declare readonly requestId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly partial?: unknown;

  constructor(code: KnownErrorCode, message: string, options: MortiseErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? isRetryableCode(code);
    Object.assign(this, known(options, ABOUT));
    // Not enumerable: it may be megabytes of vectors, and it is content, which loggers must not print unasked.
    if (options.partial !== undefined) Object.defineProperty(this, 'partial', { value: options.partial });
    // Off the type, so that two copies of core stay assignable to each other.
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** Everything but `cause` and `partial`, which may hold what must not be logged. */
  toJSON(): Record<string, unknown> {
    return known(this, ['name', 'message', 'code', 'retryable', ...ABOUT]);
  }
}

/** What is told of the call that failed. */
const ABOUT = ['provider', 'server', 'model', 'status', 'requestId', 'retryAfterMs'] as const;

/** Those members that are not undefined. */
function known<T extends object>(error: T, names: readonly (keyof T & string)[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const name of names) if (error[name] !== undefined) result[name] = error[name];
  return result;
}

/** True for a `MortiseError` of any copy of core, with `code` when one is given. */
export function isMortiseError(error: unknown, code?: ErrorCode): error is MortiseError {
  try {
    const own = Object(error) as { readonly code?: unknown };
    return BRAND in own && (code === undefined || own.code === code);
  } catch {
    // A proxy of somebody else's.
    return false;
  }
}

const LEFT = Symbol.for('mortise.left');

/**
 * What a stream ends with that its reader left: `aborted`. The span that fails with it, of the stream or of a call inside that it
 * aborts, says `left: true`, for a reader that goes away is no failure.
 */
export function leftError(
  message = 'The stream was left before its end.',
  options: MortiseErrorOptions = {},
): MortiseError {
  return Object.defineProperty(new MortiseError('aborted', message, options), LEFT, { value: true });
}

/** True for a {@link leftError} of any copy of core. Never throws. */
export function isLeft(error: unknown): boolean {
  try {
    return LEFT in (Object(error) as object);
  } catch {
    return false;
  }
}

/** What a thrown value says, whatever it is: a tool or a validator may throw what cannot even be made a string. */
export function errorText(error: unknown): string {
  try {
    const text: unknown = error instanceof Error ? error.message : String(error);
    if (typeof text === 'string') return text;
  } catch {
    // A value without a prototype, a getter that throws, a proxy.
  }
  return 'a value that says nothing was thrown';
}

/**
 * The same error with other fields: used to add `partial`, `provider` or `model` on the way up.
 * The stack of the original is kept as it is the useful one.
 */
export function withErrorFields(error: MortiseError, fields: MortiseErrorOptions): MortiseError {
  const { retryable, partial, cause } = error;
  const merged = { retryable, ...known(error, ABOUT), partial, cause, ...fields };
  const result = new MortiseError(error.code as KnownErrorCode, error.message, merged);
  if (error.stack !== undefined)
    Object.defineProperty(result, 'stack', { value: error.stack, configurable: true });
  // What more it says, as the error of a parser does, and the class its author gave it.
  for (const key of Reflect.ownKeys(error)) {
    const member = Object.getOwnPropertyDescriptor(error, key);
    if (member !== undefined && !Object.hasOwn(result, key)) Object.defineProperty(result, key, member);
  }
  return Object.setPrototypeOf(result, Object.getPrototypeOf(error) as object) as MortiseError;
}

/**
 * `error` as a `MortiseError`. Network failures of `fetch` become `connection`, an abort `aborted`, an `AbortSignal.timeout`
 * that is not the caller's `timeout`, anything unknown `internal` with the original as its cause.
 */
export function toMortiseError(
  error: unknown,
  about: Pick<MortiseErrorOptions, 'provider' | 'model'> = {},
): MortiseError {
  if (isMortiseError(error)) {
    const complete = error.provider !== undefined || about.provider === undefined;
    return complete ? error : withErrorFields(error, { ...about, model: error.model ?? about.model });
  }
  try {
    return mapped(error, about);
  } catch {
    return new MortiseError('internal', errorText(error), { ...about, cause: error });
  }
}

function mapped(error: unknown, about: Pick<MortiseErrorOptions, 'provider' | 'model'>): MortiseError {
  const chain = chainOf(error);
  // An SDK wraps whatever its `fetch` throws; what we or another part of the application said there stands.
  const wrapped = chain.find((each) => isMortiseError(each));
  if (wrapped !== undefined) return toMortiseError(wrapped, about);
  const options = { ...about, cause: error };
  const of = about.provider === undefined ? '' : ` to ${about.provider}`;
  const reason = networkReason(chain);
  if (reason !== undefined) {
    const message = `The connection${of} failed: ${reason.replace(/\.$/, '')}. Check the network, the base URL and any proxy.`;
    return new MortiseError('connection', message, options);
  }
  switch (chain[0]?.name) {
    case 'TimeoutError': {
      const message = `The call${of} ran into a time bound of its own. Raise that bound, or leave it to timeoutMs.`;
      return new MortiseError('timeout', message, options);
    }
    case 'AbortError':
      return new MortiseError('aborted', `The call${of} was aborted.`, options);
    default:
      return new MortiseError('internal', errorText(error) || 'An unexpected error was thrown.', options);
  }
}

/** What may be read of a thrown object. */
interface Thrown {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

/** The error and its causes, the first of several attempts for all of them; eight at most. */
function chainOf(error: unknown): readonly Thrown[] {
  const chain: Thrown[] = [];
  let current = error;
  while (typeof current === 'object' && current !== null && chain.length < 8) {
    const thrown: Thrown = current;
    chain.push(thrown);
    current = thrown.cause ?? (Array.isArray(thrown.errors) ? (thrown.errors[0] as unknown) : undefined);
  }
  return chain;
}

/** Node's and undici's codes for a connection that could not be made or broke. */
const NETWORK_CODE =
  /^(E(CONN\w+|PIPE|HOST\w+|NET\w+|AI_AGAIN|NOTFOUND|PROTO|TIMEDOUT)|UND_ERR_\w+|CERT_\w+|ERR_(TLS|SSL)_\w+|ERR_STREAM_PREMATURE_CLOSE|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO_\w+|HPE_\w+|ConnectionRefused|ConnectionClosed|FailedToOpenSocket)$/;
/** What runtimes say that have no codes: undici, browsers, Deno (`error reading`, `error sending`), workerd (`connection lost`). */
const NETWORK_MESSAGE =
  /^(fetch failed|terminated|network ?error|failed to fetch|load failed|socket hang up|connection error\.?|premature close|error (reading a body from|sending request for) |network connection lost)/i;

/** A sentence part for a network failure anywhere in the chain of causes, else undefined. */
function networkReason(chain: readonly Thrown[]): string | undefined {
  let deepest: string | undefined;
  for (const { code, message } of chain) {
    const text = typeof message === 'string' ? message : '';
    if (typeof code === 'string' && NETWORK_CODE.test(code))
      return text === '' ? code : text.includes(code) ? text : `${code} (${text})`;
    if (NETWORK_MESSAGE.test(text)) deepest = text;
  }
  return deepest;
}
