import { isObject, type JsonSchema, type JsonValue } from '../shared/json.ts';
import { checkedSchema, normalSchema, unreadable } from './normal-schema.ts';
import { absentAsNull, type RestoredParts } from './null-members.ts';
import { COMMON } from './dialects.ts';
import type { SchemaDialect } from './contract.ts';
import { NotStrict, strictForm } from './what-is-strict.ts';

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
  let known = memo.get(checkedSchema(schema));
  if (known === undefined) memo.set(schema, (known = new Map<SchemaDialect, StrictSchema>()));
  let strict = known.get(dialect);
  if (strict === undefined) known.set(dialect, (strict = toStrict(schema, dialect)));
  return strict;
}

const memo = new WeakMap<JsonSchema, Map<SchemaDialect, StrictSchema>>();

function toStrict(schema: JsonSchema, dialect: SchemaDialect): StrictSchema {
  try {
    const shown = objectSchema(schema);
    return { strict: true, ...shown, schema: strictForm(shown.schema, dialect) };
  } catch (error) {
    if (error instanceof NotStrict) return { strict: false, reason: error.message };
    throw unreadable(error);
  }
}

/** The definitions stay at the root; a schema that refers to itself becomes one of them. */
function enveloped(schema: JsonSchema): JsonSchema {
  const { $defs, ...rest } = schema;
  const body = { type: 'object', required: [ENVELOPE], additionalProperties: false };
  if (!refersToRoot(rest) && !refersToRoot($defs)) {
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
    $defs: { ...(moved(own, $ref) as object), [name]: moved(rest, $ref) },
  };
}

function refersToRoot(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refersToRoot);
  if (!isObject(value)) return false;
  return value['$ref'] === '#' || Object.values(value).some(refersToRoot);
}

function moved(value: unknown, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => moved(item, to));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === '$ref' && member === '#' ? to : moved(member, to),
    ]),
  );
}
