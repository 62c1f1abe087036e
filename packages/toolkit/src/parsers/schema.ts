import { raceAbort } from '@mortise/core/call';
import { errorText } from '@mortise/core';
import { checkOptions, reading, isObject, type JsonSchema, type JsonValue } from '@mortise/core/shared';
import {
  type Schema,
  type StandardIssue,
  type StandardResult,
  type StandardSchema,
  plainSchema,
  type ShownSchema,
} from '@mortise/core/schema';
import {
  BaseOutputParser,
  type DeepPartial,
  type ParseOptions,
  type ParserIssue,
  parserError,
  pathText,
  type ParserError,
} from '@mortise/core/parser';
import { checkJsonOptions, type IncrementalJsonOptions, type JsonKind } from '../json/json-options.ts';
import { toJsonSchema } from '../schema/json-schema.ts';
import { jsonOf, positionOf, streamJson } from './json.ts';

export interface SchemaParserOptions {
  /** Containers inside one another, from 1. Default: 512. */
  maxDepth?: number | undefined;
  /** The form of the schema that the model is shown, when it is not the schema's own. Default: `plainSchema`. */
  shown?: ShownSchema | undefined;
}

/**
 * JSON that fits a schema of any Standard Schema library. The model is shown the schema's input; `parse` gives its
 * output; the stream shows the input as it grows and ends with the output. `null` for an optional member that does
 * not take it is dropped before validation, as models write it for what is absent.
 */
export class SchemaParser<Input, Output> extends BaseOutputParser<Output, DeepPartial<Input> | Output> {
  readonly #schema: StandardSchema<Input, Output>;
  readonly #shown: ShownSchema;
  readonly #json: IncrementalJsonOptions;

  /** Throws `configuration` when the schema cannot be written as JSON Schema. */
  constructor(schema: Schema<Input, Output>, given: SchemaParserOptions = {}) {
    super();
    const options = checkOptions(given, 'configuration');
    this.#schema = schema;
    this.#shown = reading(
      'The schema',
      () => options.shown ?? plainSchema(toJsonSchema(schema)),
      'configuration',
    );
    this.#json = { maxDepth: options.maxDepth, kinds: kindsOf(this.#shown.schema) };
    checkJsonOptions(this.#json);
  }

  override get name(): string {
    return 'SchemaParser';
  }

  override instructions(): string {
    const schema = JSON.stringify(this.#shown.schema);
    return `Answer with one JSON value and nothing else: no prose, no code fence. It must fit this JSON Schema:\n${schema}`;
  }

  async doParse(text: string, options: ParseOptions): Promise<Output> {
    return this.#validate(await jsonOf(text, this.#json, options.signal), text, options);
  }

  override doStream(
    chunks: AsyncIterable<string>,
    options: ParseOptions,
  ): AsyncIterable<DeepPartial<Input> | Output> {
    return this.#snapshots(chunks, options) as AsyncIterable<DeepPartial<Input> | Output>;
  }

  async *#snapshots(chunks: AsyncIterable<string>, options: ParseOptions): AsyncGenerator<unknown> {
    let text = '';
    let latest: JsonValue = null;
    for await (const value of streamJson(
      noting(chunks, (chunk) => (text += chunk)),
      this.#json,
    )) {
      latest = value;
      const shown = this.#shown.unwrap(value);
      if (shown !== undefined) yield shown;
    }
    // A copy, as some validators fill defaults in where they are: what was shown must not change.
    yield await this.#validate(structuredClone(latest), text, options);
  }

  async #validate(value: JsonValue, text: string, { signal }: ParseOptions): Promise<Output> {
    const verdict = this.#judged(this.#shown.restore(value), text);
    const result = await (signal === undefined ? verdict : raceAbort(verdict, signal));
    if (result.issues === undefined) return result.value;
    throw misfit(result.issues, text, this.#json);
  }

  /** A validator that throws, as a transformation of an application may, has met a value that does not fit. */
  async #judged(value: JsonValue | undefined, text: string): Promise<StandardResult<Output>> {
    try {
      return await this.#schema['~standard'].validate(value);
    } catch (cause) {
      const expected = 'a value that the schema can judge';
      const reason = errorText(cause);
      const message = `The schema failed on the JSON value: ${reason}. Expected ${expected}.`;
      const position = positionOf(text, [], this.#json);
      throw parserError('validation', message, { text, position, path: [], expected }, { cause });
    }
  }
}

async function* noting(chunks: AsyncIterable<string>, note: (chunk: string) => void): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    note(chunk);
    yield chunk;
  }
}

const NAMED_ISSUES = 5;

function misfit(found: readonly StandardIssue[], text: string, json: IncrementalJsonOptions): ParserError {
  const issues: ParserIssue[] = found.map(toIssue);
  const named = issues.slice(0, NAMED_ISSUES).map(({ message, path }) => `${message} (${pathText(path)})`);
  const more = issues.length > NAMED_ISSUES ? `; and ${issues.length - NAMED_ISSUES} more` : '';
  const { path = [], message: expected = 'a value that fits the schema' } = issues[0] ?? {};
  const message = `The JSON value does not fit the schema: ${named.join('; ')}${more}.`;
  const position = positionOf(text, path, json);
  return parserError('validation', message, { text, position, path, expected, issues });
}

/** Plain arrays: the libraries' own are of classes of theirs. */
function toIssue({ message, path = [] }: StandardIssue): ParserIssue {
  return { message, path: Array.from(path, pathPart) };
}

function pathPart(part: PropertyKey | { readonly key: PropertyKey }): string | number {
  const key = typeof part === 'object' ? part.key : part;
  return typeof key === 'number' ? key : String(key);
}

const KINDS: { [type: string]: JsonKind } = {
  object: 'object',
  array: 'array',
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};

/** The kinds of value that the root of a schema admits; undefined when it does not say. */
export function kindsOf(schema: JsonSchema): JsonKind[] | undefined {
  const { type, anyOf, oneOf } = schema;
  const named = (Array.isArray(type) ? type : [type]).map((name) => KINDS[String(name)]);
  if (!named.includes(undefined)) return named as JsonKind[];
  const branches = anyOf ?? oneOf;
  if (!Array.isArray(branches)) return undefined;
  const kinds = branches.map((branch) => (isObject(branch) ? kindsOf(branch) : undefined));
  return kinds.includes(undefined) ? undefined : (kinds as JsonKind[][]).flat();
}
