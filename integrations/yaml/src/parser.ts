import { errorText } from '@mortise/core';
import type { JsonValue } from '@mortise/core';
import type { Schema } from '@mortise/core/schema';
import {
  BaseOutputParser,
  isParserError,
  parserError,
  type ParseOptions,
  type ParserErrorDetails,
} from '@mortise/core/parser';
import { replyStart } from '@mortise/toolkit/json';
import { SchemaParser } from '@mortise/toolkit/parsers';
import { toJsonSchema } from '@mortise/toolkit/schema';
import { checkOptions, wholeNumber } from '@mortise/core/shared';
import { isNode, isScalar, parseDocument, visit, YAMLError, type Document } from 'yaml';

export interface YamlParserOptions<Input, Output> {
  /** What the value must fit; the model is shown it. Default: any value, as the model wrote it. */
  schema?: Schema<Input, Output> | undefined;
  /** How often aliases may repeat what they stand for, all in all, from 0. Default: 100. */
  maxAliasCount?: number | undefined;
}

/**
 * The YAML of a reply: its first block fenced as `yaml` or `yml`, else its first fenced block without a language, else
 * the whole of it, behind the reasoning that may open it. YAML 1.2, core schema: `no` is a string, there are no dates and no custom tags. Aliases are bounded.
 */
export class YamlParser<Input = JsonValue, Output = Input> extends BaseOutputParser<Output, Output> {
  readonly #schema: Schema<Input, Output> | undefined;
  readonly #validator: SchemaParser<Input, Output> | undefined;
  readonly #maxAliasCount: number;

  constructor(options: YamlParserOptions<Input, Output> = {}) {
    super();
    const { schema, maxAliasCount = 100 } = checkOptions(options, 'configuration');
    this.#schema = schema;
    this.#validator = schema === undefined ? undefined : new SchemaParser(schema);
    this.#maxAliasCount = wholeNumber('maxAliasCount', maxAliasCount, { least: 0 });
  }

  override get name(): string {
    return 'YamlParser';
  }

  override instructions(): string {
    const form = 'Answer with one YAML document in a ```yaml fence and nothing else.';
    if (this.#schema === undefined) return form;
    return `${form} It must fit this JSON Schema:\n${JSON.stringify(toJsonSchema(this.#schema))}`;
  }

  async doParse(text: string, options: ParseOptions): Promise<Output> {
    const { source, at } = documentOf(text, replyStart(text));
    const { value, document } = this.#read(source, at, text);
    if (this.#validator === undefined) return value as Output;
    try {
      return await this.#validator.parse(JSON.stringify(value), options);
    } catch (error) {
      if (!isParserError(error)) throw error;
      // The error of the validator speaks of the JSON in between.
      const { path = [], expected, issues } = error;
      const position = at + placeOf(document, path);
      const details = { text, position, path, expected, issues } as ParserErrorDetails;
      throw parserError('validation', error.message.replace('JSON', 'YAML'), details, { cause: error });
    }
  }

  #read(source: string, at: number, text: string): { value: JsonValue; document: Document } {
    const misfit = (message: string, position: number, cause?: unknown): Error => {
      const expected = 'one YAML document';
      const about = `The YAML is broken at character ${at + position}: ${message.split('\n')[0]}`;
      return parserError('parse', about, { text, position: at + position, path: [], expected }, { cause });
    };
    try {
      // The library looks for a key among all before it, which is quadratic.
      const document = parseDocument(source, {
        version: '1.2',
        schema: 'core',
        prettyErrors: false,
        uniqueKeys: false,
      });
      const problem = document.errors[0] ?? document.warnings[0];
      if (problem !== undefined) throw misfit(problem.message, problem.pos[0], problem);
      const twice = keyTwice(document);
      if (twice !== undefined) throw misfit('Map keys must be unique', twice);
      if (document.contents === null) throw misfit('There is nothing in it', 0);
      const value: unknown = document.toJS({ maxAliasCount: this.#maxAliasCount });
      const broken = notJson(value);
      if (broken !== undefined)
        throw misfit(`${broken.what} has no place in JSON`, placeOf(document, broken.path));
      return { value: value as JsonValue, document };
    } catch (error) {
      if (isParserError(error)) throw error;
      const position = error instanceof YAMLError ? error.pos[0] : 0;
      throw misfit(errorText(error), position, error);
    }
  }
}

/** What can match is decided at each place: linear. */
const FENCE = /^[ \t]*(`{3,}(?!`)|~{3,}(?!~))([^\n`]*)\n/gm;

/** The YAML of a reply that begins at `start`, and where it begins itself. */
function documentOf(text: string, start: number): { source: string; at: number } {
  let bare: { source: string; at: number } | undefined;
  let from = start;
  for (const match of text.matchAll(FENCE)) {
    if (match.index < from) continue;
    const at = match.index + match[0].length;
    const [, fence = '', info = ''] = match;
    const language = /^\s*(\w*)/.exec(info)?.[1] ?? '';
    const end = closing(text, fence, at);
    const block = { source: text.slice(at, end), at };
    if (/^ya?ml$/i.test(language)) return block;
    if (language === '') bare ??= block;
    from = end + fence.length;
  }
  if (bare !== undefined || start > text.length) return bare ?? { source: '', at: text.length };
  const at = behindGreeting(text, start);
  // Dashes below a document, as of front matter, would begin another one.
  const source = text.slice(at).trimEnd();
  return { source: source.endsWith('\n---') ? source.slice(0, -3) : text.slice(at), at };
}

/** What models write in front of what they were asked for: never a key, though a colon ends it. */
const GREETING =
  /^(?:here|sure|certainly|of course|okay|ok|absolutely|great|below|the following|this is|as requested)\b/i;

/** Where the document begins behind a first line such as `Here you go:`; lines below it that are its value are indented. */
function behindGreeting(text: string, start: number): number {
  let at = start;
  while (at < text.length && text.charAt(at).trim() === '') at++;
  const end = text.indexOf('\n', at);
  if (end < 0) return start;
  const line = text.slice(at, end).trimEnd();
  const isGreeting = GREETING.test(line) && line.endsWith(':') && /\s/.test(line);
  if (!isGreeting) return start;
  let next = end + 1;
  while (next < text.length && text.charAt(next).trim() === '') next++;
  const indented = /[ \t]/.test(text.charAt(next - 1));
  return indented ? start : end + 1;
}

/** The start of the line that closes a fence; the end of a text that lacks it, whose YAML then says whether it is whole. */
function closing(text: string, fence: string, from: number): number {
  for (let at = from; at >= 0 && at < text.length; at = text.indexOf('\n', at) + 1 || -1) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end < 0 ? text.length : end).trim();
    if (line.startsWith(fence) && line.replaceAll(fence.charAt(0), '') === '') return at;
  }
  return text.length;
}

/** Where what stands at `path` begins; where it is missing, or stands behind an alias, what should hold it. */
function placeOf(document: Document, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** Where a key stands that its map has already. In JSON `1` and `"1"` are one. */
function keyTwice(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (seen.has(name)) {
          found = key.range?.[0] ?? 0;
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/** What JSON cannot hold (`.nan`, `.inf`) would not come out as it was written. */
function notJson(
  value: unknown,
  path: readonly (string | number)[] = [],
): { what: string; path: readonly (string | number)[] } | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return { what: String(value), path };
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, member] of Object.entries(value)) {
    const found = notJson(member, [...path, Array.isArray(value) ? Number(key) : key]);
    if (found !== undefined) return found;
  }
  return undefined;
}
