import { Buffer } from 'node:buffer';
import type { JsonObject, JsonValue } from '@mortise/core';
import type { FilterValue } from '@mortise/core/store';

/**
 * A value in the storage class that stands for its type, so that SQLite never takes one for another: a number is a
 * REAL, a string a BLOB, a boolean the TEXT `true` or `false`.
 */
export type SqlValue = number | Uint8Array | string;

/** What a row of `vector_members` is about. */
export const KIND = { value: 0, item: 1, list: 2, emptyList: 3, object: 4 } as const;

/** One row of `vector_members`: a member of the metadata, or an item of one that is a list. */
export interface Member {
  readonly key: Uint8Array;
  readonly kind: (typeof KIND)[keyof typeof KIND];
  readonly value: SqlValue;
  /** The string in lower case, where that is another one. */
  readonly folded: Uint8Array | null;
}

/**
 * The text, each of its UTF-16 units as UTF-8 on its own (CESU-8). Compared byte by byte it has the order of
 * JavaScript's strings, a part of it begins where a unit does, and lone surrogates and NULs come through: none of that
 * holds for SQLite's own text.
 */
export function encodeText(text: string): Uint8Array {
  if (!/[\ud800-\udfff]/.test(text)) return Buffer.from(text, 'utf8');
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(bytes);
}

export function encodeValue(value: FilterValue): SqlValue {
  if (typeof value === 'string') return encodeText(value);
  return typeof value === 'number' ? value : String(value);
}

/** What filters can see of metadata. `null` is as good as missing, to every operator. */
export function membersOf(metadata: JsonObject): Member[] {
  return Object.entries(metadata).flatMap(([name, member]) => {
    if (member === null || member === undefined) return [];
    const key = encodeText(name);
    if (isValue(member)) return [valueMember(key, KIND.value, member)];
    if (!Array.isArray(member)) return [{ key, kind: KIND.object, value: 0, folded: null }];
    const kind = member.length > 0 ? KIND.list : KIND.emptyList;
    const items = [...new Set(member)].filter(isValue).map((item) => valueMember(key, KIND.item, item));
    return [{ key, kind, value: 0, folded: null }, ...items];
  });
}

function valueMember(key: Uint8Array, kind: Member['kind'], value: FilterValue): Member {
  const lower = kind === KIND.value && typeof value === 'string' ? value.toLowerCase() : value;
  const folded = lower === value ? null : encodeText(lower as string);
  return { key, kind, value: encodeValue(value), folded };
}

/** NaN has no form in JSON, where it is `null`. */
function isValue(value: JsonValue): value is FilterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
