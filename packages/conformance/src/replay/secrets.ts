import { Buffer } from 'node:buffer';

/** What stands in place of each character of a secret: lengths, and so the bytes of a stream, stay as they were. */
const MASK = '*';

/** Patterns of secrets of any provider; the part to mask is the last group. */
const PATTERNS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a key', /()\b((?:sk|pk|rk|co|xai|gsk|hf|pplx|r8)[-_][A-Za-z0-9_-]{16,})/g],
  ['a Google key', /()\b(AIza[A-Za-z0-9_-]{30,})/g],
  ['an AWS key', /()\b((?:AKIA|ASIA)[A-Z0-9]{16})\b/g],
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
  const known = formsOf(secrets).some((form) => text.includes(form)) ? ['a given secret'] : [];
  const looks = PATTERNS.filter(([, pattern]) =>
    [...text.matchAll(pattern)].some(([, , value = '']) => !isMasked(value)),
  );
  return [...known, ...looks.map(([kind]) => kind)];
}

/** The text with every secret masked, character by character. Text of one byte a character keeps its bytes. */
export function scrub(text: string, secrets: readonly string[]): string {
  let scrubbed = text;
  for (const form of formsOf(secrets)) scrubbed = scrubbed.replaceAll(form, mask(form));
  for (const [, pattern] of PATTERNS)
    scrubbed = scrubbed.replaceAll(pattern, (_all, before: string, value: string) => before + mask(value));
  return scrubbed;
}

function mask(text: string): string {
  return MASK.repeat(text.length);
}

function isMasked(value: string): boolean {
  return /^\*+$/.test(value);
}

/** As it is, as a URL and as JSON have it, and as `Basic` credentials: the longest first, since one may hold another. */
function formsOf(secrets: readonly string[]): string[] {
  const forms = secrets
    .filter((secret) => secret.length >= 4)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret, 'utf8').toString('base64'),
      Buffer.from(secret, 'utf8').toString('base64url'),
    ]);
  // Bytes are searched as Latin-1, one character each.
  const asBytes = forms.map((form) => Buffer.from(form, 'utf8').toString('latin1'));
  return [...new Set([...forms, ...asBytes])].toSorted((a, b) => b.length - a.length);
}
