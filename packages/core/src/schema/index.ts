export { schemaDialects } from './dialects.ts';
export type { SchemaDialect, SchemaLimits } from './contract.ts';
export { fitSchema, type FittedSchema, type SchemaPlace } from './fit-schema.ts';
export type { RestoredParts } from './null-members.ts';
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
