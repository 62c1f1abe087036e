import type { JsonObject, JsonValue } from '@mortise/core';
import type { FilterValue } from '@mortise/core/store';
import { encodeText } from './encode.ts';

/** What filters can see of metadata, as the text of two `jsonb` columns. */
export interface Members {
  /** Values, lists of values, and `{}` for any object. What is `null` is left out: to every operator it is as good as missing. */
  readonly metadata: string;
  /** Strings in lower case, where that is another text. Null for none. */
  readonly folded: string | null;
}

export function membersOf(metadata: JsonObject): Members {
  const members: [string, unknown][] = [];
  const folded: [string, string][] = [];
  for (const [name, member] of Object.entries(metadata)) {
    if (member == null) continue;
    const key = encodeText(name);
    members.push([key, memberOf(member)]);
    const lower = typeof member === 'string' ? member.toLowerCase() : member;
    if (lower !== member) folded.push([key, encodeText(lower as string)]);
  }
  return {
    metadata: JSON.stringify(Object.fromEntries(members)),
    folded: folded.length === 0 ? null : JSON.stringify(Object.fromEntries(folded)),
  };
}

function memberOf(member: JsonValue): unknown {
  if (isValue(member)) return encodeValue(member);
  if (!Array.isArray(member)) return {};
  const items = [...new Set(member.filter(isValue))].map(encodeValue);
  // A list that holds none that can be asked for is not an empty one.
  return items.length === 0 && member.length > 0 ? [null] : items;
}

/** As it stands in `metadata`: numbers there are decimal, and the shortest text of one stands for no other. */
export function encodeValue(value: FilterValue): FilterValue {
  return typeof value === 'string' ? encodeText(value) : value;
}

/** NaN has no form in JSON, where it is `null`. */
function isValue(value: JsonValue): value is FilterValue {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}
