import { checkOptions } from '@mortise/core/shared';
import { MortiseError } from '@mortise/core';
import {
  BaseOutputParser,
  type OutputParser,
  type ParseOptions,
  type ParserErrorDetails,
  isParserError,
  parserError,
  type ParserError,
} from '@mortise/core/parser';

/** What each parser gives, by the names of the parts. */
export type CombinedValue<P> = {
  -readonly [K in keyof P]: P[K] extends OutputParser<infer T, infer _P> ? T : never;
};

type Parts = { readonly [name: string]: OutputParser<unknown, unknown> };

/**
 * Several values in one reply: each part between tags of its name, read by a parser of its own. A stream shows a part
 * when it is whole.
 *
 * ```ts
 * const parser = new CombinedParser({ mood: new EnumParser(['good', 'bad']), reasons: new ListParser() });
 * const { mood, reasons } = await parser.parse('<mood>good</mood><reasons>sun, wind</reasons>');
 * ```
 */
export class CombinedParser<const P extends Parts> extends BaseOutputParser<
  CombinedValue<P>,
  Partial<CombinedValue<P>>
> {
  readonly #parts: Parts;

  constructor(parts: P) {
    super();
    const names = Object.keys(checkOptions(parts, 'configuration'));
    if (names.length === 0 || !names.every((name) => /^[A-Za-z_][\w-]*$/.test(name))) {
      const message = 'CombinedParser takes at least one part; names are letters, digits, _ and -.';
      throw new MortiseError('configuration', message);
    }
    this.#parts = { ...parts };
  }

  override get name(): string {
    return 'CombinedParser';
  }

  override instructions(): string {
    const parts = Object.entries(this.#parts).map(([name, parser]) => {
      const how = parser.format?.('').trim() ?? '';
      return `<${name}>\n${how === '' ? '...' : `[${how}]`}\n</${name}>`;
    });
    return `Answer with these parts, each between its tags; what stands in brackets says what belongs there:\n${parts.join('\n')}`;
  }

  async doParse(text: string, options: ParseOptions): Promise<CombinedValue<P>> {
    let latest: unknown;
    for await (const value of this.#read([text], options)) latest = value;
    return latest as CombinedValue<P>;
  }

  override doStream(
    chunks: AsyncIterable<string>,
    options: ParseOptions,
  ): AsyncIterable<Partial<CombinedValue<P>>> {
    return this.#read(chunks, options) as AsyncIterable<Partial<CombinedValue<P>>>;
  }

  async *#read(
    chunks: AsyncIterable<string> | readonly string[],
    options: ParseOptions,
  ): AsyncGenerator<{ [name: string]: unknown }> {
    const search = new Search(Object.keys(this.#parts));
    const values = new Map<string, unknown>();
    let text = '';
    for await (const chunk of chunks) {
      text += chunk;
      const found = search.push(chunk);
      for (const part of found) values.set(part.name, await this.#part(part, () => text, options));
      if (found.length > 0) yield this.#inOrder(values);
    }
    const missing = search.open ?? Object.keys(this.#parts).find((name) => !values.has(name));
    if (missing === undefined) return;
    const expected = search.open === undefined ? `<${missing}>` : `</${missing}>`;
    const position = search.open === undefined ? 0 : text.length;
    throw parserError('parse', `A part is missing: expected ${expected}.`, {
      text,
      position,
      path: [missing],
      expected,
    });
  }

  /** In the order in which the parts were declared, so that chunks make no difference. */
  #inOrder(values: ReadonlyMap<string, unknown>): { [name: string]: unknown } {
    const names = Object.keys(this.#parts).filter((name) => values.has(name));
    return Object.fromEntries(names.map((name) => [name, values.get(name)]));
  }

  async #part({ name, raw, begin }: Found, text: () => string, options: ParseOptions): Promise<unknown> {
    try {
      return await (this.#parts[name] as Parts[string]).parse(raw.trim(), options);
    } catch (error) {
      if (!isParserError(error)) throw error;
      throw inPart(error, name, text(), begin + raw.length - raw.trimStart().length);
    }
  }
}

/** A part that is whole, with where its text begins. */
interface Found {
  readonly name: string;
  readonly raw: string;
  readonly begin: number;
}

/**
 * Looks for the parts, one behind the other: the tags that a part speaks of are not looked for in it. Each character is
 * looked at once, whatever the chunks.
 */
class Search {
  /** The part whose end has not come. */
  open: string | undefined;
  readonly #missing: Set<string>;
  /** What is not decided yet, and where in the text it begins. */
  #rest = '';
  #at = 0;
  /** Of the part that is open: its text so far, and where that begins. */
  #raw = '';
  #begin = 0;

  constructor(names: readonly string[]) {
    this.#missing = new Set(names);
  }

  push(chunk: string): Found[] {
    this.#rest += chunk;
    const found: Found[] = [];
    for (;;) {
      const tag = this.open === undefined ? this.#opening() : `</${this.open}>`;
      const at = tag === undefined ? -1 : this.#rest.indexOf(tag);
      if (tag === undefined || at < 0) break;
      const before = this.#drop(at);
      this.#drop(tag.length);
      if (this.open === undefined) {
        this.open = tag.slice(1, -1);
        this.#begin = this.#at;
      } else {
        this.#missing.delete(this.open);
        found.push({ name: this.open, raw: this.#raw + before, begin: this.#begin });
        this.open = undefined;
        this.#raw = '';
      }
    }
    // The end may be the start of a tag.
    const names = this.open === undefined ? [...this.#missing] : [this.open];
    const keep = Math.max(0, ...names.map((name) => name.length + 2));
    const decided = this.#drop(Math.max(0, this.#rest.length - keep));
    if (this.open !== undefined) this.#raw += decided;
    return found;
  }

  /** The first opening tag of a part that is missing. */
  #opening(): string | undefined {
    if (this.#missing.size === 0) return undefined;
    return new RegExp(`<(?:${[...this.#missing].join('|')})>`).exec(this.#rest)?.[0];
  }

  #drop(length: number): string {
    const dropped = this.#rest.slice(0, length);
    this.#rest = this.#rest.slice(length);
    this.#at += length;
    return dropped;
  }
}

function inPart(error: ParserError, name: string, text: string, begin: number): ParserError {
  const { position = 0, path = [], expected, repair, issues } = error;
  const details = {
    text,
    position: begin + position,
    path: [name, ...path],
    expected,
    repair,
    issues,
  };
  const message = `In <${name}>: ${error.message}`;
  return parserError(error.code as 'parse' | 'validation', message, details as ParserErrorDetails, {
    cause: error,
  });
}
