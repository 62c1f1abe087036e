import { MortiseError } from '@mortise/core';
import { inSpan } from '@mortise/core/events';
import { checkOptions, checkTexts, positive, reading } from '@mortise/core/shared';
import { lazySdk } from '@mortise/core/wire';
import type { Transport } from '@modelcontextprotocol/client';
import { keepSecrets, mcpError, type McpClient } from './client.ts';
import { fromSdk } from './errors.ts';
import { DEFAULT_MAX_MESSAGE_BYTES, mcpFetch, serverAddress, type McpFetchOptions } from './fetch.ts';
import { addressSecrets, argumentSecrets } from './secrets.ts';

const PACKAGE = '@modelcontextprotocol/client';
const loadSdk = /* @__PURE__ */ lazySdk('mcp', PACKAGE, () => import('@modelcontextprotocol/client'));
const loadStdio = /* @__PURE__ */ lazySdk('mcp', PACKAGE, () => import('@modelcontextprotocol/client/stdio'));

interface ConnectOptions {
  /** What this application is called towards the server. Default: `mortise`, `1.0.0`. */
  name?: string | undefined;
  version?: string | undefined;
  /**
   * `auto`: 2026-07-28 where the server speaks it, else the versions from 2024-11-05 to 2025-11-25. `legacy`: those alone. A version: that one or none. Default:
   * `auto`.
   */
  protocol?: 'auto' | 'legacy' | '2026-07-28' | undefined;
  /** Milliseconds until the server has answered. Default: 30,000. */
  timeoutMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A server at an address. */
export interface McpHttpOptions extends ConnectOptions, McpFetchOptions {
  /** Its query, and what looks like a token in its path, are secrets. A user or a password in it is refused: give a header. */
  url: string | URL;
  /** Goes out as `Authorization: Bearer`; a function is asked before each request. A secret. */
  token?: string | (() => string | Promise<string>) | undefined;
  /** Sent with every request. Secrets. */
  headers?: Readonly<Record<string, string>> | undefined;
}

/** A server that is started here, and spoken to over its standard input and output. */
export interface McpStdioOptions extends ConnectOptions {
  /** The program. It runs with your rights: start only what you trust. */
  command: string;
  /** Secrets are those whose names say so: `--api-key VALUE`, `GITHUB_TOKEN=VALUE`. Others on a machine can read all: prefer `env`. */
  args?: readonly string[] | undefined;
  /** All of its environment but what every program needs (`PATH`, `HOME` and the like). Default: none. Secrets. */
  env?: Readonly<Record<string, string>> | undefined;
  cwd?: string | undefined;
  /** What becomes of what it writes to standard error. Default: `ignore`, since it may write to the terminal what it likes. */
  stderr?: 'ignore' | 'inherit' | undefined;
  /** Bytes of one message of the server. Default: 8 MiB. */
  maxMessageBytes?: number | undefined;
}

/** A connected client; `close()` ends the connection, and the program that was started for it. */
export interface McpConnection extends McpClient {
  close(): Promise<void>;
}

/**
 * A client of `@modelcontextprotocol/client`, connected: over streamable HTTP with the bounds of `mcpFetch`, or to a program. It
 * speaks the version of 2026-07-28, or an older one to a server that knows no other. Rejects with a `MortiseError`.
 */
export async function connectMcp(given: McpHttpOptions | McpStdioOptions): Promise<McpConnection> {
  const options = checkServer(checkOptions(given, 'configuration'));
  const { name = 'mortise', version = '1.0.0', protocol = 'auto', signal } = options;
  const timeout = positive('timeoutMs', options.timeoutMs ?? 30_000);
  const mode = protocol === '2026-07-28' ? { pin: protocol } : protocol;
  const { Client } = await loadSdk();
  const client = new Client(
    { name, version },
    { versionNegotiation: { mode, probe: { timeoutMs: timeout } } },
  );
  const secrets = secretsOf(options, (seen) => keepSecrets(client, seen));
  const server = 'url' in options ? options.url.host : options.command;
  await inSpan('mcp.call', { attributes: { method: 'initialize', server } }, async () => {
    try {
      const transport =
        'url' in options ? await httpTransport(options, secrets.token) : await stdioTransport(options);
      await client.connect(transport, {
        timeout,
        maxTotalTimeout: timeout,
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      // What was started is ended; what that comes to concerns nobody.
      client.close().catch(() => undefined);
      throw fromSdk(error, { server, secrets: secrets.seen(), signal });
    }
  });
  return client;
}

type HttpServer = McpHttpOptions & { readonly url: URL };

/** The address is read; of a program, what the runtime refuses too, and prints. */
function checkServer(options: McpHttpOptions | McpStdioOptions): HttpServer | McpStdioOptions {
  if ('url' in options) return { ...options, url: serverAddress(options.url, 'configuration') };
  const { command, args = [], env = {} } = options;
  const texts = reading('args', () => checkTexts('args', args), 'configuration');
  for (const [what, given] of Object.entries({ command: [command], args: texts, env: Object.values(env) }))
    if (given.some((text) => String(text).includes('\0')))
      throw mcpError('configuration', `A text of ${what} holds the character NUL, which no program takes.`);
  return options;
}

async function httpTransport(
  { url, headers, fetch, allowPrivate, maxMessageBytes, lookup }: HttpServer,
  token: (() => Promise<string>) | undefined,
): Promise<Transport> {
  if (
    token !== undefined &&
    url.protocol === 'http:' &&
    !/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
  )
    throw mcpError(
      'configuration',
      'A token is not sent over http, where others can read it. Give the url with https.',
    );
  const { StreamableHTTPClientTransport } = await loadSdk();
  return new StreamableHTTPClientTransport(url, {
    fetch: mcpFetch({ fetch, allowPrivate, maxMessageBytes, lookup }),
    ...(headers === undefined ? {} : { requestInit: { headers } }),
    ...(token === undefined ? {} : { authProvider: { token } }),
  });
}

async function stdioTransport(options: McpStdioOptions): Promise<Transport> {
  const { command, args = [], env, cwd, stderr = 'ignore', maxMessageBytes } = options;
  const { getDefaultEnvironment, StdioClientTransport } = await loadStdio();
  return new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr,
    maxBufferSize: maxMessageBytes ?? DEFAULT_MAX_MESSAGE_BYTES,
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** Tokens of a function that are remembered, so that errors do not show them. */
const MOST_TOKENS = 8;

function secretsOf(
  options: HttpServer | McpStdioOptions,
  keep: (secrets: readonly string[]) => void,
): { readonly token: (() => Promise<string>) | undefined; readonly seen: () => readonly string[] } {
  const fixed =
    'url' in options
      ? [...Object.values(options.headers ?? {}), ...addressSecrets(options.url)]
      : [...Object.values(options.env ?? {}), ...argumentSecrets(options.args ?? [])];
  const given = 'url' in options ? options.token : undefined;
  let tokens = typeof given === 'string' ? [given] : [];
  const seen = (): readonly string[] => [...fixed, ...tokens];
  keep(seen());
  if (given === undefined) return { token: undefined, seen };
  const token = async (): Promise<string> => {
    const value = typeof given === 'string' ? given : await given();
    if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value))
      throw new MortiseError('configuration', 'The token is empty, or holds what no header can.', {
        provider: 'mcp',
      });
    if (!tokens.includes(value)) {
      tokens = [...tokens, value].slice(-MOST_TOKENS);
      keep(seen());
    }
    return value;
  };
  return { token, seen };
}
