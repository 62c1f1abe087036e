import { BaseOutputParser } from './base.ts';
import { parserError } from './errors.ts';
import { IncrementalJson } from './incremental-json.ts';
import { Reasoning } from './reasoning.ts';

export interface ListParserOptions {
  /**
   * `comma`: items between commas or line ends, those with a comma in double quotes, `""` for a quote inside; or a
   * list of JSON or of Python. `numbered`: lines that begin with `1.`, `1)`, `1:` or `1 -`. `bulleted`: lines that
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
    this.#style = options.style ?? 'comma';
  }

  override get name(): string {
    return 'ListParser';
  }

  override instructions(): string {
    return INSTRUCTIONS[this.#style];
  }

  parseText(text: string): string[] {
    const reply = this.#reply();
    reply.push(text);
    return reply.end();
  }

  override async *snapshots(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
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
      if (first !== '[') return this.#asCommas();
      this.#json = new IncrementalJson({ tolerant: true, kinds: ['array'] });
    }
    this.#json.push(chunk);
  }

  end(text: string): string[] {
    this.#json?.end();
    const value = this.#json?.value;
    const cut = this.#json?.repairs.some(({ kind }) => kind === 'truncated') === true;
    if (Array.isArray(value) && !cut && value.every((item) => typeof item !== 'object') && this.#alone())
      return value.map(String);
    if (this.#commas === undefined) this.#asCommas();
    return (this.#commas as unknown as CommaReader).end(text);
  }

  /** Nothing stands behind the list: `[1] one, [2] two` is no list of JSON. */
  #alone(): boolean {
    const list = this.#held.trimEnd();
    const shorter = new IncrementalJson({ tolerant: true, kinds: ['array'] });
    shorter.push(list.slice(0, -1));
    return list.endsWith(']') && !shorter.done;
  }

  #asCommas(): void {
    this.#commas = new CommaReader();
    this.#commas.push(this.#held, this.#heldAt);
    this.#held = '';
  }
}

class CommaReader implements ListReader {
  readonly items: string[] = [];
  #item = '';
  /** Nothing but white space in the item so far. Looked at whole at every quote, a long one would be quadratic. */
  #blank = true;
  /** In the quotes of the item; `quoted` also behind them. */
  #open = false;
  #quoted = false;
  /** A quote inside quotes: the end, or with another one a quote. */
  #atQuote = false;
  #openedAt = 0;

  push(chunk: string, position: number): void {
    for (let at = 0; at < chunk.length; at++) {
      const character = chunk.charAt(at);
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
        this.#openedAt = position + at;
      } else {
        const blank = character.trim() === '';
        if (this.#quoted && blank) continue;
        this.#item += character;
        this.#blank &&= blank;
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
    return this.items;
  }

  #finish(): void {
    const item = this.#quoted ? this.#item : plainItem(this.#item);
    if (this.#quoted || item !== '') this.items.push(item);
    this.#item = '';
    this.#blank = true;
    this.#open = this.#quoted = false;
  }
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
