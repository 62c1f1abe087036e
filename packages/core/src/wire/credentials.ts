import { reading } from '../shared/options.ts';
import { MortiseError } from '../errors.ts';
import { base64Of } from '../shared/base64.ts';

/** How to reach a provider: the same names in every integration that sends requests. */
export interface ConnectionSettings {
  readonly apiKey?: string | undefined;
  readonly baseURL?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** A client of the caller's: what it sends is its own business, but no error and no event may show its key either. */
  readonly client?: object | undefined;
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
  /**
   * Where a client of the provider's SDK keeps its keys, its address, and the headers that it sends with every request: names of
   * properties, such as `apiKey`, `baseURL` and `_options.defaultHeaders`. Default: none.
   */
  readonly clientSecrets?: readonly string[] | undefined;
}

/**
 * The key, the base URL and the headers of a connection, read and checked in one way for every integration. Nothing of it
 * shows from outside, and the environment is read at the first call. `configuration` at construction for a base URL that is
 * none; at the first call for a key that is missing, and for a key or a header that cannot be sent.
 */
export class Credentials {
  readonly #url: BaseURL;
  #headers: Readonly<Record<string, string>>;
  readonly #apiKey: string | undefined;
  readonly #ownBaseURL: boolean;
  readonly #access: ProviderAccess;
  readonly #client: object | undefined;
  #key: string | undefined;
  #keys: readonly (string | undefined)[] = [];
  #secrets: readonly (string | undefined)[] | undefined;
  #clientAddress: { readonly text: string; readonly secrets: readonly string[] } | undefined;

  constructor({ apiKey, baseURL, headers = {}, client }: ConnectionSettings, access: ProviderAccess) {
    this.#access = access;
    this.#client = client;
    this.#apiKey = apiKey;
    this.#ownBaseURL = baseURL !== undefined;
    this.#url = readBaseURL(baseURL ?? access.defaultBaseURL, access);
    this.#headers = reading('headers', () => lowerCased(headers), 'configuration');
    const { basic } = this.#url;
    if (basic === undefined) return;
    // They stand in for the key, and beside another one nobody could tell which is meant.
    if (this.authorised || apiKey !== undefined)
      throw misfit(
        'baseURL holds credentials (user:password@), and there is a key beside them. Give one of the two.',
        access,
      );
    this.#headers = { ...this.#headers, authorization: basic };
  }

  /** Without a slash at its end, without credentials (they are a header) and without its query. */
  get baseURL(): string {
    return this.#url.address;
  }

  /** The base URL's query, which every request carries; empty where it has none. */
  get query(): URLSearchParams {
    return this.#url.query;
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

  /**
   * What no error may show. The same list until a key is another one: `redact` keeps the pattern of all forms by its list, and
   * a stream asks for it with every event.
   */
  get secrets(): readonly (string | undefined)[] {
    const keys = [this.#key, ...this.#ofClient()];
    const known = this.#keys;
    if (
      this.#secrets === undefined ||
      keys.length !== known.length ||
      keys.some((key, at) => key !== known[at])
    ) {
      this.#keys = keys;
      this.#secrets = [...keys, this.#apiKey, ...secretValues(this.#headers), ...this.#url.secrets];
    }
    return this.#secrets;
  }

  /** Read anew each time: some clients get a new key before a request. */
  #ofClient(): readonly string[] {
    const { clientSecrets = [] } = this.#access;
    if (this.#client === undefined) return [];
    return clientSecrets.flatMap((path) => {
      const value = path.split('.').reduce<unknown>(property, this.#client);
      const text = typeof value === 'string' ? value : property(value, 'href');
      if (typeof text !== 'string') return secretValues(value);
      return /^https?:/.test(text) ? this.#ofAddress(text) : [text];
    });
  }

  #ofAddress(text: string): readonly string[] {
    if (this.#clientAddress?.text !== text) {
      const url = URL.parse(text);
      this.#clientAddress = { text, secrets: url === null ? [] : partsOf(url).secrets };
    }
    return this.#clientAddress.secrets;
  }

  #readKey(): string | undefined {
    const { name, variable } = this.#access;
    const given = this.#apiKey?.trim() === '' ? undefined : this.#apiKey;
    const key = given ?? environmentVariable(variable)?.trim();
    if (key === undefined || key === '') {
      if (this.#ownBaseURL) return undefined;
      throw misfit(
        `There is no key for ${name}. Set the environment variable ${variable}, or give apiKey.`,
        this.#access,
      );
    }
    // The runtime's own complaint about the header would print the key.
    if (!/[^\x21-\x7e]/.test(key)) return key;
    throw misfit(
      `The API key holds a character that no key has, such as a line break. Check apiKey or ${variable}.`,
      this.#access,
    );
  }
}

/** A text would be a header for each of its characters, and a `Headers` or a `Map` none at all. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const proto = Object(headers) === headers ? (Object.getPrototypeOf(headers) as object | null) : undefined;
  // Not by `Object.prototype`: it may come from another realm.
  if (proto === undefined || (proto !== null && Object.getPrototypeOf(proto) !== null))
    throw new TypeError('it takes a plain object');
  const entries = Object.entries(headers);
  if (!entries.every(([, value]) => typeof value === 'string')) throw new TypeError('a value is no string');
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

/** Of headers in any shape that `fetch` takes, or of none. */
function secretValues(headers: unknown): string[] {
  try {
    const given: unknown = Object(headers);
    const pairs = isIterable(given) ? [...given] : Object.entries(given as object);
    return pairs.flatMap(([name, value]) =>
      typeof value === 'string' && !PLAIN_HEADERS.has(String(name).toLowerCase()) ? [value] : [],
    );
  } catch {
    return [];
  }
}

function isIterable(headers: unknown): headers is Iterable<readonly unknown[]> {
  return Symbol.iterator in Object(headers);
}

/** Undefined for what cannot be read: a client is not refused for a property that nobody sends. */
function property(holder: unknown, name: string): unknown {
  try {
    return (holder as Readonly<Record<string, unknown>> | undefined)?.[name];
  } catch {
    return undefined;
  }
}

/** Headers whose values are not secret and may stand in messages. */
const PLAIN_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'content-type']);

/** Undefined where there is no `process`: browsers and some edge runtimes. */
function environmentVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

/** A base URL in its parts. */
interface BaseURL {
  readonly address: string;
  readonly query: URLSearchParams;
  /** Its `user:password@` as the value of a header. */
  readonly basic: string | undefined;
  readonly secrets: readonly string[];
}

function readBaseURL(baseURL: string, access: ProviderAccess): BaseURL {
  const url = typeof baseURL === 'string' ? URL.parse(baseURL) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    // Without the text: it may hold a credential.
    throw misfit('baseURL is no address that begins with http:// or https://. Give the whole of it.', access);
  }
  const query = new URLSearchParams(url.search);
  const { basic, secrets } = partsOf(url);
  url.search = url.hash = url.username = url.password = '';
  let end = url.href.length;
  while (url.href[end - 1] === '/') end--;
  return { address: url.href.slice(0, end), query, basic, secrets };
}

/** What an address tells besides where a server is: its user and password, its query, and what stands in its path like a token. */
function partsOf(url: URL): Pick<BaseURL, 'basic' | 'secrets'> {
  const [user, password] = [decoded(url.username), decoded(url.password)];
  const pair = `${user}:${password}`;
  const basic = pair === ':' ? undefined : `Basic ${base64Of(new TextEncoder().encode(pair))}`;
  const path = url.pathname.split('/').filter(looksLikeToken);
  const told = [basic, user, password, ...new URLSearchParams(url.search).values(), ...path];
  return { basic, secrets: told.filter((part) => part !== undefined) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Letters and digits of a length that no name has. */
function looksLikeToken(segment: string): boolean {
  return segment.length >= 16 && /\d/.test(segment) && /[a-z]/i.test(segment);
}

function misfit(message: string, { provider }: ProviderAccess): MortiseError {
  return new MortiseError('configuration', message, { provider });
}

/** The runtime refuses these too, and prints the value. */
function checkHeaders(headers: Readonly<Record<string, string>>, access: ProviderAccess): void {
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === 'string' && !/[^\t\x20-\x7e\x80-\xff]/.test(value)) continue;
    throw misfit(`The header ${name} holds what no header can, such as a line break. Check headers.`, access);
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
