import { checkOptions, oneOf } from '@mortise/core/shared';
import { BaseOutputParser, type ParseOptions } from '@mortise/core/parser';
import { readInSlices } from '../json/slices.ts';
import { CommaList } from './comma-list.ts';
import { ListReply } from './list-reply.ts';
import { MarkedList } from './marked-list.ts';

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

/**
 * A list of strings. A blank text is an empty list. In numbered and bulleted lists the lines around the list are
 * skipped, and indented lines belong to the item above them. A stream shows an item when it is whole.
 */
export class ListParser extends BaseOutputParser<string[], string[]> {
  readonly #style: 'comma' | 'numbered' | 'bulleted';

  constructor(options: ListParserOptions = {}) {
    super();
    this.#style = oneOf('style', checkOptions(options, 'configuration').style ?? 'comma', [
      'comma',
      'numbered',
      'bulleted',
    ]);
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

  #reply(): ListReply {
    return new ListReply(this.#style === 'comma' ? new CommaList() : new MarkedList(this.#style));
  }
}

const FIRST_CREDIT = 16_384;
