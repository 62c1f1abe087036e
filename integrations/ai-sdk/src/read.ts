import { base64Of, isObject, type JsonObject } from '@mortise/core/shared';

/** A part of theirs as it came: what it holds is checked where it is read. */
export type Part = { readonly [member: string]: unknown };

export function partOf(value: unknown): Part {
  return isObject(value) ? value : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function listOf(value: unknown): readonly Part[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Of a `Date`, or of what one is made into by JSON. */
export function isoOf(value: unknown): string | undefined {
  const date = typeof value === 'string' ? new Date(value) : value;
  return date instanceof Date && !Number.isNaN(date.getTime()) ? date.toISOString() : undefined;
}

/** Levels of theirs that are kept. */
const MAX_DEPTH = 200;

/** As JSON keeps it: without members that are undefined, and with bytes as base64. Undefined: nothing of it is JSON. */
export function jsonOf(value: unknown): JsonObject | undefined {
  const copied = copyOf(value, 0);
  return isObject(copied) ? (copied as JsonObject) : undefined;
}

function copyOf(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Date) return isoOf(value);
  if (value instanceof URL) return value.href;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return undefined;
  if (value instanceof Uint8Array) return base64Of(value);
  if (Array.isArray(value)) return value.map((item) => copyOf(item, depth + 1) ?? null);
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const copied = copyOf(member, depth + 1);
    if (copied !== undefined) kept.push([name, copied]);
  }
  return Object.fromEntries(kept);
}

/** The providers' data of a part: objects by name, as JSON keeps them. Undefined where there is none. */
export function providerData(value: unknown): { [provider: string]: JsonObject } | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value).flatMap(([provider, data]): [string, JsonObject][] => {
    const kept = jsonOf(data);
    return kept === undefined || Object.keys(kept).length === 0 ? [] : [[provider, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The key of what this bridge keeps in their `providerMetadata`, so that it comes back as it was. */
export const OURS = 'mortise';
/** The key of what of theirs has no place in ours, in `providerMetadata` and `providerOptions`. */
export const THEIRS = 'ai-sdk';

/** Their headers are a record; what is no text is left out. */
export function headersOf(value: unknown): Headers | undefined {
  if (!isObject(value)) return undefined;
  const headers = new Headers();
  for (const [name, text] of Object.entries(value)) if (typeof text === 'string') headers.set(name, text);
  return headers;
}

/** What a block holds that no part of theirs has a place for, as JSON keeps it. */
export function membersOf(block: object, ...known: readonly string[]): Part | undefined {
  const rest = Object.entries(block).filter(
    ([name]) => !known.includes(name) && name !== 'type' && name !== 'providerMetadata',
  );
  const kept = jsonOf(Object.fromEntries(rest));
  return kept === undefined || Object.keys(kept).length === 0 ? undefined : kept;
}
