export { anthropicDialect, bedrockDialect, cohereDialect, googleDialect, openaiDialect } from './dialects.ts';
export type { SchemaDialect } from './contract.ts';
export { fitSchema } from './fit-schema.ts';
export type {
  InferInput,
  InferOutput,
  Schema,
  StandardIssue,
  StandardJsonSchema,
  StandardResult,
  StandardSchema,
} from './standard-contract.ts';
export { isStandardSchema } from './standard.ts';
export {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
} from './strict-schema.ts';
