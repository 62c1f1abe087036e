import { parserError } from '@mortise/core/parser';
import type { ListReader } from './list-reply.ts';

const MARKERS = {
  numbered: /^[ \t]{0,3}\d{1,9}(?:[.):]|[ \t][-–—])(?:[ \t]+|$)/,
  bulleted: /^[ \t]{0,3}[-*+•](?:[ \t]+|$)/,
};

/** Items on lines that begin with a number or a bullet; indented lines belong to the item above them. */
export class MarkedList implements ListReader {
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
