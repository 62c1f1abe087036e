import { type JsonValue, oneOf, wholeNumber } from '@mortise/core/shared';
import type { ValuePath } from '@mortise/core/parser';
import { isBlank } from './json-characters.ts';

/** What a JSON value is. */
export type JsonKind = 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';

export interface IncrementalJsonOptions {
  /** Containers inside one another, from 1. Default: 512. */
  maxDepth?: number | undefined;
  /**
   * The kinds that are looked for. A complete value of another kind is passed over, and counts only when none of
   * these follows. Default: all.
   */
  kinds?: readonly JsonKind[] | undefined;
  /** Of those kinds, what is looked for: another value is passed over as one of another kind is. Default: all. */
  prefers?: ((value: JsonValue) => boolean) | undefined;
  /**
   * Read what models write for JSON as well: trailing and missing commas, other quotes, unquoted keys, comments,
   * Python's literals, raw line ends and quotes in strings, and a text that ends inside. What was mended stands in
   * `repairs`. Default: false.
   */
  tolerant?: boolean | undefined;
}

/** Where in the text a value stands, in UTF-16 units; `end` is behind it. */
export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

/** Why there is no value. */
export interface JsonFailure {
  /** In UTF-16 units. */
  position: number;
  path: ValuePath;
  expected: string;
  /** `none`: nothing looked like JSON. `cut`: the text ended inside. `broken`: it is not JSON. */
  reason: 'none' | 'cut' | 'broken';
}

export const DEFAULT_MAX_DEPTH = 512;

const KINDS: readonly JsonKind[] = ['object', 'array', 'string', 'number', 'boolean', 'null'];

/** Throws `configuration` for an invalid depth or kind. */
export function checkJsonOptions({ maxDepth = DEFAULT_MAX_DEPTH, kinds = [] }: IncrementalJsonOptions): void {
  wholeNumber('maxDepth', maxDepth);
  for (const kind of kinds) oneOf('kinds', kind, KINDS);
}

/** The kind of value that a first character begins. */
export function kindOf(code: number): JsonKind {
  if (code === 0x7b) return 'object';
  if (code === 0x5b) return 'array';
  if (code === 0x22) return 'string';
  if (code === 0x74 || code === 0x66) return 'boolean';
  return code === 0x6e ? 'null' : 'number';
}

/** A key that ends in what opens a key or a value, or breaks in a line end, lacks its closing quote. */
export function isUnclosed(key: string, atLineEnd: boolean): boolean {
  if (atLineEnd) return true;
  let end = key.length;
  while (end > 0 && isBlank(key.charCodeAt(end - 1))) end--;
  return end > 0 && '{[,:'.includes(key.charAt(end - 1));
}
