import { sha256Hex } from '@mortise/core/shared';

/** Who may send requests. */
export interface HttpRules {
  /** Null: whoever reaches the server. */
  readonly token: string | null;
  /** Host names, without port. */
  readonly hosts: readonly string[];
  /** Origins of pages, such as `https://app.example.com`. */
  readonly origins: readonly string[];
}

/**
 * Why a request is refused; undefined: it is not. A page that had a name of its own point to this machine (DNS rebinding) sends that name
 * as its host, and its own address as its origin: both must be known before anything of the request is read.
 */
export function refusalOf(request: Request, { token, hosts, origins }: HttpRules): Response | undefined {
  const named = request.headers.get('host') ?? new URL(request.url).host;
  const host = hostOf(named);
  if (host === undefined || !hosts.includes(host)) return refused(403, 'This host is not served here.');
  const origin = request.headers.get('origin');
  // A page of this very server comes from a host that was named.
  if (origin !== null && !origins.includes(origin) && URL.parse(origin)?.host !== named)
    return refused(403, 'Pages of this origin are not served here.');
  if (token === null || isSame(bearerOf(request), token)) return undefined;
  return refused(401, 'A bearer token is needed.', { 'www-authenticate': 'Bearer' });
}

function hostOf(host: string): string | undefined {
  return URL.parse(`http://${host}`)?.hostname;
}

function bearerOf(request: Request): string {
  return /^Bearer ([\x21-\x7e]{1,8192})$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? '';
}

/** In the same time wherever they differ: hashes of one length, every digit of which is looked at. */
function isSame(given: string, token: string): boolean {
  const [one, other] = [sha256Hex(given), sha256Hex(token)];
  let difference = 0;
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at);
  return difference === 0;
}

/** An error of JSON-RPC without an id, since the request was not read. */
export function refused(status: number, message: string, headers: Record<string, string> = {}): Response {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null });
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}
