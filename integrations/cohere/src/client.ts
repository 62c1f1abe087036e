import type { Attempt } from '@mortise/core/call';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  lazySdk,
  refusalOf,
  thrownWithoutSecrets,
  type About,
  type Secrets,
} from '@mortise/core/wire';
import { beyondWords } from './errors.ts';

/**
 * The part of the SDK's client that is used. `new CohereClientV2()` and `new CohereClient()` fit, in any version that
 * has `fetch`, and so does a double in a test.
 */
export interface CohereHttpClient {
  fetch(
    input: string,
    init: { method: string; headers: Record<string, string>; body: string },
    options: { maxRetries: number; abortSignal: AbortSignal },
  ): Promise<Response>;
}

/** How to reach the provider. The same names in every integration. */
export interface CohereConnectionOptions {
  /** Default: the environment variable `CO_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Without `/v2`. Default: `https://api.cohere.com`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request; one named `Authorization` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** A client of your own, with its own key, base URL and `fetch`. The options above are then not used. */
  client?: CohereHttpClient | undefined;
}

const DEFAULT_BASE_URL = 'https://api.cohere.com';

/** Where requests go. A client of the application's does not say. */
export function baseURLOf({
  client,
  baseURL = DEFAULT_BASE_URL,
}: CohereConnectionOptions): string | undefined {
  return client === undefined ? baseURL : undefined;
}

const ACCESS = {
  provider: 'cohere',
  name: 'Cohere',
  variable: 'CO_API_KEY',
  defaultBaseURL: DEFAULT_BASE_URL,
  clientSecrets: ['_options.token', '_options.baseUrl', '_options.environment', '_options.headers'],
} as const;

const loadSdk = /* @__PURE__ */ lazySdk('cohere', 'cohere-ai', () => import('cohere-ai'));

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #given: CohereHttpClient | undefined;
  readonly #fetch: typeof globalThis.fetch | undefined;
  #client: Promise<CohereHttpClient> | undefined;

  constructor(options: CohereConnectionOptions) {
    this.#credentials = new Credentials(options, ACCESS);
    this.#given = options.client;
    this.#fetch = options.fetch;
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    return this.#credentials.secrets;
  }

  /** One request, its reply unread; throws for a reply that is an error. */
  async send(path: string, body: object, attempt: Attempt, { provider, model }: About): Promise<Response> {
    const client = await (this.#client ??= this.#open());
    const streamed = 'stream' in body && body.stream === true;
    const headers = {
      'content-type': 'application/json',
      accept: streamed ? 'text/event-stream' : 'application/json',
    };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const about = { provider, model, secrets: this.secrets };
    // The SDK's own methods parse the reply; its `fetch` gives it as it came.
    let response: Response;
    try {
      response = await client.fetch(path, init, { maxRetries: 0, abortSignal: attempt.signal });
    } catch (error) {
      throw thrownWithoutSecrets(error, about);
    }
    const refusal = refusalOf(response);
    if (refusal === undefined) return response;
    throw await errorFromReply(refusal, attempt, about, beyondWords);
  }

  async #open(): Promise<CohereHttpClient> {
    try {
      return this.#given ?? (await this.#create());
    } catch (error) {
      // The next call may find the key or the package.
      this.#client = undefined;
      throw error;
    }
  }

  async #create(): Promise<CohereHttpClient> {
    const { headers, baseURL, query } = this.#credentials;
    const key = this.#credentials.key();
    const { CohereClientV2 } = await loadSdk();
    return new CohereClientV2({
      // With an empty token the SDK sends none; with none it would look into the environment.
      token: key ?? '',
      baseUrl: baseURL,
      headers: { ...headers },
      maxRetries: 0,
      logging: { silent: true },
      fetch: guardedFetch({ provider: ACCESS.provider, fetch: this.#fetch, query }, { carry: true }),
    });
  }
}
