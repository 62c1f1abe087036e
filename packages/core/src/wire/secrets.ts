import { base64Of } from '../shared/base64.ts';

/** What must not be shown: keys, tokens, whatever a request carried that others must not read. */
export type Secrets = readonly (string | undefined)[] | undefined;

/** Shorter ones stand in every text. */
const SHORTEST = 4;

/**
 * `text` without the secrets of at least 4 characters, in every form in which they come back: as they are, escaped for a
 * URL, JSON or HTML, in base64 of either alphabet (also of a text around them), without the scheme before them, or as one
 * of their lines, cookies or parameters. `mask` gives what stands in place of one. Default: `[redacted]`.
 */
export function redact(
  text: string,
  secrets: Secrets,
  mask: (form: string) => string = () => '[redacted]',
): string {
  const pattern = patternOf(secrets);
  return pattern === undefined ? text : text.replace(pattern, mask);
}

const PATTERNS = new WeakMap<object, RegExp | 'none'>();

function patternOf(secrets: Secrets): RegExp | undefined {
  if (secrets === undefined) return undefined;
  const known = PATTERNS.get(secrets);
  if (known !== undefined) return known === 'none' ? undefined : known;
  const forms = [...new Set(secrets.flatMap((secret) => (secret === undefined ? [] : formsOf(secret))))]
    .filter((form) => form.length >= SHORTEST)
    // The longest first: none hides behind a part of itself.
    .toSorted((a, b) => b.length - a.length)
    .map((form) => form.replace(/\W/gu, escapes));
  const pattern = forms.length === 0 ? undefined : new RegExp(forms.join('|'), 'g');
  PATTERNS.set(secrets, pattern ?? 'none');
  return pattern;
}

function formsOf(secret: string): string[] {
  const [, scheme = '', credentials = secret] = /^([\w-]+)\s+(\S.*)$/s.exec(secret.trim()) ?? [];
  const plain = new Set([secret, secret.trim(), credentials]);
  // A runtime quotes what is before a line break, or behind it; a server one cookie, or the value of one.
  for (const part of secret.split(/[\r\n;,]+/))
    for (const each of [part.trim(), part.slice(part.indexOf('=') + 1).trim()])
      if (each.length >= 8) plain.add(each);
  if (scheme.toLowerCase() === 'basic') for (const part of basicParts(credentials)) plain.add(part);
  return [...plain].filter((form) => form.length >= SHORTEST).flatMap((form) => [form, ...base64s(form)]);
}

/** As a whole, and what every text around it leaves of it, which depends on the bytes before it: 3 make 4 characters. */
function base64s(form: string): string[] {
  const bytes = new TextEncoder().encode(form);
  return [0, 1, 2].flatMap((before) => {
    const text = base64Of(Uint8Array.of(...new Uint8Array(before), ...bytes));
    const inner = text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3));
    return before === 0 ? [text, inner] : [inner];
  });
}

/** How texts write a character that words do not have: as it is, or escaped once or twice. */
function escapes(char: string): string {
  const short = JSON.stringify(char).slice(-2, -1);
  const units = Array.from({ length: char.length }, (_, at) => `\\\\+u${hex(char.charCodeAt(at), 4)}`);
  const bytes = Array.from(new TextEncoder().encode(char), (byte) => `%(?:25)?${hex(byte, 2)}`);
  return `(?:\\\\{0,7}${/\w/.test(short) ? `(?:\\${char}|\\\\${short})` : `\\${char}`}|${units.join('')}|${bytes.join('')}|&#?\\w{2,6};${LIKE[char] ?? ''})`;
}

/** In forms; in the other alphabet of base64, whose padding may be left out. */
const LIKE: Readonly<Record<string, string>> = { ' ': '|\\+', '+': '|-', '/': '|_', '=': '|' };

function hex(code: number, digits: number): string {
  return code
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
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
  return holdsSecret(cause, pattern, secrets) ? undefined : cause;
}

/** Characters of a secret that a quotation may not show. */
const LEAST_PIECE = 6;

/** `JSON.parse` quotes some ten characters around the place that it cannot read: a piece of a secret is one too. */
function quotesPiece({ message }: SyntaxError, secrets: Secrets): boolean {
  const [, quoted = ''] = /"([^]*)"/.exec(message.slice(0, 200)) ?? [];
  for (let at = 0; at + LEAST_PIECE <= quoted.length; at++) {
    const piece = quoted.slice(at, at + LEAST_PIECE);
    if (secrets?.some((secret) => secret?.includes(piece)) === true) return true;
  }
  return false;
}

function holdsSecret(root: unknown, pattern: RegExp, secrets: Secrets): boolean {
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
      if (value instanceof SyntaxError && quotesPiece(value, secrets)) return true;
      // One by one: a list may be longer than the arguments of a call.
      for (const part of partsOf(value)) pending.push(part);
    }
  }
  return false;
}

function partsOf(value: object): unknown[] {
  try {
    if (ArrayBuffer.isView(value)) return [bytesText(value)];
    // What classes of the platform show by themselves, and not as members of their own.
    const { url, href, headers } = value as { readonly [name: string]: unknown };
    const inside = [Map, Set, Headers, URLSearchParams].some((kind) => value instanceof kind)
      ? [...(value as Iterable<unknown>)]
      : [];
    return [...inside, url, href, headers, ...ownParts(value)];
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
