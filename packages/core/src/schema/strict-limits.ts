import { isObject, type JsonSchema } from '../shared/json.ts';
import type { SchemaDialect, SchemaLimits } from './contract.ts';
import { subschemas } from './normal-schema.ts';
import { resolve } from './null-members.ts';

/** What a wire counts of a strict schema. */
type Counts = { -readonly [limit in keyof SchemaLimits]-?: number };

/** How a strict schema goes beyond what the wire takes; undefined where it does not. */
export function overLimit(
  schema: JsonSchema,
  { name, limits = {}, recursive = true }: SchemaDialect,
): string | undefined {
  if (!recursive && isRecursive(schema, schema)) return `it refers to itself, which ${name} does not take`;
  const counts = Object.fromEntries(Object.keys(WORDS).map((limit) => [limit, 0])) as Counts;
  count(schema, 0, counts);
  for (const [limit, most] of Object.entries(limits) as [keyof SchemaLimits, number | undefined][]) {
    if (most !== undefined && counts[limit] > most)
      return `it has ${counts[limit]} ${WORDS[limit]}, and ${name} takes ${most}`;
  }
  return undefined;
}

const WORDS: { readonly [limit in keyof SchemaLimits]-?: string } = {
  depth: 'objects and lists inside one another',
  properties: 'members',
  optional: 'optional members',
  unions: 'places with alternatives',
  enumValues: 'values of enums',
  characters: 'characters of names and constants',
  enumCharacters: 'characters in one enum',
};

/** From so many values on, the characters of one enum count by themselves. */
const LARGE_ENUM = 250;

function count(schema: unknown, depth: number, counts: Counts): void {
  if (!isObject(schema)) return;
  const { type, properties, required, anyOf, $defs, enum: values, const: constant, ...rest } = schema;
  const types = [type].flat();
  const inside = types.includes('object') || types.includes('array') ? depth + 1 : depth;
  counts.depth = Math.max(counts.depth, inside);
  if (Array.isArray(anyOf) || Array.isArray(type)) counts.unions++;
  if (isObject(properties)) {
    const names = Object.keys(properties);
    const given: readonly unknown[] = Array.isArray(required) ? required : [];
    counts.properties += names.length;
    counts.optional += names.filter((name) => !given.includes(name)).length;
    counts.characters += names.join('').length;
  }
  if (Array.isArray(values)) {
    const characters = values.reduce((sum: number, value) => sum + lengthOf(value), 0);
    counts.enumValues += values.length;
    counts.characters += characters;
    if (values.length > LARGE_ENUM) counts.enumCharacters = Math.max(counts.enumCharacters, characters);
  }
  counts.characters += lengthOf(constant);
  for (const part of subschemas({ ...rest, properties, anyOf })) count(part, inside, counts);
  if (!isObject($defs)) return;
  counts.characters += Object.keys($defs).join('').length;
  for (const definition of Object.values($defs)) count(definition, 0, counts);
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

/** Whether a schema leads back to itself by references. `open` holds those on the way, `done` those that do not. */
function isRecursive(
  schema: unknown,
  root: JsonSchema,
  open = new Set<unknown>(),
  done = new Set<unknown>(),
): boolean {
  if (!isObject(schema) || done.has(schema)) return false;
  if (open.has(schema)) return true;
  open.add(schema);
  const parts = '$ref' in schema ? [resolve(schema, root)] : subschemas(schema);
  const isBack = parts.some((part) => isRecursive(part, root, open, done));
  open.delete(schema);
  done.add(schema);
  return isBack;
}
