import { isObject, type JsonSchema, type JsonValue } from '../json.ts';
import { absentAsNull, admitsNull, resolve } from './null-members.ts';

/** A JSON Schema as a model is shown it, and the way back from what the model wrote. */
export interface ShownSchema {
  readonly schema: JsonSchema;
  /** What the model wrote, or the part of it that has arrived, without the envelope around it. */
  unwrap(value: JsonValue): JsonValue | undefined;
  /** What validation takes: unwrapped, and without `null` for optional members that do not take it. */
  restore(value: JsonValue): JsonValue | undefined;
}

/** A schema in the form of the strict modes, or why it has none. */
export type StrictSchema =
  | (ShownSchema & { readonly strict: true })
  | { readonly strict: false; /** What strict modes lack, with its place. */ readonly reason: string };

/** The schema as it is. */
export function plainSchema(schema: JsonSchema): ShownSchema {
  return {
    schema,
    unwrap: (value) => value,
    restore: (value) => absentAsNull(value, schema, schema),
  };
}

const ENVELOPE = 'value';

/** The schema inside an object with one member, as the arguments of tools and the strict modes must be objects. */
export function objectSchema(schema: JsonSchema): ShownSchema {
  if (schema['type'] === 'object' && !('anyOf' in schema) && !('oneOf' in schema)) return plainSchema(schema);
  const plain = plainSchema(schema);
  const unwrap = (value: JsonValue): JsonValue | undefined => (isObject(value) ? value[ENVELOPE] : undefined);
  return {
    schema: enveloped(schema),
    unwrap,
    restore(value) {
      const inner = unwrap(value);
      return inner === undefined ? undefined : plain.restore(inner);
    },
  };
}

/**
 * What the strict modes of the providers take (OpenAI's "Structured model outputs", supported schemas): the root an
 * object, every object closed, every member required, an optional one nullable, `anyOf` for `oneOf`, no `default`.
 * Schemas that cannot be said so (records, tuples, open or untyped members) are not strict.
 */
export function strictSchema(schema: JsonSchema): StrictSchema {
  const shown = objectSchema(schema);
  try {
    return { strict: true, ...shown, schema: strictly(shown.schema, shown.schema, '#') };
  } catch (error) {
    if (error instanceof NotStrict) return { strict: false, reason: error.message };
    throw error;
  }
}

class NotStrict extends Error {}

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
const DROPPED: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'default',
  'examples',
  'oneOf',
  'allOf',
]);

function strictly(schema: unknown, root: JsonSchema, at: string): JsonSchema {
  if (!isObject(schema)) throw new NotStrict(`${at} admits anything`);
  const foreign = INEXPRESSIBLE.find((keyword) => keyword in schema);
  if (foreign !== undefined) throw new NotStrict(`${at} uses ${foreign}`);
  const { allOf, oneOf, anyOf, items, properties, $ref } = schema;
  if (Array.isArray(allOf)) {
    if (allOf.length !== 1) throw new NotStrict(`${at} uses allOf`);
    const { allOf: _, ...rest } = schema;
    return strictly({ ...(allOf[0] as JsonSchema), ...rest }, root, at);
  }
  const result: JsonSchema = {};
  for (const [keyword, value] of Object.entries(schema)) if (!DROPPED.has(keyword)) result[keyword] = value;
  for (const holder of ['$defs', 'definitions']) {
    if (schema[holder] !== undefined)
      result[holder] = mapped(schema[holder], (name, value) =>
        strictly(value, root, `${at}/${holder}/${name}`),
      );
  }
  if (typeof $ref === 'string') {
    if (resolve(schema, root) === undefined)
      throw new NotStrict(`${at} refers to ${$ref}, which is not in the schema`);
    // OpenAI refuses a reference with anything beside it, such as the description of this member.
    const { $ref: _, ...beside } = result;
    return Object.keys(beside).length === 0 ? result : { ...beside, anyOf: [{ $ref }] };
  }
  const branches = anyOf ?? oneOf;
  if (Array.isArray(branches)) {
    if (isObject(properties)) throw new NotStrict(`${at} has members beside its alternatives`);
    result['anyOf'] = branches.map((branch, index) => strictly(branch, root, `${at}/anyOf/${index}`));
    return result;
  }
  const values = enumerated(schema);
  if (schema['type'] === undefined) {
    if (values === undefined) throw new NotStrict(`${at} has no type`);
    result['type'] = typesOf(values);
  }
  const types = [result['type']].flat();
  if (types.includes('array')) result['items'] = strictly(items, root, `${at}/items`);
  if (types.includes('object')) Object.assign(result, strictObject(schema, root, at));
  return result;
}

function strictObject(schema: Record<string, unknown>, root: JsonSchema, at: string): JsonSchema {
  const { properties, additionalProperties, required } = schema;
  if (!isObject(properties)) throw new NotStrict(`${at} does not name its members`);
  if (additionalProperties !== undefined && additionalProperties !== false)
    throw new NotStrict(`${at} takes further members`);
  const given = new Set(Array.isArray(required) ? (required as string[]) : []);
  const members = mapped(properties, (name, value) => {
    const member = strictly(value, root, `${at}/properties/${name}`);
    return given.has(name) || admitsNull(value, root) ? member : nullable(member);
  });
  return { properties: members, required: Object.keys(members), additionalProperties: false };
}

function nullable(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = schema;
  const branches =
    Array.isArray(rest['anyOf']) && Object.keys(rest).length === 1 ? (rest['anyOf'] as JsonSchema[]) : [rest];
  const anyOf = [...branches, { type: 'null' }];
  return description === undefined ? { anyOf } : { description, anyOf };
}

/** The envelope takes the definitions along, and references follow the schema to its new place. */
function enveloped(schema: JsonSchema): JsonSchema {
  const { $schema: _, $defs, ...rest } = moved(schema) as JsonSchema;
  const body = {
    type: 'object',
    properties: { [ENVELOPE]: rest },
    required: [ENVELOPE],
    additionalProperties: false,
  };
  return $defs === undefined ? body : { ...body, $defs };
}

function moved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moved);
  if (!isObject(value)) return value;
  return mapped(value, (key, member) => {
    if (
      key !== '$ref' ||
      typeof member !== 'string' ||
      !member.startsWith('#') ||
      member.startsWith('#/$defs/')
    )
      return moved(member);
    return `#/properties/${ENVELOPE}${member.slice(1)}`;
  });
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

function mapped<T>(object: unknown, map: (key: string, value: unknown) => T): { [key: string]: T } {
  // fromEntries, unlike an assignment, takes `__proto__` for a name.
  return Object.fromEntries(Object.entries(object as object).map(([key, value]) => [key, map(key, value)]));
}
