import { MortiseError } from '../errors.ts';

/** How to reach a provider: the same names in every integration that sends requests. */
export interface ConnectionSettings {
  readonly apiKey?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** What an integration says of its provider. */
export interface ProviderAccess {
  /** The integration, such as `openai`. */
  readonly provider: string;
  /** As it is written in a sentence, such as `OpenAI`. */
  readonly name: string;
  /** The environment variable that holds the key. */
  readonly variable: string;
  readonly defaultBaseURL: string;
  /** Headers that stand in for the key, in lower case. Default: `authorization`. */
  readonly standIns?: readonly string[] | undefined;
}

/**
 * The key, the base URL and the headers of a connection, read and checked in one way for every integration. Nothing of it
 * shows from outside, and the environment is read at the first call. `configuration` at construction for a base URL that is
 * none; at the first call for a key that is missing, and for a key or a header that cannot be sent.
 */
export class Credentials {
  /** As given, without a slash at its end. */
  readonly #baseURL: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #apiKey: string | undefined;
  readonly #ownBaseURL: boolean;
  readonly #access: ProviderAccess;
  #key: string | undefined;

  constructor({ apiKey, baseURL, headers = {} }: ConnectionSettings, access: ProviderAccess) {
    this.#access = access;
    this.#apiKey = apiKey;
    this.#ownBaseURL = baseURL !== undefined;
    this.#baseURL = checkBaseURL(baseURL ?? access.defaultBaseURL, access);
    this.#headers = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
    );
  }

  get baseURL(): string {
    return this.#baseURL;
  }

  /** The caller's, their names in lower case. Throws `configuration` for one that cannot be sent. */
  get headers(): Readonly<Record<string, string>> {
    checkHeaders(this.#headers, this.#access);
    return this.#headers;
  }

  /** A header of the caller's stands in for the key. */
  get authorised(): boolean {
    const { standIns = ['authorization'] } = this.#access;
    return standIns.some((name) => this.#headers[name] !== undefined);
  }

  /**
   * The key to send. Undefined where a header stands in for it, and, with a base URL of the caller's, where there is none:
   * a server of one's own may want none. Blanks around the variable's are left out, as a file ends in a line break; any
   * other character that no key has is refused.
   */
  key(): string | undefined {
    if (this.authorised) return undefined;
    return (this.#key ??= this.#readKey());
  }

  /** What no error may show. */
  get secrets(): readonly (string | undefined)[] {
    const values = Object.entries(this.#headers).filter(([name]) => !PLAIN_HEADERS.has(name));
    return [
      this.#key,
      this.#apiKey?.trim(),
      ...values.flatMap(([, value]) => [value, value.replace(/^(bearer|basic|token) /i, '')]),
    ];
  }

  #readKey(): string | undefined {
    const { provider, name, variable } = this.#access;
    const given = this.#apiKey?.trim() === '' ? undefined : this.#apiKey;
    const key = given ?? environmentVariable(variable)?.trim();
    if (key === undefined || key === '') {
      if (this.#ownBaseURL) return undefined;
      const message = `There is no key for ${name}. Set the environment variable ${variable}, or give apiKey.`;
      throw new MortiseError('configuration', message, { provider });
    }
    // The runtime's own complaint about the header would print the key.
    if (!/[^\x21-\x7e]/.test(key)) return key;
    const message = `The API key holds a character that no key has, such as a line break. Check apiKey or ${variable}.`;
    throw new MortiseError('configuration', message, { provider });
  }
}

/** Their values are no secrets, and stand in sentences of ours. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type']);

/** Undefined where there is no `process`: browsers and some edge runtimes. */
function environmentVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

function checkBaseURL(baseURL: string, { provider }: ProviderAccess): string {
  let url: URL | undefined;
  try {
    url = new URL(baseURL);
  } catch {
    // Told below, without the text: it may hold a credential.
  }
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    const message = 'baseURL is no address that begins with http:// or https://. Give the whole of it.';
    throw new MortiseError('configuration', message, { provider });
  }
  let end = baseURL.length;
  while (baseURL[end - 1] === '/') end--;
  return baseURL.slice(0, end);
}

/** The runtime refuses these too, and prints the value. */
function checkHeaders(headers: Readonly<Record<string, string>>, { provider }: ProviderAccess): void {
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && !/[^\t\x20-\x7e\x80-\xff]/.test(value)) continue;
    const message = `The header ${name} holds what no header can, such as a line break. Check headers.`;
    throw new MortiseError('configuration', message, { provider });
  }
}

/**
 * Loads an SDK at the first call, once (importing one costs 110 to 240 ms). A package that is not there is
 * `missing-dependency` with the command that installs it, and looked for again at the next call.
 */
export function lazySdk<T>(provider: string, packageName: string, load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () =>
    (loading ??= load().catch((cause: unknown) => {
      loading = undefined;
      const message = `The package ${packageName} could not be loaded. Install it: npm install ${packageName}`;
      throw new MortiseError('missing-dependency', message, { provider, cause });
    }));
}
