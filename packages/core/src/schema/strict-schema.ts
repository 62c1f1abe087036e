import { isObject, type JsonSchema, type JsonValue } from '../shared/json.ts';
import { bySchema, mapMembers, normalSchema, subschemas, withRootAt } from './normal-schema.ts';
import { absentAsNull, type RestoredParts } from './null-members.ts';
import type { SchemaDialect } from './contract.ts';
import { strictForm } from './what-is-strict.ts';

/** A JSON Schema as a model is shown it, and the way back from what the model wrote. */
export interface ShownSchema {
  readonly schema: JsonSchema;
  /** What the model wrote, or the part of it that has arrived, without the envelope around it. */
  unwrap(value: JsonValue): JsonValue | undefined;
  /**
   * What validation takes: unwrapped, and without `null` for optional members that do not take it. For parts of a value
   * that grows, `kept` remembers what was done to what does not change any more.
   */
  restore(value: JsonValue, kept?: RestoredParts): JsonValue | undefined;
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
    restore: (value, kept) => absentAsNull(value, schema, schema, kept),
  };
}

/** What all strict modes have in common, for a model whose wire is not known. */
const COMMON: SchemaDialect = {
  name: 'strict modes',
  keywords: 'all',
  silent: ['default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
  optional: 'nullable',
};

const ENVELOPE = 'value';

/** The schema inside an object with one member, as the arguments of tools and the strict modes must be objects. */
export function objectSchema(schema: JsonSchema): ShownSchema {
  const normal = normalSchema(schema);
  if (normal['type'] === 'object' && !('anyOf' in normal) && !('oneOf' in normal)) return plainSchema(normal);
  const plain = plainSchema(normal);
  const unwrap = (value: JsonValue): JsonValue | undefined => (isObject(value) ? value[ENVELOPE] : undefined);
  return {
    schema: enveloped(normal),
    unwrap,
    restore(value, kept) {
      const inner = unwrap(value);
      return inner === undefined ? undefined : plain.restore(inner, kept);
    },
  };
}

/**
 * What the strict modes of the providers take: the root an object, every object closed, every member required, an optional
 * one nullable, `anyOf` for `oneOf`, no `default`; of one wire where its `dialect` is given (`llm.metadata.schemaDialect`).
 * Schemas that cannot be said so (records, tuples, open or untyped members, more than the wire takes) are not strict.
 * Remembered by schema object and dialect.
 */
export function strictSchema(schema: JsonSchema, dialect: SchemaDialect = COMMON): StrictSchema {
  return remembered(schema, dialect);
}

const remembered = /* @__PURE__ */ bySchema((schema, dialect): StrictSchema => {
  const shown = objectSchema(schema);
  const form = strictForm(shown.schema, dialect);
  return form.strict ? { ...shown, ...form } : form;
});

/** The definitions stay at the root; a schema that refers to itself becomes one of them. */
function enveloped(schema: JsonSchema): JsonSchema {
  const { $defs, ...rest } = schema;
  const body = { type: 'object', required: [ENVELOPE], additionalProperties: false };
  if (!refersToRoot(schema)) {
    const plain = { ...body, properties: { [ENVELOPE]: rest } };
    return $defs === undefined ? plain : { ...plain, $defs };
  }
  const own = isObject($defs) ? $defs : {};
  let name = ENVELOPE;
  while (Object.hasOwn(own, name)) name += '_';
  const $ref = `#/$defs/${name}`;
  return {
    ...body,
    properties: { [ENVELOPE]: { $ref } },
    $defs: { ...mapMembers(own, (part) => withRootAt(part, $ref)), [name]: withRootAt(rest, $ref) },
  };
}

function refersToRoot(schema: unknown): boolean {
  return isObject(schema) && (schema['$ref'] === '#' || subschemas(schema).some(refersToRoot));
}
