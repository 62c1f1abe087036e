import { BaseOutputParser } from './base.ts';
import { parserError } from './errors.ts';

export interface ListParserOptions {
  /**
   * `comma`: items between commas or line ends, those with a comma in double quotes, `""` for a quote inside.
   * `numbered`: lines that begin with `1.` or `1)`. `bulleted`: lines that begin with `-`, `*`, `+` or `•`.
   * Default: `comma`.
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
  numbered: /^[ \t]{0,3}\d{1,9}[.)](?:[ \t]+|$)/,
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
    this.#style = options.style ?? 'comma';
  }

  override get name(): string {
    return 'ListParser';
  }

  override instructions(): string {
    return INSTRUCTIONS[this.#style];
  }

  parseText(text: string): string[] {
    const reader = this.#reader();
    reader.push(text);
    return reader.end();
  }

  override async *snapshots(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
    const reader = this.#reader();
    let shown = 0;
    let credit = FIRST_CREDIT;
    for await (const chunk of chunks) {
      reader.push(chunk);
      credit += chunk.length;
      const { length } = reader.items;
      // Copying the whole list for each item would be quadratic: a long one is shown as often as its text pays for.
      if (length === shown || length > credit) continue;
      credit -= length;
      shown = length;
      yield [...reader.items];
    }
    const items = reader.end();
    if (shown === 0 || items.length !== shown) yield items;
  }

  #reader(): ListReader {
    return this.#style === 'comma' ? new CommaReader() : new MarkerReader(this.#style);
  }
}

const FIRST_CREDIT = 16_384;

interface ListReader {
  /** The items that are whole. */
  readonly items: string[];
  push(chunk: string): void;
  end(): string[];
}

class CommaReader implements ListReader {
  readonly items: string[] = [];
  #text = '';
  #item = '';
  /** Nothing but white space in the item so far. Looked at whole at every quote, a long one would be quadratic. */
  #blank = true;
  /** In the quotes of the item; `quoted` also behind them. */
  #open = false;
  #quoted = false;
  /** A quote inside quotes: the end, or with another one a quote. */
  #atQuote = false;
  #openedAt = 0;

  push(chunk: string): void {
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk[at] as string;
      if (this.#atQuote) {
        this.#atQuote = false;
        if (character === '"') {
          this.#item += '"';
          continue;
        }
        this.#open = false;
      }
      if (this.#open) {
        if (character === '"') this.#atQuote = true;
        else this.#item += character;
      } else if (character === ',' || character === '\n' || character === '\r') this.#finish();
      else if (character === '"' && !this.#quoted && this.#blank) {
        this.#item = '';
        this.#open = this.#quoted = true;
        this.#openedAt = this.#text.length + at;
      } else {
        const blank = character.trim() === '';
        if (this.#quoted && blank) continue;
        this.#item += character;
        this.#blank &&= blank;
      }
    }
    this.#text += chunk;
  }

  end(): string[] {
    if (this.#open && !this.#atQuote) {
      const message = `The quote at character ${this.#openedAt} of the list is never closed.`;
      const details = {
        text: this.#text,
        position: this.#text.length,
        path: [this.items.length],
        expected: 'a closing quote',
      };
      throw parserError('parse', message, details);
    }
    this.#finish();
    return this.items;
  }

  #finish(): void {
    const item = this.#quoted ? this.#item : this.#item.trim();
    if (this.#quoted || item !== '') this.items.push(item);
    this.#item = '';
    this.#blank = true;
    this.#open = this.#quoted = false;
  }
}

class MarkerReader implements ListReader {
  readonly items: string[] = [];
  #text = '';
  #line = '';
  #item: string | undefined;
  readonly #style: 'numbered' | 'bulleted';

  constructor(style: 'numbered' | 'bulleted') {
    this.#style = style;
  }

  push(chunk: string): void {
    this.#text += chunk;
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      this.#take(this.#line + chunk.slice(from, end));
      this.#line = '';
      from = end + 1;
    }
    this.#line += chunk.slice(from);
  }

  end(): string[] {
    this.#take(this.#line);
    this.#finish();
    if (this.items.length === 0 && this.#text.trim() !== '') {
      const expected =
        this.#style === 'numbered' ? 'a line that begins with "1."' : 'a line that begins with "-"';
      const message = `There is no ${this.#style} list in the text: expected ${expected}.`;
      throw parserError('parse', message, { text: this.#text, position: 0, path: [], expected });
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
