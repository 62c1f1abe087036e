import type { ParserConformanceOptions, ParserSubject } from '@mortise/conformance';
import type { Schema } from '@mortise/core/schema';
import type { ChatMessage } from '@mortise/core/llm';
import { SchemaParser } from '@mortise/toolkit/parsers';
import type { OutputParser, ParseOptions } from '@mortise/core/parser';
import { coreParsers } from '../reference/parsers.ts';

/** One of core's parsers with one thing wrong. */
export interface ParserMutant {
  readonly fault: string;
  /** The case that is meant for it. */
  readonly caughtBy: string;
  /** Cases that see it too. */
  readonly also: readonly string[];
  readonly subject: ParserConformanceOptions;
}

export type Parser = OutputParser<unknown, unknown>;

/** What is wrong: members that stand in for the right ones. */
export type Fault = (right: Right) => Partial<Parser>;

/** The members of a right parser. */
export interface Right {
  format(input: string): string;
  formatAll(input: readonly ChatMessage[]): readonly ChatMessage[];
  parse(text: string, options?: ParseOptions): Promise<unknown>;
  stream(chunks: AsyncIterable<string>, options?: ParseOptions): AsyncIterable<unknown>;
}

export function rightOf(parser: Parser): Right {
  return {
    format: (input) => parser.format!(input),
    formatAll: (input) => parser.format!(input),
    parse: (text, options) => parser.parse(text, options),
    stream: (chunks, options) => parser.stream!(chunks, options),
  };
}

function broken(parser: Parser, fault: Fault): Parser {
  const right = rightOf(parser);
  const format = (input: string | readonly ChatMessage[]) =>
    typeof input === 'string' ? right.format(input) : right.formatAll(input);
  return {
    format: format as NonNullable<Parser['format']>,
    parse: right.parse,
    stream: right.stream,
    ...fault(right),
  };
}

export function subjectNamed(name: string): ParserConformanceOptions {
  const found = coreParsers.find((each) => each.name === name);
  if (found === undefined) throw new Error(`There is no parser ${name}.`);
  return found;
}

/** `JsonParser` with a fault, wherever the suite makes one. */
export function json(fault: string, caughtBy: string, also: readonly string[], wrong: Fault): ParserMutant {
  const right = subjectNamed('JsonParser');
  const create = () => broken(right.create(), wrong);
  return { fault, caughtBy, also, subject: { ...right, create, json: create } };
}

/** Only how it looks for JSON is wrong. */
export function search(
  fault: string,
  caughtBy: string,
  also: readonly string[],
  find: (text: string, right: Right) => Promise<unknown>,
): ParserMutant {
  return anyJson(fault, caughtBy, also, (right) => ({
    parse: (text) => find(text, right),
    async *stream(chunks) {
      let text = '';
      for await (const chunk of chunks) text += chunk;
      yield await find(text, right);
    },
  }));
}

/** The fault is only in the parser that takes any JSON. */
export function anyJson(
  fault: string,
  caughtBy: string,
  also: readonly string[],
  wrong: Fault,
): ParserMutant {
  const right = subjectNamed('JsonParser');
  return { fault, caughtBy, also, subject: { ...right, json: () => broken(right.create(), wrong) } };
}

/** Only what it makes of a schema is wrong. */
export function schema(
  fault: string,
  caughtBy: string,
  also: readonly string[],
  wrong: (right: Right, schema: Schema) => Partial<Parser>,
): ParserMutant {
  const right = subjectNamed('SchemaParser');
  const make: ParserSubject['schema'] = (given) => {
    const parser = new SchemaParser(given) as Parser;
    return broken(parser, (inner) => wrong(inner, given)) as never;
  };
  return { fault, caughtBy, also, subject: { ...right, schema: make } };
}

/** The same stream with something done to each value. */
export async function* mapped(
  values: AsyncIterable<unknown>,
  map: (value: unknown) => unknown,
): AsyncGenerator<unknown> {
  for await (const value of values) yield map(value);
}

/** An iterable that passes everything on but what `change` stands in for. */
export function iterable<T>(
  inner: AsyncIterable<T>,
  change: (iterator: AsyncIterator<T>) => Partial<AsyncIterator<T>>,
): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = inner[Symbol.asyncIterator]();
      const rest: AsyncIterator<T> = {
        next: () => iterator.next(),
        return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
      };
      return { ...rest, ...change(iterator) };
    },
  };
}

/** Each value as `map` makes it, and left as the right one is. */
export const showing = (right: Right, map: (value: unknown) => unknown): Pick<Right, 'stream'> => ({
  stream: (chunks, options) =>
    iterable(right.stream(chunks, options), (iterator) => ({
      async next() {
        const result = await iterator.next();
        return result.done === true ? result : { done: false, value: map(result.value) };
      },
    })),
});
