import { isMortiseError, type Attempt } from '@mortise/core';
import { reading } from '@mortise/core/shared';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  lazySdk,
  notSent,
  refusalOf,
  thrownWithoutSecrets,
  type About,
  type Secrets,
} from '@mortise/core/wire';

/** Carries the requests of a client: the part of the SDK's `HTTPClient` that is used. */
export interface MistralHttpClient {
  request(request: Request): Promise<Response>;
}

/** The part of the SDK's client that is used. `new Mistral()` fits, in any version since 2, and so does a double. */
export interface MistralClient {
  /** What it was made with: its key, its server, its hooks. */
  readonly _options: { readonly httpClient?: MistralHttpClient | undefined };
  /** Where it sends to: what is opaque in a reply goes back there alone. */
  readonly _baseURL?: URL | null | undefined;
}

/** How to reach the provider. */
export interface MistralConnection {
  /** Default: the environment variable `MISTRAL_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Without `/v1`. Default: `https://api.mistral.ai`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request. One named `Authorization` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the `HTTPClient` of `client`, or the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A `Mistral` of your own; the key, the base URL and the headers are then its business. */
  client?: MistralClient | undefined;
}

export const DEFAULT_BASE_URL = 'https://api.mistral.ai';

/** Where a connection goes; undefined for a client that does not say. */
export function baseURLOf({ baseURL = DEFAULT_BASE_URL, client }: MistralConnection): string | undefined {
  return client === undefined ? baseURL : reading('client', () => client._baseURL?.href, 'configuration');
}

/** What a call of the SDK is for: it knows the path of each. */
export type Endpoint = 'complete' | 'stream' | 'embed';

const ACCESS = {
  provider: 'mistral',
  name: 'Mistral',
  variable: 'MISTRAL_API_KEY',
  defaultBaseURL: DEFAULT_BASE_URL,
  clientSecrets: ['_options.apiKey', '_baseURL'],
} as const;

const loadSdk = /* @__PURE__ */ lazySdk(
  'mistral',
  '@mistralai/mistralai',
  () => import('@mistralai/mistralai'),
);

/**
 * Sends what we wrote to where the SDK would send, with the SDK's credentials. Its own body and its parsers, which drop
 * what they do not know, are not used. Keys and clients do not show from outside.
 */
export class Connection {
  readonly #credentials: Credentials;
  readonly #client: MistralClient | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor({ client, fetch, ...options }: MistralConnection) {
    this.#credentials = new Credentials({ ...options, client }, ACCESS);
    this.#client = client;
    const { query } = this.#credentials;
    const carrying = fetch ?? reading('client', () => fetchOf(client), 'configuration');
    this.#fetch = guardedFetch({ provider: 'mistral', fetch: carrying, query });
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    return this.#credentials.secrets;
  }

  /** One request, its reply unread; throws for a reply that is an error. */
  async send(
    endpoint: Endpoint,
    body: object,
    attempt: Attempt,
    { provider, model }: About,
  ): Promise<Response> {
    const { url, headers } = await this.#address(endpoint, model ?? '');
    const about = { provider, model, secrets: this.secrets };
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal: attempt.signal };
    let response: Response;
    try {
      response = await this.#fetch(url, init);
    } catch (error) {
      throw thrownWithoutSecrets(error, about);
    }
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw await errorFromReply(refusal, attempt, about);
  }

  /** Address and headers, from a request that the SDK hands to a client which sends nothing. */
  async #address(endpoint: Endpoint, model: string): Promise<{ url: string; headers: Headers }> {
    let asked: Request | undefined;
    const httpClient: MistralHttpClient = {
      request(request) {
        asked = request;
        return Promise.resolve(emptyReply(request));
      },
    };
    const about = { provider: 'mistral', model, secrets: this.secrets };
    try {
      const sdk = this.#client === undefined ? await this.#own(httpClient) : again(this.#client, httpClient);
      const options = { retries: { strategy: 'none' } as const };
      if (endpoint === 'embed') await sdk.embeddings.create({ model, inputs: [] }, options);
      else await sdk.chat[endpoint]({ model, messages: [] }, options);
    } catch (error) {
      // What it makes of a reply that says nothing concerns nobody.
      if (asked === undefined) throw isMortiseError(error) ? error : notSent('Mistral', error, REMEDY, about);
    }
    if (asked === undefined) throw notSent('Mistral', 'The client asked for nothing.', REMEDY, about);
    const headers = new Headers(asked.headers);
    // It is empty.
    headers.delete('cookie');
    if (this.#client !== undefined) return { url: asked.url, headers };
    if (this.#credentials.key() === undefined) headers.delete('authorization');
    for (const [name, value] of Object.entries(this.#credentials.headers)) headers.set(name, value);
    return { url: asked.url, headers };
  }

  async #own(httpClient: MistralHttpClient): Promise<Sdk> {
    // A key that is missing is told before a package that is.
    const apiKey = this.#credentials.key() ?? 'none';
    const { Mistral } = await loadSdk();
    const options = { apiKey, serverURL: this.#credentials.baseURL, debugLogger: SILENT };
    return new Mistral({ ...options, httpClient: httpClient as never });
  }
}

/** What is called of the SDK's client. */
interface Sdk {
  readonly chat: {
    complete(request: { model: string; messages: [] }, options: CallOptions): Promise<unknown>;
    stream(request: { model: string; messages: [] }, options: CallOptions): Promise<unknown>;
  };
  readonly embeddings: {
    create(request: { model: string; inputs: [] }, options: CallOptions): Promise<unknown>;
  };
}

interface CallOptions {
  retries: { strategy: 'none' };
}

/** The same client with another `httpClient`, as the SDK itself makes the parts of one. */
function again(client: MistralClient, httpClient: MistralHttpClient): Sdk {
  return Reflect.construct(client.constructor, [{ ...client._options, httpClient }]) as Sdk;
}

function fetchOf(client: MistralClient | undefined): typeof globalThis.fetch | undefined {
  const http = client?._options.httpClient;
  return http === undefined ? undefined : (input, init) => http.request(new Request(input, init));
}

/** So that the SDK, and who traces it, sees a call that went well. */
function emptyReply(request: Request): Response {
  if (request.headers.get('accept') === 'text/event-stream')
    return new Response('', { headers: { 'content-type': 'text/event-stream' } });
  return Response.json({ id: '', object: '', model: '', created: 0, usage: {}, choices: [], data: [] });
}

/** `MISTRAL_DEBUG` would print the headers, the key among them. */
const SILENT = { group: () => undefined, groupEnd: () => undefined, log: () => undefined };

/** Where the SDK failed before it sent anything. */
const REMEDY = 'Check the client and its options.';
