import { isObject, type JsonSchema } from '../shared/json.ts';
import type { SchemaDialect, SchemaLimits } from './contract.ts';

/** What a wire counts of a strict schema. */
type Counts = { -readonly [limit in keyof SchemaLimits]-?: number };

/** How a strict schema goes beyond what the wire takes; undefined where it does not. */
export function overLimit(
  schema: JsonSchema,
  { name, limits = {}, recursive = true }: SchemaDialect,
): string | undefined {
  if (!recursive && isRecursive(schema)) return `it refers to itself, which ${name} does not take`;
  const counts: Counts = {
    depth: 0,
    properties: 0,
    optional: 0,
    unions: 0,
    enumValues: 0,
    characters: 0,
    enumCharacters: 0,
  };
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
  const { type, properties, required, items, anyOf, $defs, enum: values, const: constant } = schema;
  const types = [type].flat();
  const isContainer = types.includes('object') || types.includes('array');
  const inside = isContainer ? depth + 1 : depth;
  counts.depth = Math.max(counts.depth, inside);
  if (Array.isArray(anyOf) || Array.isArray(type)) counts.unions++;
  if (isObject(properties)) {
    const names = Object.keys(properties);
    const given: readonly unknown[] = Array.isArray(required) ? required : [];
    counts.properties += names.length;
    counts.optional += names.filter((name) => !given.includes(name)).length;
    counts.characters += names.join('').length;
    for (const member of Object.values(properties)) count(member, inside, counts);
  }
  if (Array.isArray(values)) {
    const characters = values.reduce((sum: number, value) => sum + lengthOf(value), 0);
    counts.enumValues += values.length;
    counts.characters += characters;
    if (values.length > LARGE_ENUM) counts.enumCharacters = Math.max(counts.enumCharacters, characters);
  }
  counts.characters += lengthOf(constant);
  count(items, inside, counts);
  if (Array.isArray(anyOf)) for (const branch of anyOf) count(branch, inside, counts);
  if (!isObject($defs)) return;
  counts.characters += Object.keys($defs).join('').length;
  for (const definition of Object.values($defs)) count(definition, 0, counts);
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

/** Whether a reference leads to the schema that it stands in. */
function isRecursive(root: JsonSchema): boolean {
  const $defs = isObject(root['$defs']) ? root['$defs'] : {};
  const refers = new Map(Object.entries($defs).map(([name, value]) => [name, referencesIn(value)] as const));
  const { $defs: _defs, ...body } = root;
  if (referencesIn(body).has('#')) return true;
  const done = new Set<string>();
  const open = new Set<string>();
  const leadsBack = (name: string): boolean => {
    if (open.has(name)) return true;
    if (done.has(name)) return false;
    open.add(name);
    const back = [...(refers.get(name) ?? [])].some((next) => next === '#' || leadsBack(next));
    open.delete(name);
    done.add(name);
    return back;
  };
  return [...refers.keys()].some(leadsBack);
}

function referencesIn(schema: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(schema)) for (const item of schema) referencesIn(item, found);
  if (!isObject(schema)) return found;
  const { $ref } = schema;
  if (typeof $ref === 'string') found.add($ref === '#' ? '#' : $ref.slice('#/$defs/'.length));
  for (const [keyword, value] of Object.entries(schema))
    if (keyword !== 'enum' && keyword !== 'const' && keyword !== 'default') referencesIn(value, found);
  return found;
}
