import { MortiseError, type Attempt } from '@mortise/core';
import {
  Credentials,
  errorFromReply,
  errorFromThrown,
  guardedFetch,
  lazySdk,
  refusalOf,
  type About,
  type Secrets,
} from '@mortise/core/wire';
import { connectTimedOut } from './errors.ts';

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

export const DEFAULT_BASE_URL = 'https://api.anthropic.com';

const ACCESS = {
  provider: 'anthropic',
  name: 'Anthropic',
  variable: 'ANTHROPIC_API_KEY',
  defaultBaseURL: DEFAULT_BASE_URL,
  standIns: ['authorization', 'x-api-key'],
  // The last two are of its clients for Google's and Amazon's clouds.
  clientSecrets: [
    'apiKey',
    'authToken',
    'baseURL',
    '_options.defaultHeaders',
    'accessToken',
    'awsSessionToken',
  ],
} as const;

/** The longest timer there is: core bounds the time, and the SDK refuses long unstreamed replies without one. */
const NO_TIMEOUT = 0x7fff_ffff;

const loadSdk = /* @__PURE__ */ lazySdk('anthropic', '@anthropic-ai/sdk', () => import('@anthropic-ai/sdk'));

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #options: AnthropicConnection;
  #client: Promise<AnthropicClient> | undefined;

  constructor(options: AnthropicConnection) {
    this.#credentials = new Credentials(options, ACCESS);
    this.#options = options;
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    return this.#credentials.secrets;
  }

  /** One request, its reply unread. */
  async send(
    body: object,
    betas: readonly string[] | undefined,
    attempt: Attempt,
    { provider, model }: About,
  ): Promise<Response> {
    const client = await (this.#client ??= this.#open());
    const headers = betas === undefined ? {} : { headers: { 'anthropic-beta': betas.join(',') } };
    const options = { signal: attempt.signal, maxRetries: 0, timeout: NO_TIMEOUT, ...headers };
    const about = { provider, model, secrets: this.secrets };
    const response = await client.messages
      .create(body, options)
      .asResponse()
      .catch((error: unknown) => {
        throw connectTimedOut(error, about) ?? errorFromThrown(error, about);
      });
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw await errorFromReply(refusal, attempt, about);
  }

  async #open(): Promise<AnthropicClient> {
    try {
      return this.#options.client ?? (await this.#create());
    } catch (error) {
      // A key that is set later must be found.
      this.#client = undefined;
      throw error;
    }
  }

  async #create(): Promise<AnthropicClient> {
    const { headers, baseURL, query } = this.#credentials;
    const { fetch } = this.#options;
    const key = this.#credentials.key();
    const { Anthropic } = await loadSdk();
    try {
      return new Anthropic({
        // The SDK looks for other credentials when it has no key, so it gets one and is told not to send it.
        apiKey: key ?? 'none',
        authToken: null,
        webhookKey: null,
        baseURL,
        defaultHeaders: {
          ...withoutCustomHeaders(key),
          ...(key === undefined ? { authorization: null } : {}),
          ...headers,
        },
        maxRetries: 0,
        timeout: NO_TIMEOUT,
        logLevel: 'off',
        // A page that asks the provider itself shows its key to everybody; one that asks a server of its own may have none.
        dangerouslyAllowBrowser: this.#options.baseURL !== undefined,
        openTelemetry: false,
        fetch: guardedFetch({ provider: ACCESS.provider, fetch, query }, { carry: true }),
      });
    } catch (cause) {
      const message =
        'The SDK makes no client here. In a page give baseURL, the address of a server of yours.';
      throw new MortiseError('configuration', message, { provider: ACCESS.provider, cause });
    }
  }
}

/**
 * The SDK adds the headers in ANTHROPIC_CUSTOM_HEADERS to every request and has no option against it: this removes
 * them by name, so that what is sent depends on the options alone.
 */
function withoutCustomHeaders(key: string | undefined): Record<string, string | null> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const removed: Record<string, string | null> = {};
  for (const line of process?.env?.['ANTHROPIC_CUSTOM_HEADERS']?.split('\n') ?? []) {
    const name = line
      .slice(0, Math.max(0, line.indexOf(':')))
      .trim()
      .toLowerCase();
    if (name !== '') removed[name] = name === 'authorization' && key !== undefined ? `Bearer ${key}` : null;
  }
  return removed;
}
