import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import {
  Credentials,
  errorFromReply,
  errorFromThrown,
  guardedFetch,
  refusalOf,
  type About,
  type Secrets,
} from '@mortise/core/wire';
import { reading } from '@mortise/core/shared';

/** How to reach the provider. The same names in every integration. */
export interface ConnectionOptions<C> {
  /** Default: the environment variable `OPENAI_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /**
   * Another environment variable that holds the key of the server at `baseURL`; its key may then not be missing. Null: none
   * is looked for.
   */
  apiKeyVariable?: string | null | undefined;
  /** The header that carries the key as it is, such as `api-key`. Default: `Authorization: Bearer`. */
  apiKeyHeader?: string | undefined;
  /** Gives what goes out as `Authorization: Bearer`; asked before each request, with the signal of its attempt. A secret. */
  token?: ((signal: AbortSignal) => string | Promise<string>) | undefined;
  /** With `/v1`. Default: `https://api.openai.com/v1`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request; one named `Authorization` or `api-key` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A client of your own, with its own key, base URL and `fetch`. The options above are then not used. */
  client?: C | undefined;
}

/** What is used of a method of the SDK: its request options and its unread reply. */
export interface Endpoint {
  create(body: never, options?: RequestSettings): { asResponse(): Promise<Response> };
}

/** What a client gets beside the body of one request. */
export interface RequestSettings {
  signal?: AbortSignal;
  maxRetries?: number;
  timeout?: number;
  headers?: Record<string, string>;
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
  /** Where it sends to: events say its host. */
  readonly baseURL?: string | undefined;
  readonly embeddings: Endpoint;
}

const DEFAULT_BASE_URL = 'https://api.openai.com/v1';

/** Where requests go. */
export function baseURLOf({
  client,
  baseURL = DEFAULT_BASE_URL,
}: ConnectionOptions<{ readonly baseURL?: string | undefined }>): string {
  return reading('client', () => client?.baseURL, 'configuration') ?? baseURL;
}

const ACCESS = {
  provider: 'openai',
  name: 'OpenAI',
  variable: 'OPENAI_API_KEY',
  defaultBaseURL: DEFAULT_BASE_URL,
  // Azure's stands in for the key too.
  standIns: ['authorization', 'api-key'],
  clientSecrets: ['apiKey', 'baseURL', '_options.defaultHeaders'],
} as const;

/** The longest a timer can run. Core bounds time; the SDK's own bound must never come first. */
const NO_TIMEOUT_MS = 2_147_483_647;

/**
 * Sends through the application's client, or through one of its own that makes no more than the request: the SDK would be
 * most of an application's bundle, of its start, and of the processor time of a call. Keys and clients do not show from outside.
 */
export class Connection<C extends object> {
  readonly #credentials: Credentials;
  readonly #given: C | undefined;
  readonly #fetch: typeof globalThis.fetch | undefined;
  readonly #keyHeader: string | undefined;
  readonly #ownBaseURL: boolean;
  readonly #token: ConnectionOptions<C>['token'];
  /** The tokens that were sent of late: an error may come after the next one was given. */
  #tokens: readonly string[] = [];
  #client: object | undefined;

  constructor(options: ConnectionOptions<C> & { readonly name?: string | undefined }) {
    this.#credentials = credentialsOf(options);
    this.#given = options.client;
    this.#fetch = options.fetch;
    this.#keyHeader = options.apiKeyHeader?.toLowerCase();
    this.#ownBaseURL = options.baseURL !== undefined;
    // A client of the caller's has its own.
    this.#token = options.client === undefined ? options.token : undefined;
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    const { secrets } = this.#credentials;
    return this.#token === undefined ? secrets : [...(secrets ?? []), ...this.#tokens];
  }

  /** One request, its reply unread. */
  async send(
    endpoint: (client: C) => Endpoint,
    body: object,
    attempt: Attempt,
    { provider, model }: About,
  ): Promise<Response> {
    const client = this.#given ?? ((this.#client ??= this.#create()) as C);
    const { signal } = attempt;
    const settings: RequestSettings = { signal, maxRetries: 0, timeout: NO_TIMEOUT_MS };
    if (this.#token !== undefined) {
      const token = await this.#token(signal);
      this.#tokens = [token, ...this.#tokens.slice(0, 7)];
      settings.headers = { authorization: `Bearer ${token}` };
    }
    const about = { provider, model, secrets: this.secrets };
    const response = await endpoint(client)
      .create(body as never, settings)
      .asResponse()
      .catch((error: unknown) => {
        throw errorFromThrown(error, about);
      });
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw await errorFromReply(refusal, attempt, about);
  }

  #create(): OpenAILLMClient & OpenAIEmbeddingClient {
    const { headers, baseURL, query } = this.#credentials;
    const key = this.#credentials.key();
    const keyHeader = this.#keyHeader;
    const bearer = keyHeader === undefined ? { authorization: `Bearer ${key}` } : { [keyHeader]: key };
    // A page that asks the provider itself shows its key to everybody; one that asks a server of its own may have none.
    if (!this.#ownBaseURL && isPage()) {
      const message =
        'In a page give baseURL, the address of a server of yours: a key would be shown to everybody.';
      throw new MortiseError('configuration', message, { provider: ACCESS.provider });
    }
    const send = guardedFetch({ provider: ACCESS.provider, fetch: this.#fetch, query });
    const ours = { ...JSON_HEADERS, ...(key === undefined ? {} : bearer), ...headers };
    const at = (path: string): Endpoint => ({
      create: (body, { signal = null, headers: more } = {}) => ({
        // Not before it is asked for, and in a promise: what cannot be written as JSON or as a header is a failure of the request.
        asResponse: async () =>
          await send(`${baseURL}${path}`, {
            method: 'POST',
            headers: { ...ours, ...more },
            body: JSON.stringify(body),
            signal,
          }),
      }),
    });
    return {
      baseURL,
      chat: { completions: at('/chat/completions') },
      responses: at('/responses'),
      embeddings: at('/embeddings'),
    };
  }
}

const JSON_HEADERS = { accept: 'application/json', 'content-type': 'application/json' } as const;

function isPage(): boolean {
  const { window, navigator } = globalThis as { window?: { document?: unknown }; navigator?: unknown };
  return window?.document !== undefined && navigator !== undefined;
}

/** OpenAI's key goes to OpenAI and to servers of the caller's, never to those that have a variable of their own. */
function credentialsOf(
  options: ConnectionOptions<object> & { readonly name?: string | undefined },
): Credentials {
  const {
    apiKeyVariable: variable,
    baseURL: defaultBaseURL = DEFAULT_BASE_URL,
    name = ACCESS.name,
  } = options;
  if (variable === undefined) return new Credentials(options, ACCESS);
  const access = { ...ACCESS, name, variable: variable ?? '', defaultBaseURL };
  // A base URL of the caller's would let the key be missing.
  return new Credentials(variable === null ? options : { ...options, baseURL: undefined }, access);
}
