import { errorText, isMortiseError, MortiseError, type MortiseErrorOptions } from '../errors.ts';
import type { ParserErrorDetails, ValuePath } from './contract.ts';

/** A `MortiseError` of code `parse` or `validation` that says where and what. */
export type ParserError = MortiseError & Readonly<ParserErrorDetails>;

/** A `MortiseError` of a parser: the text is content, so it is not enumerable. */
export function parserError(
  code: 'parse' | 'validation',
  message: string,
  details: ParserErrorDetails,
  options: MortiseErrorOptions = {},
): ParserError {
  const error = new MortiseError(code, message, options);
  const { text, ...rest } = details;
  for (const [name, value] of Object.entries(rest)) {
    if (value !== undefined) Object.defineProperty(error, name, { value, enumerable: true });
  }
  // Not enumerable, as it is content, which loggers must not print unasked.
  Object.defineProperty(error, 'text', { value: text, enumerable: false });
  return error as ParserError;
}

/** True for what a parser of any copy of core rejects with. */
export function isParserError(error: unknown): error is ParserError {
  if (!isMortiseError(error) || (error.code !== 'parse' && error.code !== 'validation')) return false;
  return typeof (error as Partial<ParserErrorDetails>).text === 'string';
}

/** Whatever was thrown while parsing `text`, as a `ParserError`. */
export function toParserError(error: unknown, text: string): ParserError {
  if (isParserError(error)) return error;
  const reason = errorText(error) || 'The text could not be parsed.';
  const code = isMortiseError(error, 'validation') ? 'validation' : 'parse';
  return parserError(code, reason, { text }, { cause: error });
}

/** `items[2].name`, or `the top level`. */
export function pathText(path: ValuePath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text === '' ? 'the top level' : text;
}
