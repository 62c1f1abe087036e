import { raceAbort, throwIfAborted } from '../call/index.ts';
import { inSpan } from '../events/index.ts';
import type { ChatMessage } from '../llm/message-contract.ts';
import { checkOptions, reading } from '../shared/options.ts';
import type { DeepPartial, OutputParser, ParseOptions } from './contract.ts';
import { parserError, toParserError } from './errors.ts';
import { SnapshotStream } from './snapshot-stream.ts';

/**
 * An `OutputParser` from `doParse` alone. Core adds the span, the abort, the error's form, the stream, and where
 * the instructions go.
 *
 * ```ts
 * class YesOrNo extends BaseOutputParser<boolean> {
 *   override instructions() { return 'Answer with yes or no.'; }
 *   doParse(text: string) {
 *     if (/^\W*(yes|no)\b/i.test(text)) return /yes/i.test(text);
 *     throw new Error('The answer is neither yes nor no.');
 *   }
 * }
 * ```
 */
export abstract class BaseOutputParser<T, P = DeepPartial<T>> implements OutputParser<T, P> {
  /** For events. Default: the name of the class. */
  get name(): string {
    return this.constructor.name;
  }

  /** One text, whole. What it throws reaches the caller as a `ParserError`. */
  abstract doParse(text: string, options: ParseOptions): T | Promise<T>;

  /** What to tell the model. Absent: `format` adds nothing. */
  instructions?(): string;

  /** Values on the way, the last being what `doParse` gives. Absent: that one value, at the end. */
  doStream?(chunks: AsyncIterable<string>, options: ParseOptions): AsyncIterable<P>;

  format(input: string): string;
  format(input: readonly ChatMessage[]): readonly ChatMessage[];
  format(input: string | readonly ChatMessage[]): string | readonly ChatMessage[] {
    return reading('What is to be formatted', () => {
      const instructions = this.instructions?.() ?? '';
      if (instructions === '') return input;
      return typeof input === 'string'
        ? `${input}\n\n${instructions}`
        : withInstructions(input, instructions);
    });
  }

  async parse(text: string, given: ParseOptions = {}): Promise<T> {
    const options = checkOptions(given);
    const about = {
      attributes: { parser: this.name, characters: typeof text === 'string' ? text.length : 0 },
      content: () => ({ text }),
      parent: options.parent,
    };
    return inSpan('parser.parse', about, async () => {
      throwIfAborted(options.signal);
      if (typeof text !== 'string')
        throw parserError('parse', 'What was given to parse is not a string.', { text: '' });
      try {
        const parsed = this.#started(text, options);
        return await (options.signal === undefined ? parsed : raceAbort(parsed, options.signal));
      } catch (error) {
        throwIfAborted(options.signal);
        throw toParserError(error, text);
      }
    });
  }

  stream(chunks: AsyncIterable<string>, given: ParseOptions = {}): AsyncIterable<P> {
    const options = checkOptions(given);
    const read = (source: AsyncIterable<string>): AsyncIterable<P> =>
      this.doStream === undefined ? this.#whole(source, options) : this.doStream(source, options);
    return new SnapshotStream(chunks, { ...options, parser: this.name }, read);
  }

  /** A throw before the first await is a rejection like any other. */
  async #started(text: string, options: ParseOptions): Promise<T> {
    return this.doParse(text, options);
  }

  async *#whole(chunks: AsyncIterable<string>, options: ParseOptions): AsyncGenerator<P> {
    let text = '';
    for await (const chunk of chunks) text += chunk;
    // A whole value is a partial one that lacks nothing, which the compiler cannot see for an open P.
    yield (await this.doParse(text, options)) as unknown as P;
  }
}

/** At the end of the last user message: behind what a provider may have cached, and the last thing the model reads. */
function withInstructions(messages: readonly ChatMessage[], instructions: string): readonly ChatMessage[] {
  const at = messages.findLastIndex((message) => message.role === 'user');
  const message = messages[at];
  if (message === undefined) return [...messages, { role: 'user', content: instructions }];
  const content =
    typeof message.content === 'string'
      ? `${message.content}\n\n${instructions}`
      : [...message.content, { type: 'text' as const, text: instructions }];
  return messages.with(at, { ...message, content });
}
