export { schemaDialects, type SchemaDialect, type SchemaLimits } from './dialects.ts';
export { fitSchema, type FittedSchema, type SchemaPlace } from './fit-schema.ts';
export type { RestoredParts } from './null-members.ts';
export {
  isStandardSchema,
  type InferInput,
  type InferOutput,
  type Schema,
  type StandardIssue,
  type StandardJsonSchema,
  type StandardResult,
  type StandardSchema,
} from './standard.ts';
export {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
} from './strict-schema.ts';
