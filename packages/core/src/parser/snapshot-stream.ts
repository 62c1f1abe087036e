import { stop } from '../call/single-reader.ts';
import { raceAbort, throwIfAborted, Waits } from '../call/timers.ts';
import { leftError } from '../errors.ts';
import { endWhenForgotten, pullWithin, startSpan, type Span } from '../events/span.ts';
import type { ParseOptions } from './contract.ts';
import { parserError, toParserError } from './errors.ts';

export interface SnapshotStreamOptions extends ParseOptions {
  readonly parser: string;
}

/**
 * A parser's stream: one span from the first `next()` to the end, the abort or the leave; the parser's own failures as
 * `ParserError`, the source's unchanged. By hand, as `return()` of a generator waits for a `next()` that hangs.
 */
export class SnapshotStream<P> implements AsyncIterableIterator<P, undefined> {
  readonly #source: Source;
  readonly #read: (chunks: AsyncIterable<string>) => AsyncIterable<P>;
  /** Nothing runs before the first `next()`. */
  #snapshots: AsyncIterator<P> | undefined;
  readonly #options: SnapshotStreamOptions;
  readonly #waits = new Waits();
  #span: Span | undefined;
  #closed = false;
  #left = false;

  constructor(
    chunks: AsyncIterable<string>,
    options: SnapshotStreamOptions,
    read: (chunks: AsyncIterable<string>) => AsyncIterable<P>,
  ) {
    this.#options = options;
    this.#source = new Source(chunks);
    this.#read = read;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<P, undefined>> {
    if (this.#closed) return { done: true, value: undefined };
    const { signal, parent, parser } = this.#options;
    try {
      throwIfAborted(signal);
      if (this.#span === undefined) {
        this.#span = startSpan('parser.parse', { attributes: { parser, stream: true }, parent });
        endWhenForgotten(this, this.#span);
      }
      const span = this.#span;
      const step = this.#waits.until(
        pullWithin(span, () => (this.#snapshots ??= this.#read(this.#source)[Symbol.asyncIterator]()).next()),
      );
      const result = await (signal === undefined ? step : raceAbort(step, signal));
      if (result.done !== true) return result;
      this.#close(undefined);
      span.end({ characters: this.#source.text.length }, () => ({ text: this.#source.text }));
      return { done: true, value: undefined };
    } catch (thrown) {
      if (this.#left) return { done: true, value: undefined };
      const failure = this.#failure(thrown);
      this.#close(failure);
      this.#span?.fail(failure);
      throw failure;
    }
  }

  async return(): Promise<IteratorResult<P, undefined>> {
    if (!this.#closed) {
      const abandoned = leftError('The stream of values was left before its end.');
      this.#left = true;
      this.#waits.interrupt(abandoned);
      this.#close(abandoned);
      this.#span?.fail(abandoned);
    }
    return { done: true, value: undefined };
  }

  #failure(thrown: unknown): unknown {
    const { signal } = this.#options;
    if (signal?.aborted === true) return signal.reason as unknown;
    const { failed, error, text } = this.#source;
    return failed && error === thrown ? thrown : toParserError(thrown, text);
  }

  #close(why: unknown): void {
    this.#closed = true;
    this.#source.leave(why);
    // A generator that waits for a chunk ends when the source does; nobody waits for it.
    stop(this.#snapshots);
  }
}

/** The chunks, with a note of their text and of how they failed, closed once. */
class Source implements AsyncIterableIterator<string, undefined> {
  text = '';
  failed = false;
  error: unknown;
  #over = false;
  #iterator: AsyncIterator<string> | undefined;
  /** For chunks that may never come. */
  readonly #waits = new Waits();
  readonly #chunks: AsyncIterable<string>;

  constructor(chunks: AsyncIterable<string>) {
    this.#chunks = chunks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    if (this.failed) throw this.error;
    if (this.#over) return { done: true, value: undefined };
    let result: IteratorResult<string>;
    try {
      result = await this.#waits.until((this.#iterator ??= this.#chunks[Symbol.asyncIterator]()).next());
    } catch (error) {
      this.#fail(error);
      throw error;
    }
    if (result.done === true) {
      this.#over = true;
      return { done: true, value: undefined };
    }
    if (typeof result.value !== 'string') {
      const error = parserError('parse', 'A chunk of the stream is not a string.', { text: this.text });
      this.close();
      this.#fail(error);
      throw error;
    }
    this.text += result.value;
    return result;
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.close();
    return { done: true, value: undefined };
  }

  close(): void {
    if (this.#over) return;
    this.#over = true;
    // The reader has left: that the source cannot be closed is no longer its concern.
    stop(this.#iterator);
  }

  /** Closes it, and tells whoever still asks for chunks that there is no more of a text that is not whole. */
  leave(why: unknown): void {
    if (this.#over) return;
    this.close();
    this.#fail(why);
    this.#waits.interrupt(why);
  }

  #fail(error: unknown): void {
    this.#over = true;
    if (this.failed) return;
    this.failed = true;
    this.error = error;
  }
}
