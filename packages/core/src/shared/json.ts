/** Anything `JSON.parse` can return. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document, draft 2020-12 unless `$schema` says otherwise. */
export type JsonSchema = { [key: string]: unknown };

/** True for objects that are neither null nor arrays. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A copy of `object` without the members that are `undefined`: request bodies must not carry
 * `"temperature": undefined`, and `exactOptionalPropertyTypes` forbids it in results.
 */
export function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) if (value !== undefined) result[key] = value;
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}

/**
 * Whether containers stand in one another deeper than `most`. Walks without recursion; a cycle, and what
 * throws when it is read, are deeper than any number.
 */
export function isDeeper(value: unknown, most: number): boolean {
  const isContainer = (item: unknown): item is object =>
    typeof item === 'object' && item !== null && !ArrayBuffer.isView(item);
  let level = new Set([value].filter(isContainer));
  for (let depth = 0; level.size > 0; depth++) {
    if (depth >= most) return true;
    // A set: what is shared is walked once a level, or a few lines of it would be walked for ever.
    const next = new Set<object>();
    try {
      for (const container of level)
        for (const item of Object.values(container) as unknown[]) if (isContainer(item)) next.add(item);
    } catch {
      return true;
    }
    level = next;
  }
  return false;
}
