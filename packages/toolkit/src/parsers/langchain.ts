import { BaseOutputParser, type OutputParser } from '@mortise/core/parser';

/** The part of a LangChain.js output parser that is used: the libraries need not meet. */
export interface LangChainParser<T> {
  parse(text: string): Promise<T>;
  getFormatInstructions(): string;
}

/** A parser of LangChain.js as one of ours. Its stream is the one value at the end, what it throws a `ParserError`. */
export function fromLangChainParser<T>(parser: LangChainParser<T>): OutputParser<T, T> {
  return new FromLangChain(parser);
}

class FromLangChain<T> extends BaseOutputParser<T, T> {
  readonly #parser: LangChainParser<T>;

  constructor(parser: LangChainParser<T>) {
    super();
    this.#parser = parser;
  }

  override get name(): string {
    return 'LangChainParser';
  }

  override instructions(): string {
    return this.#parser.getFormatInstructions();
  }

  doParse(text: string): Promise<T> {
    return this.#parser.parse(text);
  }
}

/** What a step of a LangChain.js sequence is given: a text, or a message of a model. */
export type LangChainInput = string | { readonly content: unknown; readonly text?: unknown };

/** A LangChain.js parser that also takes its place in a sequence. */
export interface LangChainRunnableParser<T, P> extends LangChainParser<T> {
  /** What LangChain.js takes as the mark of a step. */
  readonly lc_runnable: true;
  invoke(input: LangChainInput, options?: { signal?: AbortSignal }): Promise<T>;
  batch(inputs: LangChainInput[], options?: { signal?: AbortSignal }): Promise<T[]>;
  stream(input: LangChainInput, options?: { signal?: AbortSignal }): Promise<AsyncIterable<P | T>>;
  transform(inputs: AsyncIterable<LangChainInput>, options?: { signal?: AbortSignal }): AsyncGenerator<P | T>;
}

/** One of our parsers as a LangChain.js parser: a step of a sequence, also of one that streams. */
export function toLangChainParser<T, P>(parser: OutputParser<T, P>): LangChainRunnableParser<T, P> {
  async function* transform(
    inputs: AsyncIterable<LangChainInput>,
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<P | T> {
    const signal = options?.signal;
    if (parser.stream !== undefined) yield* parser.stream(texts(inputs), { signal });
    else {
      let text = '';
      for await (const piece of texts(inputs)) text += piece;
      yield await parser.parse(text, { signal });
    }
  }
  const invoke = (input: LangChainInput, options?: { signal?: AbortSignal }): Promise<T> =>
    parser.parse(textOf(input), { signal: options?.signal });
  return {
    lc_runnable: true,
    parse: (text) => parser.parse(text),
    getFormatInstructions: () => parser.format?.('').trim() ?? '',
    invoke,
    batch: (inputs, options) => Promise.all(inputs.map((input) => invoke(input, options))),
    stream: async (input, options) => transform(one(input), options),
    transform,
  };
}

async function* one<T>(value: T): AsyncGenerator<T> {
  yield value;
}

async function* texts(inputs: AsyncIterable<LangChainInput>): AsyncGenerator<string> {
  for await (const input of inputs) yield textOf(input);
}

/** A message's content is a text or blocks, of which those of type `text` count. */
function textOf(input: LangChainInput): string {
  if (typeof input === 'string') return input;
  const { content } = input;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((block: { type?: unknown; text?: unknown }) =>
      block.type === 'text' && typeof block.text === 'string' ? block.text : '',
    )
    .join('');
}
