import { MortiseError, errorText } from '@mortise/core';
import { heard, isObject, type JsonSchema } from '@mortise/core/shared';
import type { Schema, StandardJsonSchema, StandardResult } from '@mortise/core/schema';

/**
 * A plain JSON Schema (draft 2020-12) as a `Schema`. Core does not validate JSON Schema: without `validate` every
 * value passes, whatever `T` says. `validate` returns `{ value }` or `{ issues }`; what it throws is an issue.
 *
 * ```ts
 * const check = new Ajv().compile<City>(raw);
 * const city = jsonSchema<City>(raw, (value) =>
 *   check(value) ? { value } : { issues: [{ message: ajv.errorsText(check.errors) }] });
 * ```
 */
export function jsonSchema<T = unknown>(
  raw: JsonSchema,
  validate?: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>,
): Schema<T, T> {
  if (!isObject(raw)) {
    throw new MortiseError('configuration', 'jsonSchema() takes a JSON Schema as a plain object.');
  }
  return {
    '~standard': {
      version: 1,
      vendor: 'mortise',
      validate: validate === undefined ? (value) => ({ value: value as T }) : guarded(validate),
      jsonSchema: { input: () => raw, output: () => raw },
    },
  };
}

function guarded<T>(
  validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>,
): (value: unknown) => Promise<StandardResult<T>> {
  return async (value) => {
    try {
      return await validate(value);
    } catch (error) {
      return { issues: [{ message: errorText(error) }] };
    }
  };
}

/** The JSON Schema of what the model writes: the schema's input, draft 2020-12. Remembered by schema. Throws `configuration`. */
export function toJsonSchema(schema: StandardJsonSchema): JsonSchema {
  const isKey = (typeof schema === 'object' && schema !== null) || typeof schema === 'function';
  let json = isKey ? known.get(schema) : undefined;
  if (json === undefined) {
    json = derived(schema);
    known.set(schema, json);
  }
  return json;
}

/** Deriving one takes 40 times as long as a call of a model that is there. Schemas do not change. */
const known = new WeakMap<object, JsonSchema>();

function derived(schema: StandardJsonSchema): JsonSchema {
  const standard = (schema as Partial<StandardJsonSchema> | undefined)?.['~standard'];
  if (typeof standard?.jsonSchema?.input !== 'function') {
    const vendor = standard?.vendor === undefined ? 'This schema' : `This ${standard.vendor} schema`;
    const message = `${vendor} cannot write itself as JSON Schema. Use zod 4 or arktype, wrap a valibot schema in toStandardJsonSchema() of @valibot/to-json-schema, or give the JSON Schema by jsonSchema().`;
    throw new MortiseError('configuration', message);
  }
  try {
    const made: unknown = heard(standard.jsonSchema.input({ target: 'draft-2020-12' }));
    if (made instanceof Promise) throw new TypeError('it is a promise of one');
    return made as JsonSchema;
  } catch (cause) {
    const reason = errorText(cause);
    const message = `The schema has no JSON Schema for its input: ${reason}. Use types that JSON has on the input side, such as a string that is turned into a date.`;
    throw new MortiseError('configuration', message, { cause });
  }
}
