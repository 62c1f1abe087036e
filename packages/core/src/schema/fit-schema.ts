import type { JsonSchema } from '../shared/json.ts';
import type { SchemaDialect } from './contract.ts';
import { mergedRoot } from './merged-root.ts';
import { bySchema, normalSchema } from './normal-schema.ts';
import { strictForm } from './what-is-strict.ts';

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
  return FITS[place](schema, dialect);
}

const FITS = {
  tool: bySchema((schema): FittedSchema => ({ schema: mergedRoot(normalSchema(schema)), strict: false })),
  'strict-tool': bySchema((schema, dialect) => strictly(mergedRoot(normalSchema(schema)), dialect)),
  // A reply is given to the caller as it is: nothing may turn up in it that the schema does not say.
  format: bySchema((schema, dialect) =>
    strictly(
      normalSchema(schema),
      dialect.optional === 'kept' ? dialect : { ...dialect, optional: 'refused', open: 'refused' },
    ),
  ),
};

function strictly(schema: JsonSchema, dialect: SchemaDialect): FittedSchema {
  if (schema['type'] !== 'object') return { schema, strict: false, reason: '# is not an object' };
  const form = strictForm(schema, dialect);
  return form.strict ? form : { schema, ...form };
}
