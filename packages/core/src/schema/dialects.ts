import type { SchemaDialect } from './contract.ts';

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

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations". */
const ANTHROPIC = {
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
} as const satisfies SchemaDialect;

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
  anthropic: ANTHROPIC,
  /**
   * The same grammar, whichever model writes by it:
   * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html, "JSON Schema support".
   */
  bedrock: { ...ANTHROPIC, name: "Bedrock's structured output" },
  /** https://docs.cohere.com/docs/structured-outputs, "Unsupported schema features". */
  cohere: {
    name: "Cohere's structured output",
    keywords: [...STRUCTURE, ...REFERENCES, 'pattern', 'format'],
    silent: NOTES,
    formats: ['date-time', 'uuid', 'date', 'time'],
    patterns: 'plain',
    optional: 'nullable',
  },
  /** https://ai.google.dev/api/generate-content#GenerationConfig, `responseJsonSchema`: what is supported of JSON Schema. */
  google: {
    name: "Gemini's response schema",
    keywords: [
      ...['type', 'properties', 'required', 'additionalProperties', 'items', 'prefixItems', 'enum'],
      ...[...REFERENCES, '$id', '$anchor', 'oneOf', 'format', 'minItems', 'maxItems', 'minimum', 'maximum'],
      'propertyOrdering',
    ],
    silent: NOTES,
    optional: 'kept',
    recursive: false,
  },
} as const satisfies { readonly [wire: string]: SchemaDialect };
