import { base64Of } from '../shared/base64.ts';

/** What must not be shown: keys, tokens, whatever a request carried that others must not read. */
export type Secrets = readonly (string | undefined)[] | undefined;

/** Shorter ones stand in every text. */
const SHORTEST = 4;
const REDACTED = '[redacted]';

/**
 * `text` without the secrets of at least 4 characters, in every form in which they come back: as they are, encoded for a
 * URL or as JSON, in base64 of either alphabet, as the credentials in `Basic`, or one of their lines.
 */
export function redact(text: string, secrets: Secrets): string {
  const pattern = patternOf(secrets);
  return pattern === undefined ? text : text.replace(pattern, REDACTED);
}

const PATTERNS = new WeakMap<object, RegExp | 'none'>();

function patternOf(secrets: Secrets): RegExp | undefined {
  if (secrets === undefined) return undefined;
  const known = PATTERNS.get(secrets);
  if (known !== undefined) return known === 'none' ? undefined : known;
  const forms = [...new Set(secrets.flatMap((secret) => (secret === undefined ? [] : formsOf(secret))))]
    .filter((form) => form.length >= SHORTEST)
    // The longest first: none hides behind a part of itself.
    .toSorted((a, b) => b.length - a.length);
  const pattern = forms.length === 0 ? undefined : new RegExp(forms.map(literal).join('|'), 'g');
  PATTERNS.set(secrets, pattern ?? 'none');
  return pattern;
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

function formsOf(secret: string): string[] {
  const [, scheme = '', credentials = secret] =
    /^(bearer|basic|token|key)\s+(\S.*)$/is.exec(secret.trim()) ?? [];
  const plain = new Set([secret, secret.trim(), credentials]);
  // A runtime quotes what is before a line break, or behind it.
  for (const line of secret.split(/[\r\n]+/)) if (line.trim().length >= 8) plain.add(line.trim());
  if (scheme.toLowerCase() === 'basic') for (const part of basicParts(credentials)) plain.add(part);
  return [...plain].filter((form) => form.length >= SHORTEST).flatMap(encodings);
}

function encodings(text: string): string[] {
  const base64 = base64Of(new TextEncoder().encode(text));
  const unpadded = base64.split('=')[0] ?? base64;
  const url = urlEncoded(text);
  return [
    text,
    url,
    url.replaceAll('%20', '+'),
    url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    JSON.stringify(text).slice(1, -1),
    // Twice, as a gateway that quotes a body.
    JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
    base64,
    unpadded,
    unpadded.replaceAll('+', '-').replaceAll('/', '_'),
  ];
}

function urlEncoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half a surrogate pair.
    return text;
  }
}

/** User and password of `Basic` credentials. */
function basicParts(credentials: string): string[] {
  try {
    const decoded = atob(credentials);
    const colon = decoded.indexOf(':');
    return colon === -1 ? [decoded] : [decoded, decoded.slice(colon + 1)];
  } catch {
    return [];
  }
}

/** Values that are looked at before a cause is taken for one that cannot be shown. */
const MOST_LOOKED_AT = 20_000;
/** Bytes of a buffer that are looked at. */
const MOST_BYTES = 65_536;

/**
 * The cause, unless something in it would print a secret, however deep and in whatever it stands: errors and their causes,
 * maps, sets, headers, requests, URLs, buffers, getters that throw, cycles. What is too large to be looked through is left
 * out too.
 */
export function withoutSecrets(cause: unknown, secrets: Secrets): unknown {
  const pattern = patternOf(secrets);
  if (pattern === undefined || cause === undefined || cause === null) return cause;
  return holdsSecret(cause, pattern) ? undefined : cause;
}

function holdsSecret(root: unknown, pattern: RegExp): boolean {
  const seen = new Set<unknown>();
  const pending: unknown[] = [root];
  for (let count = 0; pending.length > 0; count++) {
    if (count > MOST_LOOKED_AT) return true;
    const value = pending.pop();
    if (typeof value === 'string') {
      if (value.search(pattern) !== -1) return true;
    } else if ((typeof value === 'object' && value !== null) || typeof value === 'function') {
      if (seen.has(value)) continue;
      seen.add(value);
      // One by one: a list may be longer than the arguments of a call.
      for (const part of partsOf(value)) pending.push(part);
    }
  }
  return false;
}

function partsOf(value: object): unknown[] {
  try {
    if (ArrayBuffer.isView(value)) return [bytesText(value)];
    if (value instanceof Map) return [...value.keys(), ...value.values(), ...ownParts(value)];
    if (value instanceof Set) return [...value, ...ownParts(value)];
    if (value instanceof Headers) return [...value.values()];
    if (value instanceof URL) return [value.href];
    if (value instanceof URLSearchParams) return [value.toString()];
    if (value instanceof Request) return [value.url, value.headers, ...ownParts(value)];
    if (value instanceof Response) return [value.url, value.headers, ...ownParts(value)];
    return ownParts(value);
  } catch {
    // A proxy that refuses to be looked at shows nothing either.
    return [];
  }
}

/** Names and values, hidden ones and symbols included: `inspect` shows them. */
function ownParts(value: object): unknown[] {
  const parts: unknown[] = [];
  for (const key of Reflect.ownKeys(value)) {
    parts.push(typeof key === 'string' ? key : key.description);
    try {
      parts.push((value as Record<PropertyKey, unknown>)[key]);
    } catch {
      // A getter that throws shows nothing.
    }
  }
  if (value instanceof Error) parts.push(value.message, value.stack, value.cause);
  return parts;
}

function bytesText({ buffer, byteOffset, byteLength }: ArrayBufferView): string {
  return new TextDecoder('latin1').decode(
    new Uint8Array(buffer, byteOffset, Math.min(byteLength, MOST_BYTES)),
  );
}
