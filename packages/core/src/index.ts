export {
  isMortiseError,
  MortiseError,
  type ErrorCode,
  type KnownErrorCode,
  type MortiseErrorOptions,
} from './errors.ts';
export type { JsonObject, JsonSchema, JsonValue } from './json.ts';
export type { InferInput, InferOutput, Schema, StandardJsonSchema, StandardSchema } from './schema.ts';
export * from './call/index.ts';
export * from './events/index.ts';
export * from './llm/index.ts';
