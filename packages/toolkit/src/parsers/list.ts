import { oneOf } from '@mortise/core/shared';
import {
  BaseOutputParser,
  type ParseOptions,
  type ValuePath,
  parserError,
  type ParserError,
} from '@mortise/core/parser';
import { IncrementalJson } from '../json/incremental-json.ts';
import type { JsonRange } from '../json/json-options.ts';
import { Reasoning } from '../json/reasoning.ts';
import { readInSlices } from '../json/slices.ts';

export interface ListParserOptions {
  /**
   * `comma`: items between commas or line ends, those with a comma in double quotes, `""` for a quote inside; with
   * text beside the quotes the item is as it was written. Or a list of JSON or of Python; a piece of one is `parse`. `numbered`: lines that begin with `1.`, `1)`, `1:` or `1 -`. `bulleted`: lines that
   * begin with `-`, `*`, `+` or `•`. Default: `comma`.
   */
  style?: 'comma' | 'numbered' | 'bulleted' | undefined;
}

const INSTRUCTIONS = {
  comma:
    'Answer with the items alone, separated by commas. Put an item that contains a comma in double quotes.',
  numbered: 'Answer with a numbered list alone, one item a line:\n1. first item\n2. second item',
  bulleted: 'Answer with a bulleted list alone, one item a line:\n- first item\n- second item',
};

const MARKERS = {
  numbered: /^[ \t]{0,3}\d{1,9}(?:[.):]|[ \t][-–—])(?:[ \t]+|$)/,
  bulleted: /^[ \t]{0,3}[-*+•](?:[ \t]+|$)/,
};

/**
 * A list of strings. A blank text is an empty list. In numbered and bulleted lists the lines around the list are
 * skipped, and indented lines belong to the item above them. A stream shows an item when it is whole.
 */
export class ListParser extends BaseOutputParser<string[], string[]> {
  readonly #style: 'comma' | 'numbered' | 'bulleted';

  constructor(options: ListParserOptions = {}) {
    super();
    this.#style = oneOf('style', options.style ?? 'comma', ['comma', 'numbered', 'bulleted']);
  }

  override get name(): string {
    return 'ListParser';
  }

  override instructions(): string {
    return INSTRUCTIONS[this.#style];
  }

  doParse(text: string, { signal }: ParseOptions = {}): string[] | Promise<string[]> {
    const reply = this.#reply();
    return readInSlices(
      text,
      (piece) => reply.push(piece),
      () => reply.end(),
      signal,
    );
  }

  override async *doStream(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
    const reply = this.#reply();
    let shown = 0;
    let credit = FIRST_CREDIT;
    for await (const chunk of chunks) {
      reply.push(chunk);
      credit += chunk.length;
      const { length } = reply.items;
      // Copying the whole list for each item would be quadratic: a long one is shown as often as its text pays for.
      if (length === shown || length > credit) continue;
      credit -= length;
      shown = length;
      yield [...reply.items];
    }
    const items = reply.end();
    if (shown === 0 || items.length !== shown) yield items;
  }

  #reply(): Reply {
    return new Reply(this.#style === 'comma' ? new ItemsReader() : new MarkerReader(this.#style));
  }
}

const FIRST_CREDIT = 16_384;

interface ListReader {
  /** The items that are whole. */
  readonly items: string[];
  /** `chunk` begins at `position`. */
  push(chunk: string, position: number): void;
  /** `text` is the whole reply, for errors. */
  end(text: string): string[];
}

/** The reply without the reasoning before it. */
class Reply {
  #text = '';
  /** How much of the text was read. */
  #read = 0;
  readonly #reader: ListReader;
  readonly #reasoning = new Reasoning();

  constructor(reader: ListReader) {
    this.#reader = reader;
  }

  get items(): readonly string[] {
    return this.#reader.items;
  }

  push(chunk: string): void {
    this.#text += chunk;
    this.#take(this.#reasoning.push(chunk));
  }

  end(): string[] {
    this.#take(this.#reasoning.end());
    const { closing: expected } = this.#reasoning;
    if (expected === undefined) return this.#reader.end(this.#text);
    const message = `The text ends inside the reasoning before the list: expected ${expected}.`;
    const details = { text: this.#text, position: this.#text.length, path: [], expected };
    throw parserError('parse', message, details);
  }

  #take(reply: string): void {
    if (reply === '') return;
    // The reply is all of the text from where it begins.
    if (this.#read === 0) this.#read = this.#text.length - reply.length;
    this.#reader.push(reply, this.#read);
    this.#read += reply.length;
  }
}

/** Items between commas, or a list of JSON or of Python, which only its end tells from items in brackets. */
class ItemsReader implements ListReader {
  #commas: CommaReader | undefined;
  #json: IncrementalJson | undefined;
  #held = '';
  #heldAt = 0;

  get items(): string[] {
    return this.#commas?.items ?? [];
  }

  push(chunk: string, position: number): void {
    if (this.#commas !== undefined) return this.#commas.push(chunk, position);
    if (this.#held === '') this.#heldAt = position;
    this.#held += chunk;
    if (this.#json === undefined) {
      const first = /\S/.exec(chunk)?.[0];
      if (first === undefined) return;
      if (!'[`~'.includes(first)) return this.#asCommas(this.#held, this.#heldAt);
      this.#json = new IncrementalJson({ tolerant: true, kinds: ['array'] });
    }
    this.#json.push(chunk);
  }

  end(text: string): string[] {
    const json = this.#json;
    json?.end();
    const { value, range } = json ?? {};
    const cut = json?.repairs.some(({ kind }) => kind === 'truncated') === true;
    if (Array.isArray(value) && range !== undefined && !cut && this.#isAlone(range)) {
      const other = value.findIndex((item) => typeof item === 'object');
      if (other < 0) return value.map(String);
      throw tornError(text, this.#heldAt + range.start, [other], 'a list of strings');
    }
    if (this.#commas === undefined) {
      const begin = /^\s*\[/.exec(this.#held)?.[0].length;
      const words = begin === undefined ? undefined : this.#held.trimEnd().slice(begin);
      // `[a, b]`, a list whose quotes were left out.
      if (words?.endsWith(']') === true && !/[[\]{}"'“‘]/.test(words.slice(0, -1)))
        this.#asCommas(words.slice(0, -1), this.#heldAt + (begin as number));
      else this.#asCommas(this.#held, this.#heldAt);
    }
    return (this.#commas as unknown as CommaReader).end(text);
  }

  /** Nothing but a fence stands beside the list: `[1] one, [2] two` is not a list of JSON. */
  #isAlone({ start, end }: JsonRange): boolean {
    const before = this.#held.slice(0, start).trim();
    return /^(?:(?:`{3,}|~{3,})\w*)?$/.test(before) && /^[`~]*$/.test(this.#held.slice(end).trim());
  }

  #asCommas(text: string, position: number): void {
    this.#commas = new CommaReader();
    this.#commas.push(text, position);
    this.#held = '';
  }
}

class CommaReader implements ListReader {
  readonly items: string[] = [];
  /** The item as it stands in the text, and what is in its quotes. */
  #raw = '';
  #inner = '';
  /** Nothing but white space in the item so far. Looked at whole at every quote, a long one would be quadratic. */
  #blank = true;
  /** In the quotes of the item; `quoted` also behind them; `tailed` when something stands behind them. */
  #open = false;
  #quoted = false;
  #tailed = false;
  /** White space came last. */
  #spaced = false;
  /** A quote inside quotes: the end, or with another one a quote. */
  #atQuote = false;
  #openedAt = 0;
  /** Where the item begins, and where one was torn out of JSON. */
  #itemAt = 0;
  #tornAt: { position: number; index: number } | undefined;

  push(chunk: string, position: number): void {
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk.charAt(at);
      if (this.#raw === '') this.#itemAt = position + at;
      if (this.#atQuote) {
        this.#atQuote = false;
        if (character === '"') {
          this.#raw += '"';
          this.#inner += '"';
          continue;
        }
        this.#open = false;
      }
      if (this.#open) {
        this.#raw += character;
        if (character === '"') this.#atQuote = true;
        else this.#inner += character;
      } else if (character === ',' || character === '\n' || character === '\r') this.#finish();
      else if (character === '"' && (this.#blank || (this.#quoted && this.#spaced))) {
        this.#tailed = this.#quoted;
        this.#raw += character;
        this.#blank = false;
        this.#open = this.#quoted = true;
        this.#openedAt = position + at;
      } else {
        const blank = character.trim() === '';
        this.#raw += character;
        this.#spaced = blank;
        this.#blank &&= blank;
        if (!blank) this.#tailed = true;
      }
    }
  }

  end(text: string): string[] {
    if (this.#open && !this.#atQuote) {
      const message = `The quote at character ${this.#openedAt} of the list is never closed.`;
      const details = {
        text,
        position: text.length,
        path: [this.items.length],
        expected: 'a closing quote',
      };
      throw parserError('parse', message, details);
    }
    this.#finish();
    // A tuple of Python.
    const plain = text.trim();
    if (/^\(\s*["']/.test(plain) && plain.endsWith(')') && this.items.length > 1)
      this.#tornAt ??= { position: text.length - text.trimStart().length, index: 0 };
    const torn = this.#tornAt;
    if (torn === undefined) return this.items;
    throw tornError(text, torn.position, [torn.index], 'items between commas, or one whole list of strings');
  }

  #finish(): void {
    const quoted = this.#quoted && !this.#tailed;
    const item = quoted ? this.#inner : plainItem(this.#raw);
    if (!quoted && this.#tornAt === undefined && isTorn(item))
      this.#tornAt = { position: this.#itemAt, index: this.items.length };
    if (quoted || item !== '') this.items.push(item);
    this.#raw = this.#inner = '';
    this.#blank = true;
    this.#open = this.#quoted = this.#tailed = this.#spaced = this.#atQuote = false;
  }
}

/** A piece of JSON or of Python: a list that is not closed, or a list or an object beside other text. */
function isTorn(item: string): boolean {
  let depth = 0;
  for (let at = 0; at < item.length; at++) {
    const character = item.charAt(at);
    if (character === '[') depth++;
    else if (character === ']') depth--;
  }
  return depth > 0 || /(?:^|[^\w)\]])\[\s*["'{[]/.test(item) || /\{\s*"[^"]*"\s*:/.test(item);
}

function tornError(text: string, position: number, path: ValuePath, expected: string): ParserError {
  const message = `What begins at character ${position} is not an item of a list of strings: expected ${expected}.`;
  return parserError('parse', message, { text, position, path, expected });
}

/** Without white space and Python's quotes; nothing for a fence. */
function plainItem(text: string): string {
  const item = text.trim();
  if (/^(?:`{3,}|~{3,})\w*$/.test(item)) return '';
  return item.length > 1 && item.startsWith("'") && item.endsWith("'") ? item.slice(1, -1) : item;
}

class MarkerReader implements ListReader {
  readonly items: string[] = [];
  #line = '';
  #item: string | undefined;
  readonly #style: 'numbered' | 'bulleted';

  constructor(style: 'numbered' | 'bulleted') {
    this.#style = style;
  }

  push(chunk: string): void {
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      this.#take(this.#line + chunk.slice(from, end));
      this.#line = '';
      from = end + 1;
    }
    this.#line += chunk.slice(from);
  }

  end(text: string): string[] {
    this.#take(this.#line);
    this.#finish();
    if (this.items.length === 0 && text.trim() !== '') {
      const expected =
        this.#style === 'numbered' ? 'a line that begins with "1."' : 'a line that begins with "-"';
      const message = `There is no ${this.#style} list in the text: expected ${expected}.`;
      throw parserError('parse', message, { text, position: 0, path: [], expected });
    }
    return this.items;
  }

  #take(line: string): void {
    const marker = MARKERS[this.#style].exec(line);
    if (marker !== null) {
      this.#finish();
      this.#item = line.slice(marker[0].length).trim();
    } else if (this.#item !== undefined && line.trim() !== '') {
      if (/^[ \t]/.test(line)) this.#item += `\n${line.trim()}`;
      else this.#finish();
    }
  }

  #finish(): void {
    if (this.#item !== undefined && this.#item !== '') this.items.push(this.#item);
    this.#item = undefined;
  }
}
