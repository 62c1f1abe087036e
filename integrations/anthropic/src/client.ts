import type * as Sdk from '@anthropic-ai/sdk';
import { MortiseError } from '@mortise/core';
import type { About } from '@mortise/core/wire';
import { errorFrom } from './errors.ts';

/**
 * The part of the SDK's client that is used. `new Anthropic()` fits, in any version that has it, and so do the
 * SDK's clients for other clouds and a double in a test.
 */
export interface AnthropicClient {
  /** Where it sends to: what is opaque in a reply goes back there alone. */
  readonly baseURL?: string | undefined;
  readonly messages: {
    create(body: object, options: AnthropicCallOptions): { asResponse(): Promise<Response> };
  };
}

/** What the SDK gets beside the body of one request. */
export interface AnthropicCallOptions {
  signal: AbortSignal;
  maxRetries: number;
  timeout: number;
  headers?: Record<string, string>;
}

export interface AnthropicConnection {
  /** Default: the environment variable `ANTHROPIC_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Without `/v1`. Default: `https://api.anthropic.com`. With it, no key is needed. */
  baseURL?: string | undefined;
  /**
   * Sent with every request, over the SDK's own: `anthropic-beta`, for instance. One named `authorization` or
   * `x-api-key` stands in for the key.
   */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Used as it is; `apiKey`, `baseURL`, `headers` and `fetch` are then its business. */
  client?: AnthropicClient | undefined;
}

/** Sends one request and gives the reply unread, or throws what `errorFrom` makes of the failure. */
export type Send = (
  body: object,
  options: { readonly signal: AbortSignal; readonly betas?: readonly string[] | undefined },
) => Promise<Response>;

const KEY_VARIABLE = 'ANTHROPIC_API_KEY';
export const DEFAULT_BASE_URL = 'https://api.anthropic.com';

/** The longest timer there is: core bounds the time, and the SDK refuses long unstreamed replies without one. */
const NO_TIMEOUT = 2 ** 31 - 1;

/** The client is made at the first request, so that creating a model reads no environment and loads no SDK. */
export function createSend(connection: AnthropicConnection, about: About): Send {
  let connecting: Promise<AnthropicClient> | undefined;
  const secrets: string[] = [];

  async function connect(): Promise<AnthropicClient> {
    if (connection.client !== undefined) return connection.client;
    const key = apiKeyOf(connection);
    secrets.push(...secretsOf(connection.headers));
    if (key !== undefined) secrets.push(key);
    const { Anthropic } = await loadSdk();
    return new Anthropic({
      // The SDK looks for other credentials when it has no key, so it gets one and is told not to send it.
      apiKey: key ?? 'none',
      authToken: null,
      webhookKey: null,
      baseURL: connection.baseURL ?? DEFAULT_BASE_URL,
      defaultHeaders: {
        ...withoutCustomHeaders(key),
        ...(key === undefined ? { authorization: null } : {}),
        ...lowerCased(connection.headers),
      },
      maxRetries: 0,
      timeout: NO_TIMEOUT,
      logLevel: 'off',
      openTelemetry: false,
      ...(connection.fetch === undefined ? {} : { fetch: connection.fetch }),
    });
  }

  return async (body, { signal, betas }) => {
    connecting ??= connect();
    const client = await connecting.catch((error: unknown) => {
      // A key that is set later must be found.
      connecting = undefined;
      throw error;
    });
    const headers = betas === undefined ? {} : { headers: { 'anthropic-beta': betas.join(',') } };
    const options = { signal, maxRetries: 0, timeout: NO_TIMEOUT, ...headers };
    try {
      return await client.messages.create(body, options).asResponse();
    } catch (error) {
      throw errorFrom(error, about, secrets);
    }
  };
}

async function loadSdk(): Promise<typeof Sdk> {
  try {
    return await import('@anthropic-ai/sdk');
  } catch (cause) {
    const message =
      'The package @anthropic-ai/sdk could not be loaded. Install it: npm install @anthropic-ai/sdk';
    throw new MortiseError('missing-dependency', message, { provider: 'anthropic', cause });
  }
}

function apiKeyOf({ apiKey, baseURL, headers }: AnthropicConnection): string | undefined {
  const { authorization, 'x-api-key': inHeader } = lowerCased(headers);
  if (authorization !== undefined || inHeader !== undefined) return apiKey;
  const key = apiKey ?? environment(KEY_VARIABLE)?.trim();
  if (key === undefined || key === '') {
    if (baseURL !== undefined) return undefined;
    const message = `There is no API key. Set the environment variable ${KEY_VARIABLE}, or give apiKey.`;
    throw new MortiseError('configuration', message, { provider: 'anthropic' });
  }
  // The runtime's own complaint would print the key.
  if (/[^\x21-\x7e]/.test(key)) {
    const message = `The API key holds a character that no key has, such as a line break. Check apiKey or ${KEY_VARIABLE}.`;
    throw new MortiseError('configuration', message, { provider: 'anthropic' });
  }
  return key;
}

/**
 * The SDK adds the headers in ANTHROPIC_CUSTOM_HEADERS to every request and has no option against it: this removes
 * them by name, so that what is sent depends on the options alone.
 */
function withoutCustomHeaders(key: string | undefined): Record<string, string | null> {
  const removed: Record<string, string | null> = {};
  for (const line of environment('ANTHROPIC_CUSTOM_HEADERS')?.split('\n') ?? []) {
    const name = line
      .slice(0, Math.max(0, line.indexOf(':')))
      .trim()
      .toLowerCase();
    if (name !== '') removed[name] = name === 'authorization' && key !== undefined ? `Bearer ${key}` : null;
  }
  return removed;
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function secretsOf(headers: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(headers)
    .filter(([name]) => /auth|key|token|secret|cookie/i.test(name))
    .map(([, value]) => value.replace(/^(Bearer|Basic) /i, ''));
}

/** Undefined where there is no `process`: browsers and some edge runtimes. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}
