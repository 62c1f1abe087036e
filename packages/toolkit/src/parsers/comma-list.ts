import { parserError, type ParserError, type ValuePath } from '@mortise/core/parser';
import { IncrementalJson } from '../json/incremental-json.ts';
import type { JsonRange } from '../json/json-options.ts';
import type { ListReader } from './list-reply.ts';

/** Items between commas, or a list of JSON or of Python, which only its end tells from items in brackets. */
export class CommaList implements ListReader {
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
      if (!'[`~'.includes(first)) return void this.#asCommas(this.#held, this.#heldAt);
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
    if (this.#commas !== undefined) return this.#commas.end(text);
    const begin = /^\s*\[/.exec(this.#held)?.[0].length ?? 0;
    const words = this.#held.trimEnd().slice(begin);
    // `[a, b]`, a list whose quotes were left out.
    const isBare = begin > 0 && words.endsWith(']') && !/[[\]{}"'“‘]/.test(words.slice(0, -1));
    const commas = isBare
      ? this.#asCommas(words.slice(0, -1), this.#heldAt + begin)
      : this.#asCommas(this.#held, this.#heldAt);
    return commas.end(text);
  }

  /** Nothing but a fence stands beside the list: `[1] one, [2] two` is not a list of JSON. */
  #isAlone({ start, end }: JsonRange): boolean {
    const before = this.#held.slice(0, start).trim();
    return /^(?:(?:`{3,}|~{3,})\w*)?$/.test(before) && /^[`~]*$/.test(this.#held.slice(end).trim());
  }

  #asCommas(text: string, position: number): CommaReader {
    const commas = new CommaReader();
    commas.push(text, position);
    this.#commas = commas;
    this.#held = '';
    return commas;
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
