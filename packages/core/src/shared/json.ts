/** Anything `JSON.parse` can return. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A JSON object. */
export type JsonObject = { [key: string]: JsonValue };

/** A JSON Schema document, draft 2020-12 unless `$schema` says otherwise. */
export type JsonSchema = { [key: string]: unknown };

/** Lists, objects and quotes in a text of JSON, at most: `{}` is two bytes of it, and fifty and more of memory. */
export const MAX_JSON_PARTS = 2_000_000;

/** What {@link parseText} says of it. */
export const TOO_MANY_PARTS = 'JSON of more than 2000000 lists, objects and quotes';

/** As `JSON.parse`, of a text that is not ours: one of more than 2,000,000 parts is a `RangeError`. */
export function parseText(text: string): unknown {
  if (text.length > MAX_JSON_PARTS) {
    let parts = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if ((code === 0x22 || code === 0x5b || code === 0x7b) && ++parts > MAX_JSON_PARTS)
        throw new RangeError(TOO_MANY_PARTS);
    }
  }
  return JSON.parse(text);
}

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
  for (const key of Object.keys(object)) {
    const value = object[key as keyof T];
    if (value !== undefined) result[key] = value;
  }
  return result as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** The same; undefined where nothing is left of it. */
export function nonEmpty<T extends object>(
  object: T,
): { [K in keyof T]: Exclude<T[K], undefined> } | undefined {
  const result = defined(object);
  return Object.keys(result).length === 0 ? undefined : result;
}

/**
 * Whether containers stand in one another deeper than `most`. Walks without recursion; a cycle, and what
 * throws when it is read, are deeper than any number.
 */
export function isDeeper(value: unknown, most: number): boolean {
  let level: Iterable<object> | undefined = isContainer(value) ? [value] : undefined;
  for (let depth = 0; level !== undefined; depth++) {
    if (depth >= most) return true;
    let next: object[] | undefined;
    try {
      for (const container of level)
        for (const item of Object.values(container) as unknown[])
          if (isContainer(item)) (next ??= []).push(item);
    } catch {
      return true;
    }
    // A set: what is shared is walked once a level, or a few lines of it would be walked for ever. Of a few, it costs more.
    level = next !== undefined && next.length > FEW ? new Set(next) : next;
  }
  return false;
}

/** What is shared is walked that often at most. */
const FEW = 8;

function isContainer(item: unknown): item is object {
  return typeof item === 'object' && item !== null && !ArrayBuffer.isView(item);
}
