import { MortiseError } from '../errors.ts';
import { BaseOutputParser } from './base.ts';
import type { OutputParser, ParseOptions, ParserErrorDetails } from './contract.ts';
import { isParserError, parserError, type ParserError } from './errors.ts';

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
    const names = Object.keys(parts);
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

  async parseText(text: string, options: ParseOptions): Promise<CombinedValue<P>> {
    let latest: unknown;
    for await (const value of this.#read([text], options)) latest = value;
    return latest as CombinedValue<P>;
  }

  override snapshots(
    chunks: AsyncIterable<string>,
    options: ParseOptions,
  ): AsyncIterable<Partial<CombinedValue<P>>> {
    return this.#read(chunks, options) as AsyncIterable<Partial<CombinedValue<P>>>;
  }

  async *#read(
    chunks: AsyncIterable<string> | readonly string[],
    options: ParseOptions,
  ): AsyncGenerator<{ [name: string]: unknown }> {
    const searches = Object.keys(this.#parts).map((name) => new Search(name));
    const values = new Map<string, unknown>();
    let text = '';
    for await (const chunk of chunks) {
      text += chunk;
      const before = values.size;
      const found = searches.filter((search) => !values.has(search.name) && search.find(text));
      // In the order in which they end, as chunks would bring them.
      for (const search of found.sort((a, b) => a.end - b.end))
        values.set(search.name, await this.#part(search, text, options));
      if (values.size > before) yield this.#inOrder(values);
    }
    const missing = searches.find(({ name }) => !values.has(name));
    if (missing === undefined) return;
    const { name, begin } = missing;
    const expected = begin < 0 ? `<${name}>` : `</${name}>`;
    const position = begin < 0 ? 0 : text.length;
    throw parserError('parse', `A part is missing: expected ${expected}.`, {
      text,
      position,
      path: [name],
      expected,
    });
  }

  /** In the order in which the parts were declared, so that chunks make no difference. */
  #inOrder(values: ReadonlyMap<string, unknown>): { [name: string]: unknown } {
    const names = Object.keys(this.#parts).filter((name) => values.has(name));
    return Object.fromEntries(names.map((name) => [name, values.get(name)]));
  }

  async #part({ name, begin, end }: Search, text: string, options: ParseOptions): Promise<unknown> {
    try {
      return await (this.#parts[name] as Parts[string]).parse(text.slice(begin, end).trim(), options);
    } catch (error) {
      throw isParserError(error) ? inPart(error, name, text, begin) : error;
    }
  }
}

/** Looks for one part, never twice at the same place. */
class Search {
  readonly name: string;
  /** Where the part begins and ends, without its tags; -1 while unknown. */
  begin = -1;
  end = -1;
  #from = 0;

  constructor(name: string) {
    this.name = name;
  }

  find(text: string): boolean {
    const tag = this.begin < 0 ? `<${this.name}>` : `</${this.name}>`;
    const at = text.indexOf(tag, this.#from);
    this.#from = at < 0 ? Math.max(this.#from, text.length - tag.length) : at + tag.length;
    if (at < 0) return false;
    if (this.begin >= 0) {
      this.end = at;
      return true;
    }
    this.begin = this.#from;
    return this.find(text);
  }
}

function inPart(error: ParserError, name: string, text: string, begin: number): ParserError {
  const lead = /^\s*/.exec(text.slice(begin))?.[0].length ?? 0;
  const { position = 0, path = [], expected, repair, issues } = error;
  const details = {
    text,
    position: begin + lead + position,
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
