import type { JsonObject, JsonValue } from '@mortise/core';
import {
  FILTER_OPERATORS,
  type FilterOperator,
  type FilterValue,
  type MetadataFilter,
} from '@mortise/core/store';
import { oneOf } from './random.ts';

export { FILTER_OPERATORS };

/** Values that a store may take for one another: types, encodings, cases, orders of characters. */
const VALUES: readonly FilterValue[] = [
  0,
  1,
  -1,
  2,
  1.5,
  1e21,
  '',
  '0',
  '1',
  'true',
  'null',
  'a',
  'A',
  'b',
  'ab',
  'a%b',
  'a_b',
  "it's",
  '"quoted"',
  'É',
  'é',
  'e\u0301',
  'straße',
  // By code unit the first of these is the smaller one, by UTF-8 and by code point the second.
  '\u{1f600}',
  '\uff5e',
  '2024-01-05',
  '2024-01-10',
  true,
  false,
];

/** Names that a store may take for paths, patterns or members of a prototype. */
const KEYS = [
  'k',
  'a.b',
  'a',
  'K',
  'with space',
  '"',
  "'",
  '$',
  'é',
  '__proto__',
  'constructor',
  '',
] as const;

/** What each operator takes. */
export const VALUE_FOR: { readonly [op: string]: FilterValue | readonly FilterValue[] | undefined } = {
  in: ['x'],
  nin: ['x'],
  any: ['x'],
  all: ['x'],
  'is-empty': undefined,
};

/** The metadata of one node: some keys are missing, some values are lists, null or objects. */
export function randomMetadata(random: () => number): JsonObject {
  const members: [string, JsonValue][] = [];
  for (const key of KEYS) if (random() < 0.6) members.push([key, randomMember(random)]);
  return Object.fromEntries(members);
}

function randomMember(random: () => number): JsonValue {
  const kind = random();
  if (kind < 0.7) return oneOf(random, VALUES);
  if (kind < 0.9) return Array.from({ length: Math.floor(random() * 4) }, () => oneOf(random, VALUES));
  return oneOf<JsonValue>(random, [null, {}, { a: 1 }, [null], [['a']], []]);
}

/** A condition by one operator. */
export function randomCondition(random: () => number, op: FilterOperator): MetadataFilter {
  const key = oneOf(random, KEYS);
  if (op === 'is-empty') return { key, op };
  if (op in VALUE_FOR) {
    const value = Array.from({ length: Math.floor(random() * 4) }, () => oneOf(random, VALUES));
    return { key, op, value };
  }
  const value = oneOf(random, op === 'text-match' ? VALUES.filter((one) => typeof one === 'string') : VALUES);
  return { key, op, value };
}

/** A tree of conditions by the operators given. */
export function randomTree(
  random: () => number,
  operators: readonly FilterOperator[],
  depth = 3,
): MetadataFilter {
  const kind = depth === 0 ? 1 : random();
  const part = (): MetadataFilter => randomTree(random, operators, depth - 1);
  if (kind < 0.2) return { not: part() };
  const parts = (): MetadataFilter[] => Array.from({ length: Math.floor(random() * 4) }, part);
  if (kind < 0.45) return { and: parts() };
  if (kind < 0.7) return { or: parts() };
  return randomCondition(random, oneOf(random, operators));
}
