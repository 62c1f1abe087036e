import { defined, isObject, type JsonSchema } from '../shared/json.ts';
import { resolve } from './null-members.ts';

/**
 * The arguments of a tool as one object: OpenAI and Anthropic refuse alternatives at the root. The members of all
 * alternatives stand side by side, required where every one of them requires it; which belong together stands in the
 * description, and the tool's own schema judges it. `allOf` is the sum of its parts. Anything else is given back as it is.
 */
export function mergedRoot(schema: JsonSchema, depth = 0): JsonSchema {
  // An alternative that is the root itself has no end.
  if (depth > MAX_DEPTH) return schema;
  const { anyOf, oneOf, allOf, ...rest } = schema;
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(allOf)) {
    const parts = [rest, ...(allOf as unknown[])]
      .map((part) => objectOf(part, schema, depth))
      .filter((part) => part !== undefined);
    if (parts.length < allOf.length) return schema;
    const alternatives = defined({ anyOf, oneOf });
    return mergedRoot({ ...rest, ...schemaOf(merged(parts, 'all')), ...alternatives }, depth + 1);
  }
  if (!Array.isArray(alternatives)) return schema;
  const branches = alternatives.map((branch) => objectOf(branch, schema, depth));
  if (!branches.every((branch) => branch !== undefined)) return schema;
  const own = objectOf(rest, schema, depth);
  const either = merged(branches, 'any');
  const whole = own === undefined ? either : merged([own, either], 'all');
  const { description } = schema;
  const forms = `One of: ${JSON.stringify(branches.map(formOf))}`;
  return {
    ...rest,
    ...schemaOf(whole),
    description: typeof description === 'string' ? `${description}\n\n${forms}` : forms,
  };
}

/** Alternatives within alternatives. */
const MAX_DEPTH = 16;

interface ObjectSchema {
  readonly properties: Record<string, unknown>;
  readonly required: readonly string[];
  readonly closed: boolean;
}

function objectOf(schema: unknown, root: JsonSchema, depth: number): ObjectSchema | undefined {
  const resolved = resolve(schema, root);
  if (resolved === undefined || !isObject(resolved['properties'])) return undefined;
  if (['anyOf', 'oneOf', 'allOf'].some((keyword) => keyword in resolved)) {
    const inner = mergedRoot({ ...resolved, $defs: root['$defs'] }, depth + 1);
    return 'anyOf' in inner || 'oneOf' in inner || 'allOf' in inner
      ? undefined
      : objectOf(inner, root, depth + 1);
  }
  const { properties, required, additionalProperties } = resolved;
  return {
    properties,
    required: Array.isArray(required) ? (required as string[]) : [],
    closed: additionalProperties === false,
  };
}

function schemaOf({ properties, required, closed }: ObjectSchema): JsonSchema {
  return { type: 'object', properties, required, ...(closed ? { additionalProperties: false } : {}) };
}

function merged(parts: readonly ObjectSchema[], how: 'all' | 'any'): ObjectSchema {
  const found = new Map<string, unknown[]>();
  for (const { properties } of parts) {
    for (const [name, value] of Object.entries(properties)) {
      const values = found.get(name) ?? [];
      if (!values.some((known) => JSON.stringify(known) === JSON.stringify(value))) values.push(value);
      found.set(name, values);
    }
  }
  const isRequired = (name: string): boolean => {
    const requires = ({ required }: ObjectSchema): boolean => required.includes(name);
    return how === 'all' ? parts.some(requires) : parts.every(requires);
  };
  return {
    properties: Object.fromEntries([...found].map(([name, values]) => [name, joined(values, how)])),
    required: [...found.keys()].filter(isRequired),
    closed: parts.every(({ closed }) => closed),
  };
}

/** Constants, such as those that tell the alternatives apart, as one enum. */
function joined(values: readonly unknown[], how: 'all' | 'any'): unknown {
  if (values.length === 1) return values[0];
  if (how === 'all') return { allOf: values };
  const constants = values.map((value) => (isObject(value) && 'const' in value ? value['const'] : undefined));
  if (constants.some((constant) => constant === undefined)) return { anyOf: values };
  const types = [...new Set(constants.map((constant) => typeof constant))];
  return types.length === 1 && types[0] !== 'object'
    ? { type: types[0], enum: constants }
    : { enum: constants };
}

/** An alternative in the fewest words: its constants, and the names of its members, `?` where they are optional. */
function formOf({ properties, required }: ObjectSchema): object {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const constant = isObject(value) && 'const' in value ? value['const'] : undefined;
      return [required.includes(name) ? name : `${name}?`, constant ?? '…'];
    }),
  );
}
