import type { JsonSchema } from '@mortise/core';
import { isObject } from '@mortise/core/wire';

/**
 * Whether OpenAI's strict mode takes this schema: every object closed and all its members required. Where it does,
 * the provider guarantees the format; where it does not, asking for strict would be refused.
 */
export function fitsStrictMode(schema: JsonSchema): boolean {
  return isObject(schema) && schema['type'] === 'object' && everyObjectClosed(schema);
}

function everyObjectClosed(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(everyObjectClosed);
  if (!isObject(schema)) return true;
  if (REFUSED.some((name) => name in schema)) return false;
  const { type, properties } = schema;
  if (type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined) {
    const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
    const names = Object.keys(isObject(properties) ? properties : {});
    if (schema['additionalProperties'] !== false || !names.every((name) => required.includes(name)))
      return false;
  }
  return subschemas(schema).every(everyObjectClosed);
}

const MAPS = ['properties', '$defs', 'definitions'];
const PARTS = ['items', 'prefixItems', 'anyOf'];
/** https://developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas". */
const REFUSED = ['oneOf', 'allOf', 'not', 'if', 'patternProperties', 'dependentRequired', 'dependentSchemas'];

/** Only where JSON Schema has schemas: an `enum` or a `default` may hold objects of its own. */
function subschemas(schema: Record<string, unknown>): unknown[] {
  const maps = MAPS.flatMap((name) => (isObject(schema[name]) ? Object.values(schema[name]) : []));
  return [...maps, ...PARTS.map((name) => schema[name])];
}
