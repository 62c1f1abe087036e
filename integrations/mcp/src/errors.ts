import { errorText, isMortiseError, toMortiseError, type KnownErrorCode, MortiseError } from '@mortise/core';
import { isObject } from '@mortise/core/shared';
import { redact, withoutSecrets } from '@mortise/core/wire';
import { clean } from './clean.ts';

/** Characters of what a server said that an error shows. */
const MOST_SAID = 1_000;

/** What `mcpFetch` puts in place of a message that is too large, since only an answer of that id ends its request. */
export const TOO_LARGE = 'mortise: message too large';

/** What an error is, and what it says of the server. */
type Says = readonly [KnownErrorCode, string];

const REFUSED: Says = ['authentication', 'refused the token. Check it, and that it has not expired.'];
const DENIED: Says = ['permission', 'denied access. Check what the token may do.'];

/** Codes of the SDK's own errors, and what they are. */
const BY_SDK: Readonly<Record<string, Says>> = {
  REQUEST_TIMEOUT: [
    'timeout',
    'did not answer in time; it was told to stop. Raise timeoutMs if it may take that long.',
  ],
  CONNECTION_CLOSED: ['connection', 'closed the connection. Connect again; look into the log of the server.'],
  NOT_CONNECTED: ['connection', 'is not connected. Call connect() of the client first, or connectMcp().'],
  SEND_FAILED: ['connection', 'could not be sent to. Connect again; look into the log of the server.'],
  INVALID_RESULT: ['malformed-response', 'answered with what the protocol does not have. Update the server.'],
  UNSUPPORTED_RESULT_TYPE: [
    'unsupported',
    'asked for input in the middle of a call, and the client has no handler for that. Give the client one.',
  ],
  INPUT_REQUIRED_ROUNDS_EXCEEDED: [
    'budget',
    'asked for input again and again. Raise inputRequired.maxRounds.',
  ],
  CAPABILITY_NOT_SUPPORTED: ['unsupported', 'cannot do that. Ask another server.'],
  METHOD_NOT_SUPPORTED_BY_PROTOCOL_VERSION: ['unsupported', 'speaks a version without that. Update it.'],
  LIST_PAGINATION_EXCEEDED: [
    'malformed-response',
    'has a list that does not end. Raise maxPages if it is that long.',
  ],
  ERA_NEGOTIATION_FAILED: [
    'connection',
    'agreed on no version of the protocol. Check its address, and that it runs.',
  ],
  CLIENT_HTTP_AUTHENTICATION: REFUSED,
  CLIENT_HTTP_FORBIDDEN: DENIED,
};

/** Codes of JSON-RPC and of the protocol, and what they are. */
const BY_RPC: Readonly<Record<number, KnownErrorCode>> = {
  [-32_700]: 'invalid-request',
  [-32_600]: 'invalid-request',
  [-32_601]: 'unsupported',
  [-32_602]: 'invalid-request',
  [-32_603]: 'server',
  [-32_002]: 'not-found',
};

export interface About {
  /** How the server is called, cleaned. */
  readonly server: string;
  readonly secrets: readonly string[];
  /** The caller's: its reason is what the call rejects with. */
  readonly signal?: AbortSignal | undefined;
}

/** What the SDK, a transport or a server made of a request, as an error of ours; the reason of an aborted signal as it is. */
export function fromSdk(thrown: unknown, about: About): unknown {
  if (about.signal?.aborted === true) return about.signal.reason;
  const error = withoutArguments(thrown);
  if (isMortiseError(error)) return error;
  const { code, data, name, status } = read(error);
  if (data === TOO_LARGE)
    return failure(
      'malformed-response',
      'sent a message that is too large; it was read no further. Ask for less, or raise maxMessageBytes.',
      about,
      error,
    );
  if (name === 'UnauthorizedError' || status === 401) return failure(...REFUSED, about, error);
  if (status === 403) return failure(...DENIED, about, error);
  if (typeof code === 'string') {
    const known = Object.hasOwn(BY_SDK, code) ? BY_SDK[code] : undefined;
    // What our own fetch threw stands in the chain of causes, where there is one.
    if (known === undefined || hasCause(error)) {
      const mapped = toMortiseError(error, { provider: 'mcp' });
      if (mapped.code !== 'internal') return redacted(mapped, about);
    }
    const [is, says] = known ?? [
      'connection',
      `failed: ${said(error, about)}. Check its address, and that it runs.`,
    ];
    return failure(is, says, about, error);
  }
  if (typeof code === 'number') {
    const is = BY_RPC[code] ?? 'server';
    const says = `refused the request (${code}): ${said(error, about)}. The server decides; check the arguments and its log.`;
    return failure(is, says, about, error);
  }
  return redacted(toMortiseError(error, { provider: 'mcp' }), about);
}

/** A tool that ran and reported a failure. Not retried: a tool may have done half of its work. */
export function toolFailed(tool: string, text: string, { server, secrets }: About): MortiseError {
  const words = redact(clean(redact(text, secrets), MOST_SAID), secrets);
  const message = `The tool ${tool} of the MCP server ${JSON.stringify(server)} reported a failure: ${words === '' ? 'it said nothing' : words}`;
  return new MortiseError('server', message, { provider: 'mcp', retryable: false });
}

/**
 * What a model is told of a tool that threw, for `toolErrors` of `runTools`: of a tool of an MCP server what the server reported, cleaned and
 * without secrets, so that it can do better; of any other only that it failed.
 */
export function mcpErrorText(error: unknown): string {
  return isMortiseError(error) && error.provider === 'mcp' ? error.message : 'The tool failed.';
}

function failure(code: KnownErrorCode, says: string, about: About, cause: unknown): MortiseError {
  const message = `The MCP server ${JSON.stringify(about.server)} ${says}`;
  // A call of a tool is not made again by itself: the first may have done its work.
  return new MortiseError(code, redact(message, about.secrets), {
    provider: 'mcp',
    retryable: false,
    cause: withoutSecrets(cause, about.secrets),
  });
}

function redacted(error: MortiseError, { secrets }: About): MortiseError {
  const { code, message, cause } = error;
  return new MortiseError(code as KnownErrorCode, redact(message, secrets), {
    provider: 'mcp',
    retryable: false,
    cause: withoutSecrets(cause, secrets),
  });
}

interface Thrown {
  readonly code?: unknown;
  readonly data?: unknown;
  readonly message?: unknown;
  readonly name?: unknown;
  readonly spawnargs?: unknown;
  readonly status?: unknown;
}

function read(error: unknown): Thrown {
  try {
    if (!isObject(error)) return {};
    const { code, data, message, name, spawnargs, status } = error as Thrown;
    return { code, data, message, name, spawnargs, status };
  } catch {
    return {};
  }
}

const hasCause = (error: unknown): boolean => isObject(error) && error['cause'] !== undefined;

/** Redacted before it is cut: no pattern finds the half of a secret. */
const said = (error: unknown, { secrets }: About): string =>
  clean(redact(errorText(error), secrets), MOST_SAID).replace(/\.$/, '');

/** Node's error of a program that does not start, without its arguments: any of them may be a key. */
function withoutArguments(error: unknown): unknown {
  const { code, message, spawnargs } = read(error);
  return spawnargs === undefined ? error : Object.assign(new Error(String(message)), { code });
}
