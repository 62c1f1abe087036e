import { MortiseError, type JsonObject, type JsonValue } from '@mortise/core';
import type { FilterValue } from '@mortise/core/store';

/**
 * The text as one that Arrow can hold, in the order of JavaScript's strings when it is compared by its bytes, and such that
 * a part of it is encoded as a part of the whole. Most text stays as it is. UTF-8 holds no lone surrogates and orders by code
 * point: so each UTF-16 unit from U+D800 on stands 0x10000 higher. The first units are ours (`MARK`), so they are escapes.
 */
export function encodeText(text: string): string {
  if (typeof text !== 'string') throw new MortiseError('invalid-request', 'An id or a key is not a string.');
  return text.replaceAll(SPECIAL, (unit) => {
    const code = unit.charCodeAt(0);
    return code <= LAST_MARK
      ? `\u0001${String.fromCodePoint(ESCAPED + code)}`
      : String.fromCodePoint(code + 0x1_0000);
  });
}

const ESCAPED = 0xf_0000;
const LAST_MARK = 8;
// By unit, so without the flag `u`: each half of a pair by itself.
// oxlint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u0008\ud800-\uffff]/g;

/** What parts the text of a node's members; no encoded text holds one of them. */
export const MARK = {
  key: '\u0002',
  value: '\u0003',
  end: '\u0004',
  item: '\u0005',
  string: '\u0006',
  number: '\u0007',
  boolean: '\u0008',
} as const;

/** What filters can see of metadata, in one text: each member as `key`, its name, `value`, the value, `end`. */
export function membersOf(metadata: JsonObject): string {
  let text = '';
  for (const [name, member] of Object.entries(metadata)) {
    // To every operator it is as good as missing.
    if (member === null || member === undefined) continue;
    text += `${memberStart(name)}${encodeMember(member)}${MARK.end}`;
    const lower = typeof member === 'string' ? member.toLowerCase() : member;
    if (lower !== member) text += `${foldedStart(name)}${encodeValue(lower as string)}${MARK.end}`;
  }
  return text;
}

/** What stands before the value of a member. */
export function memberStart(name: string): string {
  return `${MARK.key}${encodeText(name)}${MARK.value}`;
}

/** The same for a string in lower case, which is kept where that is another text. */
export function foldedStart(name: string): string {
  return `${MARK.key}${MARK.string}${encodeText(name)}${MARK.value}`;
}

/** A value by its type, so that it is never taken for one of another, in the order of its type. */
export function encodeValue(value: FilterValue): string {
  if (typeof value === 'string') return `${MARK.string}${encodeText(value)}`;
  if (typeof value === 'boolean') return `${MARK.boolean}${value}`;
  return `${MARK.number}${encodeNumber(value)}`;
}

const OBJECT = 'object';

/** A list is `item`, and each value with an `item` after it: one that holds none that can be asked for has two. */
function encodeMember(member: JsonValue): string {
  if (isValue(member)) return encodeValue(member);
  if (!Array.isArray(member)) return OBJECT;
  if (member.length === 0) return MARK.item;
  const items = [...new Set(member.filter(isValue).map(encodeValue))];
  return `${MARK.item}${items.join(MARK.item)}${MARK.item}`;
}

/** NaN has no form in JSON, where it is `null`. */
function isValue(value: JsonValue): value is FilterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

/** The bits of the number in 16 hexadecimal digits, turned such that their order is that of the numbers. */
function encodeNumber(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  // 0 and -0 are equal.
  bits.setFloat64(0, value + 0);
  const high = bits.getUint32(0);
  const isNegative = high >>> 31 === 1;
  bits.setUint32(0, isNegative ? ~high : high | 0x8000_0000);
  if (isNegative) bits.setUint32(4, ~bits.getUint32(4));
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}
