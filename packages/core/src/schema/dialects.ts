/*
 * The dialects that integrations of Mortise declare as `metadata.schemaDialect`, each by itself: a bundle holds those that
 * it names.
 */
import type { SchemaDialect } from './contract.ts';

const words = (text: string): readonly string[] => text.split(' ');
/** What every wire but Gemini's takes, and more. */
const structure = (more: string): readonly string[] =>
  words(
    `type properties required additionalProperties items enum const anyOf $ref $defs title description ${more}`,
  );

const NOTES = ['default', 'examples', 'deprecated', 'readOnly', 'writeOnly'];

/** https://developers.openai.com/api/docs/guides/structured-outputs, "Supported schemas". */
export const openaiDialect: SchemaDialect = {
  name: "OpenAI's strict mode",
  keywords: /* @__PURE__ */ structure(
    'pattern format multipleOf minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum',
  ),
  silent: NOTES,
  formats: /* @__PURE__ */ words('date-time time date duration email hostname ipv4 ipv6 uuid'),
  patterns: 'plain',
  optional: 'nullable',
  limits: {
    depth: 10,
    properties: 5_000,
    enumValues: 1_000,
    characters: 120_000,
    enumCharacters: 15_000,
  },
};

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs, "JSON Schema limitations". */
export const anthropicDialect: SchemaDialect = {
  name: "Anthropic's grammar",
  keywords: /* @__PURE__ */ structure('allOf default format minItems'),
  silent: ['deprecated', 'readOnly', 'writeOnly'],
  formats: /* @__PURE__ */ words('date-time time date duration email hostname uri ipv4 ipv6 uuid'),
  mostMinItems: 1,
  optional: 'kept',
  recursive: false,
  limits: { optional: 24, unions: 16 },
};

/**
 * The same grammar, whichever model writes by it:
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html, "JSON Schema support".
 */
export const bedrockDialect: SchemaDialect = /* @__PURE__ */ named(
  "Bedrock's structured output",
  anthropicDialect,
);

/** https://docs.cohere.com/docs/structured-outputs, "Unsupported schema features". */
export const cohereDialect: SchemaDialect = {
  name: "Cohere's structured output",
  keywords: /* @__PURE__ */ structure('pattern format'),
  silent: NOTES,
  formats: ['date-time', 'uuid', 'date', 'time'],
  patterns: 'plain',
  optional: 'nullable',
};

/** https://ai.google.dev/api/generate-content#GenerationConfig, `responseJsonSchema`: what is supported of JSON Schema. */
export const googleDialect: SchemaDialect = {
  name: "Gemini's response schema",
  keywords: /* @__PURE__ */ words(
    'type properties required additionalProperties items prefixItems enum anyOf $ref $defs title description $id $anchor oneOf format minItems maxItems minimum maximum propertyOrdering',
  ),
  silent: NOTES,
  optional: 'kept',
  recursive: false,
};

function named(name: string, dialect: SchemaDialect): SchemaDialect {
  return { ...dialect, name };
}
