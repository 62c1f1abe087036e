import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import { errorFromResponse, isObject, readText, type About } from '@mortise/core/wire';

/** How to reach the provider. The same names in every integration. */
export interface AcmeConnectionOptions {
  /** Default: the environment variable `ACME_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Default: `https://api.acme.example`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** What a request needs of an attempt. */
export type Sending = Pick<Attempt, 'signal' | 'touch'>;

// REPLACE: where the API is, and the variable its users keep their key in.
const DEFAULT_BASE_URL = 'https://api.acme.example';
const KEY_VARIABLE = 'ACME_API_KEY';

/** Sends requests, and makes typed errors of the replies that are none. The key does not show from outside. */
export class Connection {
  readonly #options: AcmeConnectionOptions;
  #key: string | undefined;

  constructor(options: AcmeConnectionOptions) {
    this.#options = options;
  }

  /** What must not appear in an error. */
  get secrets(): readonly (string | undefined)[] {
    return [this.#key, this.#options.apiKey, ...Object.values(this.#options.headers ?? {})];
  }

  /** One request, its reply unread. */
  async send(path: string, body: object, attempt: Sending, about: About): Promise<Response> {
    const { baseURL = DEFAULT_BASE_URL, headers = {}, fetch = globalThis.fetch } = this.#options;
    this.#key ??= this.#readKey();
    // REPLACE: how the API wants its key.
    const authorization = this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
    const response = await fetch(baseURL.replace(/\/+$/, '') + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization, ...headers },
      body: JSON.stringify(body),
      signal: attempt.signal,
    });
    if (response.ok) return response;
    const failure = errorOf(await readText(response, attempt));
    throw errorFromResponse({
      requestId: response.headers.get('x-request-id') ?? undefined,
      ...about,
      status: response.status,
      headers: response.headers,
      ...failure,
      secrets: this.secrets,
    });
  }

  #readKey(): string | undefined {
    const { apiKey, baseURL } = this.#options;
    const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
    const key = (apiKey ?? process?.env?.[KEY_VARIABLE])?.trim();
    if (key !== undefined && key !== '') {
      // The runtime's own complaint about the header would print the key.
      if (!/[^\x21-\x7e]/.test(key)) return key;
      const message = `The API key holds a character that no key has, such as a line break. Check apiKey or ${KEY_VARIABLE}.`;
      throw new MortiseError('configuration', message, { provider: 'acme' });
    }
    if (baseURL !== undefined) return undefined;
    const message = `There is no key for Acme. Set the environment variable ${KEY_VARIABLE}, or give apiKey.`;
    throw new MortiseError('configuration', message, { provider: 'acme' });
  }
}

// REPLACE: what the API says when it refuses beyond its status (and, above, which header holds the request's id).
function errorOf(text: string): { message?: string; code?: 'quota' | 'context-length' } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy's page says nothing of use.
    return {};
  }
  const error = isObject(body) && isObject(body['error']) ? body['error'] : {};
  const message = typeof error['message'] === 'string' ? { message: error['message'] } : {};
  const { code } = error;
  return code === 'quota' || code === 'context-length' ? { ...message, code } : message;
}
