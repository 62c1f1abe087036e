import { isMortiseError, MortiseError, errorText } from '../errors.ts';
import { isDeeper, isObject, type JsonSchema } from '../shared/json.ts';
import type { SchemaDialect } from './contract.ts';
import { resolve } from './null-members.ts';

/** Keywords whose values are schemas by name, one schema or a list of them: other members of an object are not schemas. */
const MAPS: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'],
]);
const SCHEMAS: ReadonlySet<string> = new Set([
  ...['items', 'prefixItems', 'anyOf', 'oneOf', 'allOf', 'not', 'if', 'then', 'else', 'contains'],
  ...[
    'additionalProperties',
    'propertyNames',
    'unevaluatedProperties',
    'unevaluatedItems',
    'additionalItems',
  ],
]);

/** Schemas inside one another. */
const MAX_DEPTH = 512;

const known = new WeakMap<JsonSchema, JsonSchema>();

/**
 * The schema in the form of draft 2020-12 that every wire reads: without `$schema`, with each reference to a definition
 * at the root (`definitions` of draft-07, and pointers into the schema itself, become `$defs`), and with no reference as
 * the root itself. One that is in that form already is given back as it is; equal objects give equal ones.
 */
export function normalSchema(schema: JsonSchema): JsonSchema {
  let normal = known.get(checkedSchema(schema));
  if (normal === undefined) {
    normal = needsWork(schema, true, 0) ? new Normaliser(schema).result() : schema;
    known.set(schema, normal);
    known.set(normal, normal);
  }
  return normal;
}

/** What is walked by recursion further on is walked once without it. Throws `configuration`. */
export function checkedSchema(schema: JsonSchema): JsonSchema {
  if (!isObject(schema))
    throw new MortiseError('configuration', 'A JSON Schema is a plain object; this is something else.');
  if (known.has(schema)) return schema;
  if (isDeeper(schema, MAX_DEPTH)) {
    const message = `The JSON Schema is nested deeper than ${MAX_DEPTH}, refers to itself as an object, or cannot be read. Use $ref.`;
    throw new MortiseError('configuration', message);
  }
  return schema;
}

function needsWork(value: unknown, isRoot: boolean, depth: number): boolean {
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  const { $ref } = value;
  if ('$schema' in value || 'definitions' in value || (!isRoot && '$defs' in value)) return true;
  if (typeof $ref === 'string' && (isRoot || !isDefinition($ref))) return $ref !== '#' || isRoot;
  return subschemas(value).some((part) => needsWork(part, false, depth + 1));
}

/** The schemas that stand directly in a schema. */
export function subschemas(schema: Record<string, unknown>): unknown[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (MAPS.has(keyword)) return isObject(value) ? Object.values(value) : [];
    return SCHEMAS.has(keyword) ? [value].flat() : [];
  });
}

/** The schema with something else in the place of each schema that stands directly in it. */
function mapSubschemas(schema: JsonSchema, map: (schema: unknown) => unknown): JsonSchema {
  return mapMembers(schema, (value, keyword) => {
    if (MAPS.has(keyword)) return isObject(value) ? mapMembers(value, map) : value;
    if (!SCHEMAS.has(keyword)) return value;
    return Array.isArray(value) ? value.map((part) => map(part)) : map(value);
  });
}

export function mapMembers<T>(
  object: Record<string, unknown>,
  map: (value: unknown, name: string) => T,
): { [name: string]: T } {
  // fromEntries, unlike an assignment, takes `__proto__` for a name.
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
}

/** The schema with what refers to its root referring to `to` instead. */
export function withRootAt(schema: unknown, to: string): unknown {
  if (!isObject(schema)) return schema;
  const moved = mapSubschemas(schema, (part) => withRootAt(part, to));
  return moved['$ref'] === '#' ? { ...moved, $ref: to } : moved;
}

/**
 * Makes something of a schema for a dialect, and remembers it by both objects. What the schema throws when it is read is
 * `configuration`.
 */
export function bySchema<T>(
  make: (schema: JsonSchema, dialect: SchemaDialect) => T,
): (schema: JsonSchema, dialect: SchemaDialect) => T {
  const memo = new WeakMap<JsonSchema, Map<SchemaDialect, T>>();
  return (schema, dialect) => {
    let made = memo.get(checkedSchema(schema));
    if (made === undefined) memo.set(schema, (made = new Map<SchemaDialect, T>()));
    let known = made.get(dialect);
    if (known === undefined) {
      try {
        known = make(schema, dialect);
      } catch (cause) {
        // One that is no JSON, such as one that holds a big integer, throws where it is written.
        if (isMortiseError(cause)) throw cause;
        const message = `The JSON Schema cannot be read: ${errorText(cause)}. Give plain JSON.`;
        throw new MortiseError('configuration', message, { cause });
      }
      made.set(dialect, known);
    }
    return known;
  };
}

function isDefinition(ref: string): boolean {
  return ref.startsWith('#/$defs/') && !ref.slice('#/$defs/'.length).includes('/');
}

class Normaliser {
  readonly #root: JsonSchema;
  /** Definitions by the pointer that asks for them. */
  readonly #names = new Map<string, string>();
  readonly #defs: { [name: string]: JsonSchema } = {};

  constructor(root: JsonSchema) {
    this.#root = root;
  }

  result(): JsonSchema {
    const own = { ...this.#definitions('definitions'), ...this.#definitions('$defs') };
    // Names first: a definition keeps the one it has.
    for (const name of Object.keys(own)) this.#names.set(name, name);
    const { $ref, ...beside } = this.#root;
    const target = typeof $ref === 'string' && $ref !== '#' ? resolve(this.#root, this.#root) : undefined;
    const root = this.#normal(
      target === undefined ? this.#root : { ...target, ...withoutHolders(beside) },
      0,
    );
    for (const [name, value] of Object.entries(own)) define(this.#defs, name, this.#normal(value, 1));
    return Object.keys(this.#defs).length === 0 ? root : { ...root, $defs: this.#defs };
  }

  #definitions(holder: string): Record<string, unknown> {
    const value = this.#root[holder];
    return isObject(value) ? value : {};
  }

  #normal(value: unknown, depth: number): JsonSchema {
    if (!isObject(value) || depth > MAX_DEPTH) return value as JsonSchema;
    const normal = mapSubschemas(withoutHolders(value), (part) => this.#normal(part, depth + 1));
    const { $ref } = normal;
    return typeof $ref === 'string' ? { ...normal, $ref: this.#reference($ref, depth) } : normal;
  }

  #reference(ref: string, depth: number): string {
    if (ref === '#' || !ref.startsWith('#/')) return ref;
    const [, holder, ...rest] = ref.split('/');
    const [only = '', ...more] = rest;
    const isOwn = (holder === '$defs' || holder === 'definitions') && more.length === 0;
    const known = this.#names.get(isOwn && this.#names.get(only) === only ? only : ref);
    if (known !== undefined) return `#/$defs/${known}`;
    const target = resolve({ $ref: ref }, this.#root);
    // The fitting of the schema reports that it points nowhere.
    if (target === undefined) return ref;
    const name = this.#freeName(ref);
    this.#names.set(ref, name);
    define(this.#defs, name, this.#normal(target, depth + 1));
    return `#/$defs/${name}`;
  }

  #freeName(ref: string): string {
    const last = ref.slice(ref.lastIndexOf('/') + 1).replaceAll(/[^a-zA-Z0-9_]/g, '_') || 'definition';
    const taken = new Set(this.#names.values());
    let name = last;
    for (let n = 2; taken.has(name); n++) name = `${last}_${n}`;
    return name;
  }
}

function withoutHolders({
  $schema: _schema,
  $defs: _defs,
  definitions: _definitions,
  ...rest
}: JsonSchema): JsonSchema {
  return rest;
}

function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true });
}
