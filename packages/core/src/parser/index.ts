export { BaseOutputParser } from './base.ts';
export type {
  DeepPartial,
  OutputParser,
  ParseOptions,
  ParserErrorDetails,
  ParserIssue,
  ValuePath,
} from './contract.ts';
export { isParserError, parserError, type ParserError } from './errors.ts';
export {
  IncrementalJson,
  type IncrementalJsonOptions,
  type JsonFailure,
  type JsonKind,
} from './incremental-json.ts';
export { jsonSchema, toJsonSchema } from './json-schema.ts';
export { findJson, JsonParser, streamJson, type JsonParserOptions } from './json.ts';
export { ListParser, type ListParserOptions } from './list.ts';
export { SchemaParser, type SchemaParserOptions } from './schema.ts';
export type { JsonRepair, JsonRepairKind } from './tolerant-reader.ts';
export {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
} from './strict-schema.ts';
