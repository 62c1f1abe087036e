import { MortiseError } from '@mortise/core';
import { sha256Hex } from '@mortise/core/shared';

/** Of an index of Postgres, whose entries take at most some 2,700 bytes: two such keys fit into one. */
const LONGEST_KEY = 400;

/**
 * The text as one that Postgres can hold, in the order of JavaScript's strings under the collation `C`, and such that a
 * part of it is encoded as a part of the whole. Most text stays as it is. Postgres holds neither NUL nor lone surrogates, and
 * orders by code point: so a NUL is an escape, and each UTF-16 unit from U+D800 on stands 0x10000 higher.
 */
export function encodeText(text: string): string {
  if (typeof text !== 'string')
    throw new MortiseError('invalid-request', 'An id, a key or a namespace is not a string.');
  // U+0001 begins an escape, so it is one itself; what follows it stands for nothing else.
  return text.replaceAll(SPECIAL, (unit) => {
    const code = unit.charCodeAt(0);
    return code < 2 ? `\u0001${String.fromCodePoint(ESCAPED + code)}` : String.fromCodePoint(code + 0x1_0000);
  });
}

/** What {@link encodeText} made. */
export function decodeText(text: string): string {
  return text.replaceAll(ENCODED, (escaped) => {
    const code = escaped.codePointAt(escaped.length > 2 ? 1 : 0) as number;
    return String.fromCharCode(code >= ESCAPED ? code - ESCAPED : code - 0x1_0000);
  });
}

const ESCAPED = 0xf_0000;
// By unit, so without the flag `u`: each half of a pair by itself.
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\u0000\u0001\ud800-\uffff]/g;
// oxlint-disable-next-line no-control-regex
const ENCODED = /\u0001[\u{f0000}\u{f0001}]|[\u{1d800}-\u{1ffff}]/gu;

/**
 * The same as a key of an index. Of a long one its beginning and its SHA-256 stand, after an escape that no other text
 * has: the whole must stand elsewhere where it is wanted again.
 */
export function encodeKey(text: string): string {
  const whole = encodeText(text);
  return whole.length <= LONGEST_KEY ? whole : `${encodeText(text.slice(0, 100))}\u0001#${sha256Hex(whole)}`;
}

/** A list of keys as one parameter. */
export function keyList(texts: readonly string[]): string {
  return JSON.stringify(texts.map(encodeKey));
}

/** For words alone: what Postgres cannot hold separates them. */
export function plainText(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed().replaceAll('\0', ' ');
}

/** A column of bytes, as drivers give it: a `Buffer`, a `Uint8Array`, or the text that the server sends. */
export function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return Uint8Array.from(value);
  if (typeof value === 'string' && /^\\x(?:[\da-f]{2})*$/.test(value))
    return Uint8Array.from({ length: value.length / 2 - 1 }, (_, at) =>
      Number.parseInt(value.slice(at * 2 + 2, at * 2 + 4), 16),
    );
  throw unreadable('bytes');
}

/** A column of text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw unreadable('text');
}

function unreadable(what: string): MortiseError {
  const message = `The client gave something else where a column holds ${what}. Leave its type parsers as they are, or check what changed the table.`;
  return new MortiseError('malformed-response', message);
}
