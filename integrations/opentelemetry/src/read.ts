/** Reading what an event says, whose attributes are unknown to the compiler. */

export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Characters of a word about a call: names and ids, some of which a provider chooses. */
const MAX_WORD = 4_096;

/** A word for an attribute: cut, and of whole characters, for a collector refuses all spans of a request with half of one. */
export function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, MAX_WORD).toWellFormed() : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
