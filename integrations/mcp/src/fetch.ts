import { isMortiseError } from '@mortise/core';
import { checkOptions, checkTexts, reading, shown, wholeNumber } from '@mortise/core/shared';
import { guardedFetch } from '@mortise/core/wire';
import { addressKind, hostAddresses, type Lookup } from './addresses.ts';
import { mcpError } from './client.ts';
import { TOO_LARGE } from './errors.ts';

/** Bytes of one message: a screenshot in base64 fits, ten do not. */
export const DEFAULT_MAX_MESSAGE_BYTES = 8_388_608;

export interface McpFetchOptions {
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /**
   * Addresses of this machine and of networks that are not public. `true`: all but link-local ones, where clouds keep
   * credentials. A list: these hosts, whatever their address. Default: none.
   */
  allowPrivate?: boolean | readonly string[] | undefined;
  /** Bytes of one message of a server: a body of JSON, an event of a stream. Default: 8 MiB. */
  maxMessageBytes?: number | undefined;
  /** The addresses of a host name. Default: `node:dns`; without Node, names are not looked up. */
  lookup?: Lookup | undefined;
}

/**
 * A `fetch` for the HTTP transport of a client: `new StreamableHTTPClientTransport(url, { fetch: mcpFetch() })`. Redirects to
 * another origin, and addresses that are not public, are refused with `configuration` before anything is sent there: that holds for
 * what a server names in the discovery of its authorization too. A message of more than `maxMessageBytes` is read no further.
 * A name is looked up here and again by `fetch`: where a name server may be hostile, a proxy must hold the line.
 */
export function mcpFetch(given: McpFetchOptions = {}): typeof globalThis.fetch {
  const options = checkOptions(given, 'configuration');
  const { fetch, maxMessageBytes, lookup } = options;
  const allowPrivate = allowedOf(options.allowPrivate ?? false);
  for (const [name, value] of Object.entries({ fetch, lookup }))
    if (value !== undefined && typeof value !== 'function')
      throw mcpError('configuration', `${name} is ${shown(value)}; it takes a function.`);
  const most = wholeNumber('maxMessageBytes', maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES);
  const send: typeof globalThis.fetch = async (input, init) => {
    await refusePrivate(addressOf(input), allowPrivate, lookup);
    return (fetch ?? globalThis.fetch)(input, init);
  };
  const guarded = guardedFetch({ provider: 'mcp', fetch: send, addressOption: 'url' });
  return async (input, init) => {
    addressOf(input);
    try {
      return bounded(await guarded(input, init), init?.body, most);
    } catch (error) {
      if (!isMortiseError(error, 'configuration') || error.status === undefined) throw error;
      throw mcpError('configuration', error.message, error);
    }
  };
}

const addressOf = (input: string | URL | Request): URL =>
  serverAddress(input instanceof Request ? input.url : input, 'invalid-request');

/**
 * The address of a server, without the part that is never sent. Throws `code` for what is no address, and `configuration` for
 * one that `fetch` does not take; no message repeats it, since each part may hold a secret.
 */
export function serverAddress(given: unknown, code: 'configuration' | 'invalid-request'): URL {
  const url = reading('The address', () => URL.parse(String(given)), code);
  if (url === null)
    throw mcpError(
      code,
      'The address of an MCP server cannot be read. Give the whole of it, from https:// on.',
    );
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw mcpError(
      'configuration',
      'An MCP server is reached by http or https. Give an address that begins with https://.',
    );
  if (url.username !== '' || url.password !== '')
    throw mcpError(
      'configuration',
      'The address of an MCP server holds a user or a password, which fetch does not take. Leave them out, and give a header: headers: { Authorization: "Basic ..." }.',
    );
  url.hash = '';
  return url;
}

function allowedOf(value: boolean | readonly string[]): boolean | readonly string[] {
  if (typeof value === 'boolean') return value;
  return reading('allowPrivate', () => checkTexts('allowPrivate', value), 'configuration');
}

async function refusePrivate(
  url: URL,
  allowed: boolean | readonly string[],
  lookup: Lookup | undefined,
): Promise<void> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (typeof allowed !== 'boolean' && allowed.includes(host)) return;
  for (const address of await hostAddresses(host, lookup)) {
    const kind = await addressKind(address);
    if (kind === 'public' || (kind === 'private' && allowed === true)) continue;
    const remedy =
      kind === 'private'
        ? 'allow it by allowPrivate: true, or by its name in a list'
        : `allow it by its name: allowPrivate: [${JSON.stringify(host)}]`;
    const message = `The MCP server's host ${host} has the ${kind} address ${address}, and nothing was sent there. If that is right, ${remedy}.`;
    throw mcpError('configuration', message);
  }
}

/** The reply, which ends with an error once a message in it is too large. */
function bounded(response: Response, request: unknown, most: number): Response {
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  const isStream = /^text\/event-stream\b/i.test(headers.get('content-type') ?? '');
  const size = isStream ? eventSize() : totalSize();
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      if (size(value) <= most) return controller.enqueue(value);
      reader.cancel().catch(() => undefined);
      const answer = isStream ? errorEvent(request) : undefined;
      if (answer === undefined) return controller.error(tooLarge(most));
      controller.enqueue(answer);
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(stream, { status, statusText, headers });
}

function totalSize(): (bytes: Uint8Array) => number {
  let total = 0;
  return (bytes) => (total += bytes.length);
}

/** The largest event so far: what stands between empty lines. */
function eventSize(): (bytes: Uint8Array) => number {
  let size = 0;
  let isEmptyLine = true;
  let wasReturn = false;
  return (bytes) => {
    let largest = 0;
    for (const byte of bytes) {
      size++;
      const isFeed = byte === 0x0a;
      if (isFeed && wasReturn) wasReturn = false;
      else if (isFeed || byte === 0x0d) {
        if (isEmptyLine) size = 0;
        isEmptyLine = true;
        wasReturn = !isFeed;
      } else {
        isEmptyLine = wasReturn = false;
      }
      if (size > largest) largest = size;
    }
    return largest;
  };
}

/** The answer to the request whose stream was left: without one it would wait for its time bound. */
function errorEvent(request: unknown): Uint8Array | undefined {
  if (typeof request !== 'string') return undefined;
  const { id } = JSON.parse(request) as { id?: unknown };
  if (typeof id !== 'number' && typeof id !== 'string') return undefined;
  const error = { code: -32_000, message: 'The message is too large.', data: TOO_LARGE };
  return new TextEncoder().encode(`\n\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, error })}\n\n`);
}

function tooLarge(most: number): Error {
  const message = `The MCP server sent a message of more than ${most} bytes, which is the bound (maxMessageBytes); it was read no further. Ask for less, or raise maxMessageBytes.`;
  return mcpError('malformed-response', message);
}
