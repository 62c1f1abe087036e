import type { Attempt } from '@mortise/core';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  lazySdk,
  malformed,
  notSent,
  refusalOf,
  thrownWithoutSecrets,
  type About,
  type Secrets,
} from '@mortise/core/wire';

/** How to reach the provider. The same names in every integration. */
export interface VoyageConnectionOptions {
  /** Default: the environment variable `VOYAGE_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** With its version. Default: `https://api.voyageai.com/v1`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request; one named `Authorization` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

const ACCESS = {
  provider: 'voyage',
  name: 'Voyage AI',
  variable: 'VOYAGE_API_KEY',
  defaultBaseURL: 'https://api.voyageai.com/v1',
} as const;

/** Where requests go. */
export function baseURLOf({ baseURL = ACCESS.defaultBaseURL }: VoyageConnectionOptions): string {
  return baseURL;
}

const loadSdk = /* @__PURE__ */ lazySdk('voyage', 'voyageai', () => import('voyageai'));

/** The methods of the SDK that are used, each of which knows its address. */
export type Endpoint = 'embed' | 'multimodalEmbed' | 'rerank';

/** What any of them takes. The body that is sent is ours: the SDK leaves out what it has no name for. */
const ANYTHING = { model: '', input: [], inputs: [], query: '', documents: [] };

/** Sends through the SDK. Keys do not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: VoyageConnectionOptions) {
    this.#credentials = new Credentials(options, ACCESS);
    const { query } = this.#credentials;
    this.#fetch = guardedFetch({ provider: ACCESS.provider, fetch: options.fetch, query }, { carry: true });
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    return this.#credentials.secrets;
  }

  /**
   * One request, its reply unread; throws for a reply that is an error. The SDK knows the address and the credentials, and
   * would parse the reply: it is taken before, in a `fetch` of this request's own.
   */
  async send(
    endpoint: Endpoint,
    body: object,
    attempt: Attempt,
    { provider, model }: About,
  ): Promise<Response> {
    const { authorised, baseURL, headers } = this.#credentials;
    const key = this.#credentials.key();
    const about = { provider, model, secrets: this.secrets };
    let reply: Response | undefined;
    let failure: { readonly error: unknown } | undefined;
    const fetch: typeof globalThis.fetch = async (address, init) => {
      try {
        const sent = new Headers(init?.headers);
        if (key === undefined && !authorised) sent.delete('authorization');
        const { signal } = attempt;
        reply = await this.#fetch(address, { ...init, headers: sent, body: JSON.stringify(body), signal });
      } catch (error) {
        failure = { error };
        throw error;
      }
      return Response.json({});
    };
    // The client that never runs a model on this machine, whatever the model's name.
    const { GeneratedVoyageAIClient } = await loadSdk();
    const client = new GeneratedVoyageAIClient({
      // Without one it would look into the environment.
      apiKey: key ?? '',
      baseUrl: baseURL,
      headers: { ...headers },
      maxRetries: 0,
      // Its timer aborts a signal that nobody listens to, and would keep the process alive after a failure.
      timeoutInSeconds: 0,
      fetch,
    });
    try {
      await client[endpoint](ANYTHING);
    } catch (error) {
      // What the SDK makes of a reply that it has not got concerns nobody.
      if (failure !== undefined) throw thrownWithoutSecrets(failure.error, about);
      if (reply === undefined) throw notSent('Voyage AI', error, REMEDY, about);
    }
    if (reply === undefined)
      throw malformed('nothing, as the client did not use the fetch it was given', about);
    const refusal = refusalOf(reply);
    if (refusal === undefined) return reply;
    throw await errorFromReply(refusal, attempt, about);
  }
}

/** Where the SDK failed before it sent anything. */
const REMEDY = 'Check the version of voyageai that is installed.';
