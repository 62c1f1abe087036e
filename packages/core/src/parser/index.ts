export { BaseOutputParser } from './base.ts';
export { CodeBlocksParser, type CodeBlock, type CodeBlocksParserOptions } from './code-blocks.ts';
export { CombinedParser, type CombinedValue } from './combined.ts';
export type {
  DeepPartial,
  OutputParser,
  ParseOptions,
  ParserErrorDetails,
  ParserIssue,
  ValuePath,
} from './contract.ts';
export { isParserError, parserError, pathText, type ParserError } from './errors.ts';
export { IncrementalJson } from './incremental-json.ts';
export {
  type IncrementalJsonOptions,
  type JsonFailure,
  type JsonKind,
  type JsonRange,
} from './json-options.ts';
export { fitSchema, type FittedSchema, type SchemaPlace } from './fit-schema.ts';
export { jsonSchema, toJsonSchema } from './json-schema.ts';
export { findJson, JsonParser, streamJson, type JsonParserOptions } from './json.ts';
export {
  fromLangChainParser,
  toLangChainParser,
  type LangChainInput,
  type LangChainParser,
  type LangChainRunnableParser,
} from './langchain.ts';
export { ListParser, type ListParserOptions } from './list.ts';
export {
  MarkdownSectionsParser,
  MarkdownTableParser,
  type MarkdownRow,
  type MarkdownSection,
  type MarkdownSectionsParserOptions,
  type MarkdownTableParserOptions,
} from './markdown.ts';
export { replyStart } from './reasoning.ts';
export { RegexParser, type RegexParserOptions } from './regex.ts';
export {
  BooleanParser,
  DateParser,
  EnumParser,
  NumberParser,
  type BooleanParserOptions,
  type NumberParserOptions,
} from './scalar.ts';
export { SchemaParser, type SchemaParserOptions } from './schema.ts';
export { schemaDialects, type SchemaDialect, type SchemaLimits } from './schema-dialects.ts';
export { SelectionParser, type Selection, type SelectionParserOptions } from './selection.ts';
export type { JsonRepair, JsonRepairKind } from './tolerant-strings.ts';
export {
  objectSchema,
  plainSchema,
  strictSchema,
  type ShownSchema,
  type StrictSchema,
} from './strict-schema.ts';
export { withRepair, type RepairOptions } from './with-repair.ts';
export { XmlParser, xmlText, type XmlElement, type XmlParserOptions } from './xml.ts';
