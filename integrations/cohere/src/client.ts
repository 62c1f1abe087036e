import type * as Sdk from 'cohere-ai';
import { MortiseError } from '@mortise/core';
import type { Attempt } from '@mortise/core/call';
import { thrownWithoutSecrets } from '@mortise/core/wire';
import { errorFromHttp, type ErrorAbout } from './errors.ts';

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

const KEY_VARIABLE = 'CO_API_KEY';
export const DEFAULT_BASE_URL = 'https://api.cohere.com';

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection {
  readonly #options: CohereConnectionOptions;
  #client: Promise<CohereHttpClient> | undefined;
  #key: string | undefined;

  constructor(options: CohereConnectionOptions) {
    this.#options = options;
  }

  /** What must not appear in an error. */
  get secrets(): readonly (string | undefined)[] {
    const values = Object.values(this.#options.headers ?? {});
    return [
      this.#key,
      this.#options.apiKey,
      ...values.map((value) => value.replace(/^(Bearer|Basic) /i, '')),
    ];
  }

  /** One request, its reply unread; throws for a reply that is an error. */
  async send(path: string, body: object, attempt: Attempt, about: ErrorAbout): Promise<Response> {
    const client = await (this.#client ??= this.#open());
    const streamed = 'stream' in body && body.stream === true;
    const headers = {
      'content-type': 'application/json',
      accept: streamed ? 'text/event-stream' : 'application/json',
    };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    // The SDK's own methods parse the reply; its `fetch` gives it as it came.
    let response: Response;
    try {
      response = await client.fetch(path, init, { maxRetries: 0, abortSignal: attempt.signal });
    } catch (error) {
      throw thrownWithoutSecrets(error, about, this.secrets);
    }
    if (response.ok) return response;
    throw await errorFromHttp(response, attempt, { ...about, secrets: this.secrets });
  }

  async #open(): Promise<CohereHttpClient> {
    try {
      return this.#options.client ?? (await this.#create());
    } catch (error) {
      // The next call may find the key or the package.
      this.#client = undefined;
      throw error;
    }
  }

  async #create(): Promise<CohereHttpClient> {
    const { baseURL, headers = {}, fetch } = this.#options;
    const authorised = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    this.#key = keyOf(this.#options);
    if (this.#key === undefined && baseURL === undefined && !authorised) throw missingKey();
    const { CohereClientV2 } = await loadSdk();
    return new CohereClientV2({
      // With an empty token the SDK sends none; with none it would look into the environment.
      token: authorised ? '' : (this.#key ?? ''),
      baseUrl: baseURL ?? DEFAULT_BASE_URL,
      headers: { ...headers },
      maxRetries: 0,
      logging: { silent: true },
      ...(fetch === undefined ? {} : { fetch }),
    });
  }
}

function keyOf({ apiKey }: CohereConnectionOptions): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const key = (apiKey ?? process?.env?.[KEY_VARIABLE])?.trim();
  if (key === undefined || key === '') return undefined;
  // The runtime's own complaint about the header would print the key.
  if (!/[^\x21-\x7e]/.test(key)) return key;
  const message = `The API key holds a character that no key has, such as a line break. Check apiKey or ${KEY_VARIABLE}.`;
  throw new MortiseError('configuration', message, { provider: 'cohere' });
}

function missingKey(): MortiseError {
  const message = `There is no key for Cohere. Set the environment variable ${KEY_VARIABLE}, or give apiKey.`;
  return new MortiseError('configuration', message, { provider: 'cohere' });
}

async function loadSdk(): Promise<typeof Sdk> {
  try {
    return await import('cohere-ai');
  } catch (cause) {
    const message = 'The package cohere-ai could not be loaded. Install it: npm install cohere-ai';
    throw new MortiseError('missing-dependency', message, { provider: 'cohere', cause });
  }
}
