import { MortiseError } from '../errors.ts';
import { giveUp } from './reply-bytes.ts';

/** Redirects of one request that are followed. */
const MOST_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What stands in for a refusal while an SDK carries it, and the refusal. */
const REFUSALS = new WeakMap<Response, Response>();

export interface GuardedFetchOptions {
  /** The integration, for errors. */
  readonly provider: string;
  /** The application's. Default: the global `fetch`, at the time of the call. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** The option by which the application gave the address, for errors. Default: `baseURL`. */
  readonly addressOption?: string | undefined;
  /** Members of the base URL's query, which every request carries. */
  readonly query?: URLSearchParams | undefined;
}

/**
 * A `fetch` for an SDK or a client of one's own. W-03: a redirect to another origin is refused (`configuration`), since keys
 * and the prompt would go along and the other host's reply would count as the model's; within the origin up to 5 are
 * followed. With `carry`, a reply that is an error is handed on as an empty one, so that an SDK does not read its body,
 * which may be anything: `refusalOf` gives it back, unread.
 */
export function guardedFetch(
  { provider, fetch, query, addressOption = 'baseURL' }: GuardedFetchOptions,
  { carry = false }: { readonly carry?: boolean | undefined } = {},
): typeof globalThis.fetch {
  return async (input, init) => {
    const send = fetch ?? globalThis.fetch;
    let url = withQuery(addressOf(input), query);
    let request: RequestInit | undefined = init;
    for (let hops = 0; ; hops++) {
      const target = input instanceof Request && hops === 0 && query === undefined ? input : url;
      const response = await send(target, { ...request, redirect: 'manual' });
      const next = redirectOf(response, url);
      if (next === undefined) {
        if (response.ok || !carry) return response;
        const stand = new Response(null, { status: 200 });
        REFUSALS.set(stand, response);
        return stand;
      }
      if (response.body !== null) giveUp(response.body);
      request = follow(request, { status: response.status, next, from: url, hops, provider, addressOption });
      url = next;
    }
  };
}

/** The error reply that a guarded fetch carried through an SDK, unread; undefined for any other reply. */
export function refusalOf(response: Response): Response | undefined {
  return REFUSALS.get(response) ?? (response.ok ? undefined : response);
}

function addressOf(input: string | URL | Request): string {
  if (typeof input === 'string') return input;
  return input instanceof URL ? input.href : input.url;
}

function withQuery(address: string, query: URLSearchParams | undefined): string {
  if (query === undefined || query.size === 0) return address;
  const url = new URL(address);
  for (const [name, value] of query) if (!url.searchParams.has(name)) url.searchParams.append(name, value);
  return url.href;
}

/** Where a reply sends on to; `hidden` where the runtime does not say. */
function redirectOf(response: Response, from: string): string | undefined {
  if (response.type === 'opaqueredirect') return 'hidden:';
  const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null;
  if (location === null) return undefined;
  return URL.parse(location, from)?.href ?? 'hidden:';
}

interface Redirect extends Required<Pick<GuardedFetchOptions, 'provider' | 'addressOption'>> {
  readonly status: number;
  readonly next: string;
  readonly from: string;
  readonly hops: number;
}

function follow(
  init: RequestInit | undefined,
  { status, next, from, hops, provider, addressOption }: Redirect,
): RequestInit {
  const refused = (message: string): MortiseError =>
    new MortiseError('configuration', message, { provider, status });
  const [to, here] = [URL.parse(next), URL.parse(from)];
  const { method = 'GET', body } = init ?? {};
  // Only what was not read yet can be sent again.
  const isAgain = body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body);
  if (to === null || here === null || to.origin !== here.origin || to.username !== '' || !isAgain) {
    const where = to === null || to.protocol === 'hidden:' ? 'elsewhere' : `to ${to.origin}`;
    throw refused(
      `${provider} answered ${status}: it sends requests on ${where}, and nothing was sent there. If that is right, give it as ${addressOption}.`,
    );
  }
  if (hops >= MOST_REDIRECTS)
    throw refused(
      `${provider} sent the request on more than ${MOST_REDIRECTS} times. Check ${addressOption}.`,
    );
  if (status === 307 || status === 308 || method === 'GET' || method === 'HEAD') return { ...init };
  // As every client does: https://fetch.spec.whatwg.org/#http-redirect-fetch
  const headers = new Headers(init?.headers);
  for (const name of ['content-type', 'content-length', 'content-encoding']) headers.delete(name);
  return { ...init, method: 'GET', body: null, headers };
}
