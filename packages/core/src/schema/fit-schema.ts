import { isObject, type JsonSchema } from '../shared/json.ts';
import { mergedRoot } from './merged-root.ts';
import { checkedSchema, normalSchema, unreadable } from './normal-schema.ts';
import type { SchemaDialect } from './contract.ts';
import { NotStrict, strictForm } from './what-is-strict.ts';

/** A schema as a wire takes it in one of its places. */
export interface FittedSchema {
  readonly schema: JsonSchema;
  /** Whether the wire can hold the model to it. */
  readonly strict: boolean;
  /** Why it cannot, with its place. */
  readonly reason?: string | undefined;
}

/** What a schema is for: the arguments of a tool, or a structured reply whose meaning must stay as it is. */
export type SchemaPlace = 'tool' | 'strict-tool' | 'format';

/**
 * C-15: the one function that fits a schema to a wire. In every place it is normal (`$defs`, no `$schema`, an object at the
 * root). A `strict-tool` and a `format` come closed, with what the wire does not take in the description; optional members
 * of a strict tool become nullable where the wire wants all of them (`runTools` takes the nulls out again). What cannot be
 * said so is given back open, with the reason. Remembered by schema object and dialect.
 */
export function fitSchema(schema: JsonSchema, dialect: SchemaDialect, place: SchemaPlace): FittedSchema {
  let fitted = memo.get(checkedSchema(schema));
  if (fitted === undefined) memo.set(schema, (fitted = new Map<SchemaDialect, Fits>()));
  let known = fitted.get(dialect)?.[place];
  if (known === undefined) {
    try {
      known = fit(schema, dialect, place);
    } catch (error) {
      throw unreadable(error);
    }
    fitted.set(dialect, { ...fitted.get(dialect), [place]: known });
  }
  return known;
}

type Fits = { [place in SchemaPlace]?: FittedSchema };

const memo = new WeakMap<JsonSchema, Map<SchemaDialect, Fits>>();

function fit(schema: JsonSchema, dialect: SchemaDialect, place: SchemaPlace): FittedSchema {
  const normal = normalSchema(schema);
  if (place === 'format') return strictly(normal, unchanged(dialect));
  const root = mergedRoot(normal);
  return place === 'tool' ? { schema: root, strict: false } : strictly(root, dialect);
}

/** A reply is given to the caller as it is: nothing may turn up in it that the schema does not say. */
function unchanged(dialect: SchemaDialect): SchemaDialect {
  if (dialect.optional === 'kept') return dialect;
  return { ...dialect, optional: 'refused', open: 'refused' };
}

function strictly(schema: JsonSchema, dialect: SchemaDialect): FittedSchema {
  if (!isObject(schema) || schema['type'] !== 'object')
    return { schema, strict: false, reason: '# is not an object' };
  try {
    return { schema: strictForm(schema, dialect), strict: true };
  } catch (error) {
    if (error instanceof NotStrict) return { schema, strict: false, reason: error.message };
    throw error;
  }
}
