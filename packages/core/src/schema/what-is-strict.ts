import { isObject, type JsonSchema } from '../shared/json.ts';
import { admitsNull, resolve } from './null-members.ts';
import type { SchemaDialect } from './contract.ts';
import { mapMembers } from './normal-schema.ts';
import { overLimit } from './strict-limits.ts';

/** Why a schema has no strict form, with its place. */
class NotStrict extends Error {}

/** A schema in the form of a strict mode, or why it has none. */
export type StrictForm =
  | { readonly strict: true; readonly schema: JsonSchema }
  | { readonly strict: false; readonly reason: string };

/** Keywords whose meaning a strict mode cannot keep. */
const INEXPRESSIBLE = [
  'patternProperties',
  'propertyNames',
  'prefixItems',
  'contains',
  'not',
  'if',
  'dependentSchemas',
  'dependentRequired',
  'unevaluatedProperties',
  'unevaluatedItems',
];

/** Keywords that are only notes, or are said otherwise. */
const DROPPED: ReadonlySet<string> = new Set(['$schema', '$id', '$comment', '$anchor', 'oneOf', 'allOf']);

/** Schemas inside one another. */
const MAX_DEPTH = 512;

/** A normal schema as `dialect` takes it. */
export function strictForm(normal: JsonSchema, dialect: SchemaDialect): StrictForm {
  try {
    const schema = new Strict(normal, dialect).of(normal, '#', 0);
    const reason = overLimit(schema, dialect);
    return reason === undefined ? { strict: true, schema } : { strict: false, reason };
  } catch (error) {
    if (error instanceof NotStrict) return { strict: false, reason: error.message };
    throw error;
  }
}

class Strict {
  readonly #root: JsonSchema;
  readonly #dialect: SchemaDialect;

  constructor(root: JsonSchema, dialect: SchemaDialect) {
    this.#root = root;
    this.#dialect = dialect;
  }

  of(schema: unknown, at: string, depth: number): JsonSchema {
    if (!isObject(schema)) throw new NotStrict(`${at} admits anything`);
    if (depth > MAX_DEPTH) throw new NotStrict(`${at.slice(0, 80)}… is nested too deep`);
    const foreign = INEXPRESSIBLE.find((keyword) => keyword in schema);
    if (foreign !== undefined) throw new NotStrict(`${at} uses ${foreign}`);
    const { allOf, oneOf, anyOf, items, properties, $ref } = schema;
    if (Array.isArray(allOf)) {
      if (allOf.length !== 1) throw new NotStrict(`${at} uses allOf`);
      const { allOf: _, ...rest } = schema;
      return this.of({ ...(allOf[0] as JsonSchema), ...rest }, at, depth + 1);
    }
    const result = this.#taken(schema);
    if (isObject(schema['$defs'])) {
      result['$defs'] = mapMembers(schema['$defs'], (value, name) =>
        this.of(value, `${at}/$defs/${name}`, depth + 1),
      );
    }
    if (typeof $ref === 'string') {
      if (resolve(schema, this.#root) === undefined)
        throw new NotStrict(`${at} refers to ${$ref}, which is not in the schema`);
      // OpenAI refuses a reference with anything beside it, such as the description of this member.
      const { $ref: _, ...beside } = result;
      return Object.keys(beside).length === 0 ? result : { ...beside, anyOf: [{ $ref }] };
    }
    const branches = anyOf ?? oneOf;
    if (Array.isArray(branches)) {
      if (isObject(properties)) throw new NotStrict(`${at} has members beside its alternatives`);
      result['anyOf'] = branches.map((branch, index) => this.of(branch, `${at}/anyOf/${index}`, depth + 1));
      return result;
    }
    const values = enumerated(schema);
    if (schema['type'] === undefined) {
      if (values === undefined) throw new NotStrict(`${at} has no type`);
      const type = typesOf(values);
      if (type !== 'object' && type !== 'array') result['type'] = type;
    }
    const types = [schema['type'] ?? []].flat();
    if (types.includes('array')) result['items'] = this.of(items, `${at}/items`, depth + 1);
    if (types.includes('object')) Object.assign(result, this.#object(schema, at, depth));
    return result;
  }

  #object(schema: Record<string, unknown>, at: string, depth: number): JsonSchema {
    const { properties, additionalProperties, required } = schema;
    if (!isObject(properties)) throw new NotStrict(`${at} does not name its members`);
    const isOpen = additionalProperties === undefined && this.#dialect.open === 'refused';
    if (isOpen || (additionalProperties !== undefined && additionalProperties !== false))
      throw new NotStrict(`${at} takes further members`);
    const given = new Set(Array.isArray(required) ? (required as string[]) : []);
    const { optional } = this.#dialect;
    const members = mapMembers(properties, (value, name) => {
      const place = `${at}/properties/${name}`;
      const member = this.of(value, place, depth + 1);
      if (given.has(name) || optional === 'kept') return member;
      if (optional === 'refused') throw new NotStrict(`${place} is optional`);
      return admitsNull(value, this.#root) ? member : nullable(member);
    });
    const all = Object.keys(members);
    const names = optional === 'kept' ? all.filter((name) => given.has(name)) : all;
    const isAbsent = optional === 'kept' && required === undefined;
    return { properties: members, ...(isAbsent ? {} : { required: names }), additionalProperties: false };
  }

  /** The keywords that the wire takes; the others go into the description. */
  #taken(schema: Record<string, unknown>): JsonSchema {
    const { silent } = this.#dialect;
    const result: JsonSchema = {};
    const described: string[] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (DROPPED.has(keyword)) continue;
      if (this.#takes(keyword, value)) result[keyword] = value;
      else if (!keyword.startsWith('$') && !silent.includes(keyword))
        described.push(`${keyword}: ${JSON.stringify(value)}`);
    }
    if (described.length === 0) return result;
    const rules = `{${described.join(', ')}}`;
    const { description, ...rest } = result;
    return { ...rest, description: typeof description === 'string' ? `${description}\n\n${rules}` : rules };
  }

  #takes(keyword: string, value: unknown): boolean {
    const { keywords, silent, formats, patterns, mostMinItems } = this.#dialect;
    if (keywords === 'all' ? silent.includes(keyword) : !keywords.includes(keyword)) return false;
    if (keyword === 'format') return formats === undefined || formats.includes(value as string);
    if (keyword === 'pattern') return patterns === undefined || isPlainPattern(String(value));
    return keyword !== 'minItems' || mostMinItems === undefined || (value as number) <= mostMinItems;
  }
}

/** Without lookaround and references to groups, which no grammar can follow. */
function isPlainPattern(pattern: string): boolean {
  return !/\(\?<?[=!]|\\[1-9]|\\k</.test(pattern);
}

function nullable(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  const branches =
    Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? (rest['anyOf'] as JsonSchema[]) : [rest];
  const anyOf = [...branches, { type: 'null' }];
  return description === undefined ? { anyOf } : { description, anyOf };
}

function enumerated({ enum: values, const: value }: Record<string, unknown>): unknown[] | undefined {
  if (Array.isArray(values)) return values as unknown[];
  return value === undefined ? undefined : [value];
}

function typesOf(values: readonly unknown[]): string | string[] {
  const types = [
    ...new Set(
      values.map((value) => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)),
    ),
  ];
  return types.length === 1 ? (types[0] as string) : types;
}
