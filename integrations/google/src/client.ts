import { MortiseError, type Attempt } from '@mortise/core';
import { reading } from '@mortise/core/shared';
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

/** One call as the SDK takes it; the body and the reply go through `fetch`. */
export interface GoogleCall {
  model: string;
  contents: string;
  config: { abortSignal: AbortSignal; httpOptions: { fetch: typeof globalThis.fetch } };
}

/** The part of the SDK's client that is used. `new GoogleGenAI()` fits, in any version since 3, and so does a double. */
export interface GoogleClient {
  /** Whether it speaks to Vertex AI. */
  readonly vertexai?: boolean | undefined;
  readonly models: {
    generateContent(call: GoogleCall): Promise<unknown>;
    generateContentStream(call: GoogleCall): Promise<unknown>;
    embedContent(call: GoogleCall): Promise<unknown>;
  };
}

/** How to reach the provider. */
export interface GoogleConnection {
  /** Default: the environment variable `GEMINI_API_KEY`, read at the first call. Not used with `project`. */
  apiKey?: string | undefined;
  /** Vertex AI: the project of Google Cloud. Google's own libraries then find the credentials. */
  project?: string | undefined;
  /** Vertex AI: the region. Default: `global`. */
  location?: string | undefined;
  /** Default: `v1beta`, or `v1beta1` on Vertex AI, which have all that is documented. */
  apiVersion?: string | undefined;
  /** Without the version. Default: `https://generativelanguage.googleapis.com`, or Vertex AI's in `location`. */
  baseURL?: string | undefined;
  /** Sent with every request. One named `authorization` or `x-goog-api-key` stands in for the key. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** Carries every request to the model. Default: the global `fetch`. */
  fetch?: typeof globalThis.fetch | undefined;
  /** Used as it is, but for its `fetch`; the key, the project, the addresses and the headers are then its business. */
  client?: GoogleClient | undefined;
}

/** Where a connection goes. */
export function baseURLOf({ baseURL, project, location }: GoogleConnection): string {
  if (baseURL !== undefined) return baseURL;
  if (project === undefined) return 'https://generativelanguage.googleapis.com';
  // https://docs.cloud.google.com/vertex-ai/generative-ai/docs/learn/locations
  if (location === undefined || location === 'global') return 'https://aiplatform.googleapis.com';
  if (location === 'us' || location === 'eu') return `https://aiplatform.${location}.rep.googleapis.com`;
  return reading('location', () => `https://${location}-aiplatform.googleapis.com`, 'configuration');
}

const loadSdk = /* @__PURE__ */ lazySdk('google', '@google/genai', () => import('@google/genai'));

const KEY_HEADER = 'x-goog-api-key';

/** Makes the SDK's client at the first call, and sends through it. Keys and clients do not show from outside. */
export class Connection {
  readonly #credentials: Credentials;
  readonly #options: GoogleConnection;
  readonly #fetch: typeof globalThis.fetch;
  #client: Promise<GoogleClient> | undefined;
  /** A key stands there only because the SDK wants one. */
  #keyless = false;

  constructor(options: GoogleConnection) {
    const { location, project, apiKey } = options;
    if (project === undefined ? location !== undefined : apiKey !== undefined) {
      const message =
        project === undefined
          ? 'location is of Vertex AI, which needs a project too. Give project.'
          : 'project is of Vertex AI, apiKey of the Gemini API. Give one of the two.';
      throw new MortiseError('configuration', message, { provider: 'google' });
    }
    this.#credentials = new Credentials(
      { ...options, baseURL: options.baseURL ?? (project === undefined ? undefined : baseURLOf(options)) },
      {
        provider: 'google',
        name: 'Google',
        variable: 'GEMINI_API_KEY',
        defaultBaseURL: baseURLOf({}),
        standIns: ['authorization', KEY_HEADER],
        clientSecrets: [
          'apiKey',
          'apiClient.clientOptions.httpOptions.baseUrl',
          'apiClient.clientOptions.httpOptions.headers',
        ],
      },
    );
    this.#options = options;
    const { query } = this.#credentials;
    this.#fetch = guardedFetch({ provider: 'google', fetch: options.fetch, query });
  }

  get vertex(): boolean {
    return this.#options.project !== undefined || this.#options.client?.vertexai === true;
  }

  /** What must not appear in an error. */
  get secrets(): Secrets {
    return this.#credentials.secrets;
  }

  /**
   * One request, its reply unread. The SDK knows the address and the credentials; the body is ours, and the reply is taken
   * before the SDK could read it. `bodyAt`: what to send, by the address that the SDK chose.
   */
  async send(
    method: keyof GoogleClient['models'],
    bodyAt: (address: string) => object,
    attempt: Attempt,
    { provider, model = '' }: About,
  ): Promise<Response> {
    const client = await (this.#client ??= this.#open());
    const about = { provider, model, secrets: this.secrets };
    let reply: Response | undefined;
    let failure: { readonly error: unknown } | undefined;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      try {
        const headers = new Headers(init?.headers);
        if (this.#keyless) headers.delete(KEY_HEADER);
        const address = input instanceof Request ? input.url : String(input);
        const body = JSON.stringify(bodyAt(address));
        reply = await this.#fetch(address, { ...init, headers, body, signal: attempt.signal });
      } catch (error) {
        failure = { error };
        throw error;
      }
      return Response.json({});
    };
    const config = { abortSignal: attempt.signal, httpOptions: { fetch } };
    try {
      await client.models[method]({ model, contents: 'x', config });
    } catch (error) {
      // What the SDK makes of a reply that it has not got concerns nobody.
      if (failure !== undefined) throw thrownWithoutSecrets(failure.error, about);
      if (reply === undefined) throw attempt.signal.aborted ? error : notSent('Google', error, REMEDY, about);
    }
    if (reply === undefined)
      throw malformed('nothing, as the client did not use the fetch it was given', about);
    const refusal = refusalOf(reply);
    if (refusal === undefined) return reply;
    throw await errorFromReply(refusal, attempt, about);
  }

  async #open(): Promise<GoogleClient> {
    try {
      return this.#options.client ?? (await this.#create());
    } catch (error) {
      // The next call may find the key or the package.
      this.#client = undefined;
      throw error;
    }
  }

  async #create(): Promise<GoogleClient> {
    const { headers, baseURL } = this.#credentials;
    const { project, location = 'global' } = this.#options;
    // Named, as the SDK's own default differs from one of its versions to the next.
    const { apiVersion = project === undefined ? 'v1beta' : 'v1beta1' } = this.#options;
    const httpOptions = { baseUrl: baseURL, apiVersion, headers: { ...headers } };
    if (project !== undefined) {
      const { GoogleGenAI } = await loadSdk();
      // A header that authorises needs no credentials beside it, which would be looked for in files and on the network.
      const authClient = { getRequestHeaders: () => Promise.resolve(new Headers()) };
      const given = this.#credentials.authorised ? { googleAuthOptions: { authClient } as object } : {};
      return new GoogleGenAI({ vertexai: true, project, location, httpOptions, ...given });
    }
    const key = this.#credentials.key();
    this.#keyless = key === undefined && headers[KEY_HEADER] === undefined;
    const { GoogleGenAI } = await loadSdk();
    return new GoogleGenAI({ vertexai: false, apiKey: key ?? 'none', httpOptions });
  }
}

/** Where the SDK failed before it sent anything. */
const REMEDY = 'Check the model, and for Vertex AI the project and its credentials.';
