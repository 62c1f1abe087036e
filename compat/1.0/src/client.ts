import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import { errorFromResponse, isObject, readText, type About } from '@mortise/core/wire';

/** How to reach the provider. The same names in every integration. */
export interface FrozenConnectionOptions {
  /** Default: the environment variable `FROZEN_API_KEY`, read at the first call. */
  apiKey?: string | undefined;
  /** Default: `https://api.frozen.example`. With a base URL the key may be missing. */
  baseURL?: string | undefined;
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** What a request needs of an attempt. */
export type Sending = Pick<Attempt, 'signal' | 'touch'>;
const DEFAULT_BASE_URL = 'https://api.frozen.example';
const KEY_VARIABLE = 'FROZEN_API_KEY';

/** Sends requests, and makes typed errors of the replies that are none. The key does not show from outside. */
export class Connection {
  readonly #options: FrozenConnectionOptions;
  #key: string | undefined;

  constructor(options: FrozenConnectionOptions) {
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
      throw new MortiseError('configuration', message, { provider: 'frozen' });
    }
    if (baseURL !== undefined) return undefined;
    const message = `There is no key for Frozen. Set the environment variable ${KEY_VARIABLE}, or give apiKey.`;
    throw new MortiseError('configuration', message, { provider: 'frozen' });
  }
}
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
