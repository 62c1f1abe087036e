import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import type { About } from '@mortise/core/wire';
import type * as OpenAISdk from 'openai';
import { errorFromSdk } from './errors.ts';

/** How to reach the provider. The same names in every integration. */
export interface ConnectionOptions<C> {
  /** Default: the environment variable `OPENAI_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** With `/v1`. Default: `https://api.openai.com/v1`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request; one named `Authorization` or `api-key` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A client of your own, with its own key, base URL and `fetch`. The options above are then not used. */
  client?: C | undefined;
}

/** What is used of an SDK method: its request options and its unread reply. */
export interface Endpoint {
  create(body: never, options?: RequestSettings): { asResponse(): Promise<Response> };
}

/** What the SDK gets beside the body of one request. */
export interface RequestSettings {
  signal?: AbortSignal;
  maxRetries?: number;
  timeout?: number;
}

/** The part of an `OpenAI` or `AzureOpenAI` client that the language model uses. */
export interface OpenAILLMClient {
  /** Where it sends to: what is opaque in a reply goes back there alone. */
  readonly baseURL?: string | undefined;
  readonly chat: { readonly completions: Endpoint };
  readonly responses: Endpoint;
}

/** The part of an `OpenAI` or `AzureOpenAI` client that the embedding model uses. */
export interface OpenAIEmbeddingClient {
  readonly embeddings: Endpoint;
}

const KEY_VARIABLE = 'OPENAI_API_KEY';
export const DEFAULT_BASE_URL = 'https://api.openai.com/v1';
/** The longest a timer can run. Core bounds time; the SDK's own bound must never come first. */
const NO_TIMEOUT_MS = 2_147_483_647;

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection<C> {
  readonly #options: ConnectionOptions<C>;
  #client: Promise<C> | undefined;
  #key: string | undefined;

  constructor(options: ConnectionOptions<C>) {
    this.#options = options;
  }

  /** What must not appear in an error. */
  get secrets(): readonly (string | undefined)[] {
    const named = Object.entries(this.#options.headers ?? {}).filter(([name]) => SECRET_HEADER.test(name));
    return [this.#key, ...named.map(([, value]) => value.replace(/^bearer\s+/i, ''))];
  }

  /** One request, its reply unread. */
  async send(
    endpoint: (client: C) => Endpoint,
    body: object,
    attempt: Attempt,
    about: About,
  ): Promise<Response> {
    const client = await (this.#client ??= this.#open());
    const settings: RequestSettings = { signal: attempt.signal, maxRetries: 0, timeout: NO_TIMEOUT_MS };
    try {
      return await endpoint(client)
        .create(body as never, settings)
        .asResponse();
    } catch (error) {
      throw errorFromSdk(error, { ...about, secrets: this.secrets });
    }
  }

  async #open(): Promise<C> {
    try {
      return this.#options.client ?? (await this.#create());
    } catch (error) {
      // The next call may find the key or the package.
      this.#client = undefined;
      throw error;
    }
  }

  async #create(): Promise<C> {
    const { apiKey, baseURL, headers = {}, fetch = globalThis.fetch } = this.#options;
    const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
    const authorised = names.has('authorization') || names.has('api-key');
    this.#key = authorised ? undefined : (apiKey ?? environmentKey());
    if (this.#key === undefined && baseURL === undefined && !authorised) throw missingKey();
    // The runtime's own complaint about the header would print the key.
    if (/[^\x21-\x7e]/.test(this.#key ?? '')) throw malformedKey();
    const authorization = this.#key === undefined ? null : `Bearer ${this.#key}`;
    const { OpenAI } = await loadSdk();
    const client: unknown = new OpenAI({
      // The SDK insists on a key; where there is none, `null` takes its header out again.
      apiKey: this.#key ?? 'none',
      baseURL: baseURL ?? DEFAULT_BASE_URL,
      // Said outright, since the SDK would take each of these from an environment variable.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      logLevel: 'off',
      defaultHeaders: { Authorization: authorization, ...headers },
      fetch: onlyKnownHeaders(fetch, names),
      maxRetries: 0,
      timeout: NO_TIMEOUT_MS,
    });
    return client as C;
  }
}

/** Header names whose values a message must not repeat. */
const SECRET_HEADER = /auth|key|token|secret|cookie|password/i;
const SDK_HEADERS = /^(accept|authorization|content-type|user-agent|idempotency-key|x-stainless-.*)$/;

/** The SDK adds what `OPENAI_CUSTOM_HEADERS` holds and has no switch for it: only its own headers and ours go out. */
function onlyKnownHeaders(
  fetch: typeof globalThis.fetch,
  ours: ReadonlySet<string>,
): typeof globalThis.fetch {
  return (input, init) => {
    const headers = new Headers(init?.headers);
    for (const name of [...headers.keys()]) {
      if (!SDK_HEADERS.test(name) && !ours.has(name)) headers.delete(name);
    }
    return fetch(input, { ...init, headers });
  };
}

function environmentKey(): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const key = process?.env?.[KEY_VARIABLE]?.trim();
  return key === '' ? undefined : key;
}

function missingKey(): MortiseError {
  const message = `There is no key for OpenAI. Set the environment variable ${KEY_VARIABLE}, or give apiKey.`;
  return new MortiseError('configuration', message, { provider: 'openai' });
}

function malformedKey(): MortiseError {
  const message = `The API key holds a character that no key has, such as a line break. Check apiKey or ${KEY_VARIABLE}.`;
  return new MortiseError('configuration', message, { provider: 'openai' });
}

async function loadSdk(): Promise<typeof OpenAISdk> {
  try {
    return await import('openai');
  } catch (cause) {
    const message = 'The package openai could not be loaded. Install it: npm install openai';
    throw new MortiseError('missing-dependency', message, { provider: 'openai', cause });
  }
}
