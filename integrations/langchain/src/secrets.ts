import { isObject } from '@mortise/core/shared';

/**
 * What no error may show of something of theirs, or of an error, which HTTP libraries hang the request on: what it names as
 * secret, the keys in its members and headers, the credentials and queries of its addresses (some are signed there); also of
 * what stands in it, such as its client and its embeddings. Never throws.
 */
export function secretsOf(root: unknown): string[] {
  const found: unknown[] = [];
  const holders = new Set([root]);
  // A set gives what is added while it is read, each once: what is near comes first.
  for (const holder of holders) {
    for (const [name] of pairsOf(member(holder, 'lc_secrets'))) found.push(member(holder, name));
    for (const [, value] of pairsOf(member(holder, 'defaultHeaders'))) found.push(value);
    for (const [name, value] of [...pairsOf(holder), ...pairsIn(holder, HIDDEN)]) {
      if (KEY.test(name)) found.push(value);
      const url = serverAddress(value);
      if (url !== null)
        found.push(decoded(url.username), decoded(url.password), ...url.searchParams.values());
      if (holders.size < MOST_HOLDERS && isObject(value)) holders.add(value);
    }
  }
  return found.flat().filter((value): value is string => typeof value === 'string');
}

/**
 * Names of what is secret. Not every `...Key` and `...token`: a store's `textKey` names a member of documents, and a model
 * has an `eosToken`. Neither is what only tells two requests apart, nor a cookie that came with a reply.
 */
const KEY =
  /^(?!idempotency-|set-).*(authorization|cookie|secret|password|(-|api|access|auth|bearer|hub|private|refresh|session|supabase)_?(key|token))$|^token$/i;

/** Members of classes, which are not objects' own; and the cause, which does not enumerate. */
const HIDDEN = ['headers', 'url', 'href', 'cause'];

/** Far more than stand near, and an end where every look gives another object. */
const MOST_HOLDERS = 100;

type Pair = readonly [name: string, value: unknown];

/** Undefined where it cannot be read: nothing of this may stand in the way of the error. */
function member(holder: unknown, name: string): unknown {
  try {
    return isObject(holder) ? holder[name] : undefined;
  } catch {
    return undefined;
  }
}

function pairsIn(holder: unknown, names: readonly string[]): Pair[] {
  return names.map((name) => [name, member(holder, name)]);
}

/** An object's own members, or those of `Headers` and maps of any class. Bytes have none. */
function pairsOf(holder: unknown): Pair[] {
  try {
    if (!isObject(holder) || ArrayBuffer.isView(holder)) return [];
    if (!('get' in holder && Symbol.iterator in holder)) return pairsIn(holder, Object.keys(holder));
    return Array.from(holder as unknown as Iterable<Pair>, ([name, value]) => [String(name), value]);
  } catch {
    return [];
  }
}

/** Of a server: `C:\a.txt` and `Error: none` are addresses too, to a parser. */
export function serverAddress(text: unknown): URL | null {
  const url = typeof text === 'string' ? URL.parse(text) : null;
  return url?.host === '' ? null : url;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
