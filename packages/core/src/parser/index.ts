export { BaseOutputParser } from './base.ts';
export type {
  DeepPartial,
  OutputParser,
  ParseOptions,
  ParserErrorDetails,
  ParserIssue,
  ValuePath,
} from './contract.ts';
export { isParserError, parserError, pathText, type ParserError } from './errors.ts';
