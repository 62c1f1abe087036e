import { BaseOutputParser, type ParseOptions } from '@mortise/core/parser';
import { readInSlices } from '../json/slices.ts';

/** Reads a text line by line into items. */
export interface LineReader<T> {
  /** The items that are whole. It only grows. */
  readonly items: readonly T[];
  /** One line without its end; `position` is where it begins. */
  line(line: string, position: number): void;
  /** The text is over: the last item ends, or a `ParserError` is thrown. */
  end(text: string): void;
}

/** What is copied at once before the text has to pay for it, as everywhere in streams of values. */
const FIRST_CREDIT = 16_384;

/** A list of what lines come to. A stream shows an item when it is whole. */
export abstract class LinesParser<T> extends BaseOutputParser<T[], T[]> {
  readonly #reader: () => LineReader<T>;

  constructor(reader: () => LineReader<T>) {
    super();
    this.#reader = reader;
  }

  doParse(text: string, { signal }: ParseOptions = {}): T[] | Promise<T[]> {
    const lines = new Lines(this.#reader());
    return readInSlices(
      text,
      (piece) => lines.push(piece),
      () => lines.end(),
      signal,
    );
  }

  override async *doStream(chunks: AsyncIterable<string>): AsyncGenerator<T[]> {
    const reader = this.#reader();
    const lines = new Lines(reader);
    let shown = 0;
    let credit = FIRST_CREDIT;
    for await (const chunk of chunks) {
      lines.push(chunk);
      credit += chunk.length;
      const { length } = reader.items;
      // Copying the whole list for each item would be quadratic: a long one is shown as often as its text pays for.
      if (length === shown || length > credit) continue;
      credit -= length;
      shown = length;
      yield [...reader.items];
    }
    const items = lines.end();
    if (shown === 0 || items.length !== shown) yield items;
  }
}

class Lines<T> {
  readonly #reader: LineReader<T>;
  #text = '';
  #lineAt = 0;
  /** Pieces of the line that is not over yet: joined once. */
  #line = '';

  constructor(reader: LineReader<T>) {
    this.#reader = reader;
  }

  push(chunk: string): void {
    this.#text += chunk;
    let from = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', from)) {
      const line = this.#line + chunk.slice(from, end);
      this.#reader.line(line.endsWith('\r') ? line.slice(0, -1) : line, this.#lineAt);
      this.#lineAt += line.length + 1;
      this.#line = '';
      from = end + 1;
    }
    this.#line += chunk.slice(from);
  }

  end(): T[] {
    if (this.#line !== '') this.#reader.line(this.#line, this.#lineAt);
    this.#reader.end(this.#text);
    return [...this.#reader.items];
  }
}
