import { describe, expect, it } from 'vitest';
import { redact } from '@mortise/core/wire';

const SECRET = 'a/b+c"d\\e f?é😀-_~!\'<9>';
const bytes = (text: string) => Buffer.from(text, 'utf8');
/** As Python's `json.dumps` writes it. */
const ascii = (text: string) =>
  JSON.stringify(text)
    .slice(1, -1)
    .replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const strictURL = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*~]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);

const FORMS: Record<string, string> = {
  'as it is': SECRET,
  'for a URL': encodeURIComponent(SECRET),
  'for a URL, every sign escaped': strictURL(SECRET),
  'for a URL, in small letters': strictURL(SECRET).toLowerCase(),
  'for a URL, twice': encodeURIComponent(encodeURIComponent(SECRET)),
  'for a form': new URLSearchParams({ a: SECRET }).toString().slice(2),
  'for JSON': JSON.stringify(SECRET).slice(1, -1),
  'for JSON, twice': JSON.stringify(JSON.stringify(SECRET)).slice(3, -3),
  'for JSON, slashes escaped': JSON.stringify(SECRET).slice(1, -1).replaceAll('/', '\\/'),
  'for JSON, in ASCII': ascii(SECRET),
  'for JSON, in ASCII, twice': ascii(ascii(SECRET)),
  'for JSON, fit for HTML': JSON.stringify(SECRET)
    .slice(1, -1)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003E'),
  'for HTML': SECRET.replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;'),
  'in base64': bytes(SECRET).toString('base64'),
  'in base64 for a URL': bytes(SECRET).toString('base64url'),
  'in base64, in a URL': encodeURIComponent(bytes(SECRET).toString('base64')),
  'in base64, in JSON of PHP': bytes(SECRET).toString('base64').replaceAll('/', '\\/'),
};

describe('redact', () => {
  it.each(Object.entries(FORMS))('C-09: finds a secret %s', (_name, form) => {
    expect(redact(`x ${form} y`, [SECRET])).toBe('x [redacted] y');
  });

  it('C-09: finds what base64 of a text around a secret leaves of it', () => {
    for (const before of ['', ':', 'me', 'api', 'user:'])
      for (const behind of ['', ':', '\nx']) {
        const encoded = bytes(`${before}sk-very-secret${behind}`).toString('base64');
        const shown = redact(encoded, ['sk-very-secret']);
        expect(Buffer.from(shown.replace(/\[redacted\]/, ''), 'base64').toString()).not.toMatch(/very|secre/);
        expect(shown, `${before}_${behind}`).toContain('[redacted]');
      }
  });

  it.each([
    ['ApiKey abcdef0123', 'abcdef0123'],
    ['DeepL-Auth-Key abcdef0123', 'abcdef0123'],
    ['theme=dark; session=abcdef0123', 'abcdef0123'],
    ['HMAC Credential=abcdef0123/x, Signature=ghijkl4567', 'ghijkl4567'],
    [`Basic ${btoa('me:abcdef0123')}`, 'abcdef0123'],
  ])('C-09: finds what is secret of %s', (header, secret) => {
    expect(redact(`Not for ${secret}.`, [header])).toBe('Not for [redacted].');
  });

  it('puts in place of a secret what the caller says, as long as what it hides', () => {
    expect(redact('a c%2Fd1 b', ['c/d1'], (form) => '*'.repeat(form.length))).toBe('a ****** b');
  });

  it('leaves what only looks alike', () => {
    expect(redact('sk-very sk_very-secre', ['sk-very-secret'])).toBe('sk-very sk_very-secre');
  });
});
