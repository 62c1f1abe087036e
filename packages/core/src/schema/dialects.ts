/**
 * What a wire takes of JSON Schema where it holds a model to it (structured output, strict tools). Data, so that a new wire
 * is a few lines. What it does not take goes into the description, for the model to read; the validator still judges it.
 */
export interface SchemaDialect {
  /** In messages. */
  readonly name: string;
  /** Keywords that are sent on. `all`: every one that the strict form can keep. */
  readonly keywords: 'all' | readonly string[];
  /** Keywords that say nothing to a model and are left out without a word. */
  readonly silent: readonly string[];
  /** Values of `format` that are sent on; absent: all. */
  readonly formats?: readonly string[] | undefined;
  /** `plain`: without lookaround and references to groups. Default: any. */
  readonly patterns?: 'plain' | undefined;
  /** The highest `minItems` that is sent on. Default: any. */
  readonly mostMinItems?: number | undefined;
  /** An optional member: required and nullable, as it is, or not taken at all. */
  readonly optional: 'nullable' | 'kept' | 'refused';
  /** An object that does not say whether it takes further members: closed, or not taken. Default: closed. */
  readonly open?: 'closed' | 'refused' | undefined;
  /** Whether a schema may refer to itself. Default: true. */
  readonly recursive?: boolean | undefined;
  readonly limits?: SchemaLimits | undefined;
}

/** How much a wire takes of one schema. Absent: any number. */
export interface SchemaLimits {
  /** Objects and lists inside one another. */
  readonly depth?: number | undefined;
  /** Members of all objects. */
  readonly properties?: number | undefined;
  /** Members that are not required. */
  readonly optional?: number | undefined;
  /** Places with alternatives: `anyOf`, or a list of types. */
  readonly unions?: number | undefined;
  /** Values of all enums. */
  readonly enumValues?: number | undefined;
  /** Characters of all names of members and definitions, and of all enum values and constants. */
  readonly characters?: number | undefined;
  /** Characters of one enum of more than 250 strings. */
  readonly enumCharacters?: number | undefined;
}

const STRUCTURE = ['type', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const'];
const REFERENCES = ['anyOf', '$ref', '$defs', 'title', 'description'];
const NOTES = ['default', 'examples', 'deprecated', 'readOnly', 'writeOnly'];

/** What all strict modes have in common, for a model whose wire is not known. */
export const COMMON: SchemaDialect = {
  name: 'strict modes',
  keywords: 'all',
  silent: NOTES,
  optional: 'nullable',
};

/** The dialects that integrations of Mortise declare as `metadata.schemaDialect`. */
export const schemaDialects = {
  /** https://developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas". */
  openai: {
    name: "OpenAI's strict mode",
    keywords: [
      ...[...STRUCTURE, ...REFERENCES, 'pattern', 'format', 'multipleOf', 'minItems', 'maxItems'],
      ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
    ],
    silent: NOTES,
    formats: [...['date-time', 'time', 'date', 'duration', 'email'], ...['hostname', 'ipv4', 'ipv6', 'uuid']],
    patterns: 'plain',
    optional: 'nullable',
    limits: {
      depth: 10,
      properties: 5_000,
      enumValues: 1_000,
      characters: 120_000,
      enumCharacters: 15_000,
    },
  },
  /** https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations". */
  anthropic: {
    name: "Anthropic's grammar",
    keywords: [...STRUCTURE, ...REFERENCES, 'allOf', 'default', 'format', 'minItems'],
    silent: ['deprecated', 'readOnly', 'writeOnly'],
    formats: [
      ...['date-time', 'time', 'date', 'duration', 'email'],
      ...['hostname', 'uri', 'ipv4', 'ipv6', 'uuid'],
    ],
    mostMinItems: 1,
    optional: 'kept',
    recursive: false,
    limits: { optional: 24, unions: 16 },
  },
  /** https://docs.cohere.com/docs/structured-outputs, "Unsupported schema features". */
  cohere: {
    name: "Cohere's structured output",
    keywords: [...STRUCTURE, ...REFERENCES, 'pattern', 'format'],
    silent: NOTES,
    formats: ['date-time', 'uuid', 'date', 'time'],
    patterns: 'plain',
    optional: 'nullable',
  },
} as const satisfies { readonly [wire: string]: SchemaDialect };
