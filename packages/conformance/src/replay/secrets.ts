import { Buffer } from 'node:buffer';
import { Credentials, redact } from '@mortise/core/wire';

/** What stands in place of each character of a secret: lengths, and so the bytes of a stream, stay as they were. */
const MASK = '*';

/** Patterns of secrets of any provider; the part to mask is the last group. */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a key', /()\b((?:sk|pk|rk|co|xai|gsk|hf|pplx|r8)[-_][A-Za-z0-9_-]{16,})/g],
  ['a Google key', /()\b(AIza[A-Za-z0-9_-]{30,})/g],
  ['an AWS key', /()\b((?:AKIA|ASIA)[A-Z0-9]{16})\b/g],
  ['a Bedrock key', /()\b(ABSK[A-Za-z0-9+/=]{30,})/g],
  ['a GitHub or Slack token', /()\b((?:gh[pousr]_|github_pat_|xox[abprs]-)[A-Za-z0-9_-]{16,})/g],
  ['a signed token', /()\b(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+)/g],
  ['credentials', /(\b(?:bearer|basic)\s+)([A-Za-z0-9._~+/=-]{8,})/gi],
  ['credentials in a URL', /(\/\/[^/\s:@"]+:)([^/\s@"*]+)(?=@)/g],
  [
    'a secret parameter',
    /([?&](?:key|api[-_]?key|access[-_]?token|token|sig|signature|secret|password)=)([^&\s"#]+)/gi,
  ],
  [
    'a secret member',
    /(\\?"(?:api[-_]?key|x-api-key|access[-_]?token|refresh[-_]?token|authorization|client[-_]?secret|secret|password)\\?"\s*:\s*\\?")([^"\\]+)/gi,
  ],
];

/** The kinds of what looks like a secret in the text, and of the given ones that stand in it. */
export function secretsIn(text: string, secrets: readonly string[] = []): string[] {
  const known = redact(text, withBytes(secrets), mask) === text ? [] : ['a given secret'];
  const looks = PATTERNS.filter(([, pattern]) =>
    [...text.matchAll(pattern)].some(([, , value = '']) => !isMasked(value)),
  );
  return [...known, ...looks.map(([kind]) => kind)];
}

/** The text with every secret masked, character by character. Text of one byte a character keeps its bytes. */
export function scrub(text: string, secrets: readonly string[]): string {
  let scrubbed = redact(text, withBytes(secrets), mask);
  for (const [, pattern] of PATTERNS)
    scrubbed = scrubbed.replaceAll(pattern, (_all, before: string, value: string) => before + mask(value));
  return scrubbed;
}

/** Bodies are searched as Latin-1, one character a byte. */
function withBytes(secrets: readonly string[]): string[] {
  return [...secrets, ...secrets.map((secret) => Buffer.from(secret, 'utf8').toString('latin1'))];
}

/** What a request carried that nobody else may read: its headers but for known ones, and what its URL holds. */
export function carriedBy(
  url: URL,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): string[] {
  const values = Object.entries(headers).flatMap(([name, value]) => (HARMLESS.test(name) ? [] : value));
  const { secrets } = new Credentials({ baseURL: url.href }, { ...NOBODY, defaultBaseURL: url.href });
  return [...values, ...secrets].filter(
    (value) => value !== undefined && !PLAIN_VALUE.test(value),
  ) as string[];
}

const NOBODY = { provider: 'recorded', name: 'Recorded', variable: '' };

/** Headers that say nothing of who sends, and those of SDKs that say what sends: their words stand in replies. */
const HARMLESS =
  /^(accept(-.*)?|cache-control|connection|content-(length|type)|host|pragma|sec-fetch-.*|transfer-encoding|user-agent|(x-stainless|x-fern)-.*|anthropic-(version|beta|dangerous-direct-browser-access)|openai-beta|x-client-name)$/;
/** Values that are no secrets, and without which a reply is not JSON any more. */
const PLAIN_VALUE = /^(true|false|null|\d{1,7})$/;

function mask(text: string): string {
  return MASK.repeat(text.length);
}

function isMasked(value: string): boolean {
  return /^\*+$/.test(value);
}
