import type { JsonSchema } from '@mortise/core';
import { isObject } from '@mortise/core/wire';

/*
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations": other keywords
 * are refused with 400. The SDK's `transformJSONSchema` draws the same line.
 */
const TAKEN: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'anyOf', 'allOf', '$ref', '$defs', 'title', 'description', 'default'],
  ...['properties', 'required', 'additionalProperties', 'items'],
]);
const FORMATS: ReadonlySet<unknown> = new Set([
  ...['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
]);

/**
 * The schema as Anthropic's structured output and strict tools take it. What the grammar cannot hold the model to
 * (`minimum`, `maxLength`, `pattern`...) goes into the description, for the model to read; the validator of the
 * application still judges it.
 */
export function fitGrammar(schema: JsonSchema): JsonSchema {
  const fitted: JsonSchema = {};
  const told: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (takes(keyword, value)) fitted[keyword] = within(keyword, value);
    else if (keyword === 'oneOf') fitted['anyOf'] = within('anyOf', value);
    else if (!keyword.startsWith('$')) told.push(`${keyword}: ${JSON.stringify(value)}`);
  }
  if (told.length === 0) return fitted;
  const { description, ...rest } = fitted;
  const rules = `{${told.join(', ')}}`;
  return { ...rest, description: typeof description === 'string' ? `${description}\n\n${rules}` : rules };
}

function takes(keyword: string, value: unknown): boolean {
  if (keyword === 'format') return FORMATS.has(value);
  if (keyword === 'minItems') return value === 0 || value === 1;
  return TAKEN.has(keyword);
}

/** Only where JSON Schema has schemas: an `enum` or a `default` may hold objects of its own. */
function within(keyword: string, value: unknown): unknown {
  if (keyword === 'items' && isObject(value)) return fitGrammar(value);
  if ((keyword === 'anyOf' || keyword === 'allOf') && Array.isArray(value)) return value.map(fitOne);
  if ((keyword === 'properties' || keyword === '$defs') && isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fitOne(member)]));
  return value;
}

const fitOne = (schema: unknown): unknown => (isObject(schema) ? fitGrammar(schema) : schema);
