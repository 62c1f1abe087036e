import { isObject, type JsonSchema, type JsonValue } from '../shared/json.ts';

/** What parts of a growing value came to, by the part and the schema of its place. */
export type RestoredParts = WeakMap<object, Map<unknown, JsonValue>>;

/** References in a row and schemas inside one another; beyond it a value is taken as it is. */
const MAX_DEPTH = 512;

/**
 * `value` without the members that are `null` where `schema` makes them optional and does not admit `null`: what a
 * model writes for "absent". Everything else is kept, also what does not fit: judging is the validator's.
 */
export function absentAsNull(
  value: JsonValue,
  schema: unknown,
  root: JsonSchema,
  kept?: RestoredParts,
  depth = 0,
): JsonValue {
  if (kept === undefined || typeof value !== 'object' || value === null)
    return restored(value, schema, root, kept, depth);
  let bySchema = kept.get(value);
  if (bySchema === undefined) kept.set(value, (bySchema = new Map()));
  let known = bySchema.get(schema);
  if (known === undefined) bySchema.set(schema, (known = restored(value, schema, root, kept, depth)));
  return known;
}

function restored(
  value: JsonValue,
  schema: unknown,
  root: JsonSchema,
  kept: RestoredParts | undefined,
  depth: number,
): JsonValue {
  const resolved = resolve(schema, root);
  if (typeof value !== 'object' || value === null || resolved === undefined || depth > MAX_DEPTH)
    return value;
  // All of `allOf` describe the value, one of the alternatives does, and the schema around them does too.
  const { allOf } = resolved;
  const parts: unknown[] = [
    ...(Array.isArray(allOf) ? (allOf as unknown[]) : []),
    branchFor(value, resolved, root, depth),
  ];
  const rest = parts.reduce<JsonValue>(
    (before, part) => restored(before, part, root, kept, depth + 1),
    value,
  );
  return ownMembers(rest as JsonValue[] | { [name: string]: JsonValue }, resolved, root, kept, depth);
}

function ownMembers(
  value: JsonValue[] | { [name: string]: JsonValue },
  resolved: JsonSchema,
  root: JsonSchema,
  cache: RestoredParts | undefined,
  depth: number,
): JsonValue {
  const { items, prefixItems, properties, additionalProperties, required } = resolved;
  if (Array.isArray(value)) {
    return kept(
      value,
      value.map((item, at) =>
        absentAsNull(
          item,
          Array.isArray(prefixItems) ? (prefixItems[at] ?? items) : items,
          root,
          cache,
          depth + 1,
        ),
      ),
    );
  }
  if (!isObject(properties) && !isObject(additionalProperties)) return value;
  const given = Array.isArray(required) ? (required as unknown[]) : [];
  const entries: [string, JsonValue][] = [];
  let changed = false;
  for (const [name, member] of Object.entries(value)) {
    const named = isObject(properties) && Object.hasOwn(properties, name);
    const memberSchema = named ? properties[name] : additionalProperties;
    if (member === null && named && !given.includes(name) && !admitsNull(memberSchema, root)) {
      changed = true;
      continue;
    }
    const after = absentAsNull(member, memberSchema, root, cache, depth + 1);
    changed ||= after !== member;
    entries.push([name, after]);
  }
  return changed ? Object.fromEntries(entries) : value;
}

function kept(before: JsonValue[], after: JsonValue[]): JsonValue[] {
  return after.some((item, at) => item !== before[at]) ? after : before;
}

/** Whether `null` fits. A schema that says nothing about it admits it. */
export function admitsNull(schema: unknown, root: JsonSchema, depth = 0): boolean {
  const resolved = resolve(schema, root);
  if (resolved === undefined || depth > MAX_DEPTH) return schema !== false;
  const { type, enum: values, const: value, anyOf, oneOf, allOf } = resolved;
  if (type !== undefined && ![type].flat().includes('null')) return false;
  if (Array.isArray(values) && !values.includes(null)) return false;
  if (value !== undefined && value !== null) return false;
  const admits = (branch: unknown): boolean => admitsNull(branch, root, depth + 1);
  if (Array.isArray(allOf) && !allOf.every(admits)) return false;
  const branches = anyOf ?? oneOf;
  return !Array.isArray(branches) || branches.some(admits);
}

/** The schema behind a reference inside the same document. */
export function resolve(schema: unknown, root: JsonSchema): JsonSchema | undefined {
  let current = schema;
  for (let hops = 0; isObject(current) && hops < MAX_DEPTH; hops++) {
    const { $ref } = current;
    if (typeof $ref !== 'string') return current;
    if ($ref !== '#' && !$ref.startsWith('#/')) return undefined;
    current = root;
    for (const part of $ref.slice(1).split('/').slice(1)) {
      const key = decoded(part).replaceAll('~1', '/').replaceAll('~0', '~');
      const holder: unknown = current;
      if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined;
      current = (holder as Record<string, unknown>)[key];
    }
  }
  return undefined;
}

/** A percent sign that encodes nothing stands for itself. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Of alternatives, the first that the value could be, judged by its shape. */
function branchFor(value: JsonValue, schema: JsonSchema, root: JsonSchema, depth: number): unknown {
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (!Array.isArray(branches)) return undefined;
  return branches.find((branch) => resembles(value, branch, root, depth + 1));
}

/** One level deep: the kind of value, the members it must have, and the constants that tell alternatives apart. */
function resembles(value: JsonValue, schema: unknown, root: JsonSchema, depth: number): boolean {
  const resolved = resolve(schema, root);
  if (resolved === undefined || depth > MAX_DEPTH) return false;
  const branches = resolved['anyOf'] ?? resolved['oneOf'];
  if (Array.isArray(branches)) return branches.some((branch) => resembles(value, branch, root, depth + 1));
  const { type, properties, required, enum: values, const: constant } = resolved;
  if (type !== undefined && ![type].flat().includes(Array.isArray(value) ? 'array' : typeof value))
    return false;
  if (Array.isArray(values) && !values.includes(value)) return false;
  if (constant !== undefined && constant !== value) return false;
  if (!isObject(value)) return true;
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(value, name as string)))
    return false;
  if (!isObject(properties)) return true;
  return Object.entries(properties).every(([name, member]) => {
    if (!Object.hasOwn(value, name)) return true;
    const own = value[name] as JsonValue;
    const memberSchema = resolve(member, root);
    if (memberSchema === undefined || own === null) return true;
    if ('const' in memberSchema) return memberSchema['const'] === own;
    return !Array.isArray(memberSchema['enum']) || memberSchema['enum'].includes(own);
  });
}
