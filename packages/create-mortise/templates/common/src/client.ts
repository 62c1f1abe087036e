import type { Attempt } from '@mortise/core/call';
import {
  Credentials,
  errorFromReply,
  guardedFetch,
  thrownWithoutSecrets,
  type About,
} from '@mortise/core/wire';

/** How to reach the provider. The same names in every integration. */
export interface AcmeConnectionOptions {
  /** Default: the environment variable `ACME_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Default: `https://api.acme.example`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request; one named `Authorization` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** What a request needs of an attempt. */
export type Sending = Pick<Attempt, 'signal' | 'touch'>;

// REPLACE: where the API is, and the variable its users keep their key in.
const ACCESS = {
  provider: 'acme',
  name: 'Acme',
  variable: 'ACME_API_KEY',
  defaultBaseURL: 'https://api.acme.example',
} as const;

/** Sends requests, and throws a typed error for a failed response. The key does not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #fetch: typeof globalThis.fetch;

  constructor(options: AcmeConnectionOptions) {
    this.#credentials = new Credentials(options, ACCESS);
    const { query } = this.#credentials;
    // Redirects to another origin are refused.
    this.#fetch = guardedFetch({ provider: ACCESS.provider, fetch: options.fetch, query });
  }

  /** Who speaks, and what no error of a call may show. */
  about({ provider, model }: About): About {
    return { provider, model, secrets: this.#credentials.secrets };
  }

  /** One request, its reply unread. */
  async send(path: string, body: object, attempt: Sending, who: About): Promise<Response> {
    const key = this.#credentials.key();
    // REPLACE: how the API wants its key.
    const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const headers = { 'content-type': 'application/json', ...authorization, ...this.#credentials.headers };
    const init = { method: 'POST', headers, body: JSON.stringify(body), signal: attempt.signal };
    const about = this.about(who);
    const response = await this.#fetch(this.#credentials.baseURL + path, init).catch((error: unknown) => {
      throw thrownWithoutSecrets(error, about);
    });
    if (response.ok) return response;
    // REPLACE: what a refusal means beyond its status and the words that core knows, as a last argument.
    throw await errorFromReply(response, attempt, about);
  }
}
