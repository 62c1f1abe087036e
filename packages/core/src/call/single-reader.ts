import { MortiseError } from '../errors.ts';
import { connectionIsClosed } from './timers.ts';

type End<R> =
  | { readonly kind: 'finished'; readonly result: R }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface SingleReaderHooks {
  /** Gets more, and says so by `push`, `finish` or `fail`. What it rejects with is a failure. */
  advance(): Promise<void>;
  /** The stream was left before its end: calls `fail`. */
  leave(): void;
}

/**
 * What is the same in every stream of Mortise: one reader, who is served as fast as he asks; `final()`, which reads
 * to the end by itself or beside him; leaving, which settles at once. The iterator is written by hand, since an async
 * generator's `return()` waits for a pending `next()` and so would hang on a stalled stream.
 */
export class SingleReader<E, R> {
  readonly #hooks: SingleReaderHooks;
  /** What arrived and was not read yet, from `#at` on. The source's own array until it must grow. */
  #queue: readonly E[] = [];
  #grown: E[] | undefined;
  #at = 0;
  #pulling: Promise<void> | undefined;
  #end: End<R> | undefined;
  /** The reader has been told of the failure once; after that it is just done. */
  #told = false;
  #claimed = false;
  #final: Promise<R> | undefined;

  constructor(hooks: SingleReaderHooks) {
    this.#hooks = hooks;
  }

  get ended(): boolean {
    return this.#end !== undefined;
  }

  push(events: readonly E[]): void {
    if (this.#at >= this.#queue.length) {
      this.#queue = events;
      this.#grown = undefined;
      this.#at = 0;
      return;
    }
    // Only when `final()` runs ahead of a reader: the events stay for it.
    if (this.#grown === undefined) {
      this.#queue = this.#grown = this.#queue.slice(this.#at);
      this.#at = 0;
    }
    for (const event of events) this.#grown.push(event);
  }

  /** The reader still gets what was pushed before. */
  finish(result: R): void {
    this.#end ??= { kind: 'finished', result };
  }

  /** A failure does not wait behind what has already arrived: an abort settles at once. */
  fail(error: unknown): void {
    this.#end ??= { kind: 'failed', error };
  }

  /** Claims the stream. `pick` says what the reader sees of an event; undefined skips it. */
  reader<T>(pick: (event: E) => T | undefined): AsyncIterableIterator<T> {
    if (this.#claimed) {
      const message =
        'This stream already has a reader; a stream is read once. Collect what you need, or call again.';
      throw new MortiseError('invalid-request', message);
    }
    this.#claimed = true;
    const iterator: AsyncIterableIterator<T> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#next(pick),
      return: async (value?: unknown) => {
        await this.leave();
        return { done: true, value: value as T };
      },
    };
    return iterator;
  }

  /** Settles always, and never as an unhandled rejection. */
  final(): Promise<R> {
    if (this.#final === undefined) {
      this.#final = this.#drain();
      this.#final.catch(() => undefined);
    }
    return this.#final;
  }

  async leave(): Promise<void> {
    // Who leaves knows it: neither a pending nor a later `next()` throws, or gives what had arrived.
    this.#told = true;
    this.#at = this.#queue.length;
    if (this.#end !== undefined) return;
    this.#hooks.leave();
    await connectionIsClosed();
  }

  async #next<T>(pick: (event: E) => T | undefined): Promise<IteratorResult<T>> {
    for (;;) {
      if (this.#end?.kind === 'failed') {
        if (this.#told) return { done: true, value: undefined };
        this.#told = true;
        await connectionIsClosed();
        throw this.#end.error as Error;
      }
      while (this.#at < this.#queue.length) {
        const value = pick(this.#queue[this.#at++] as E);
        if (value !== undefined) return { done: false, value };
      }
      if (this.#end !== undefined) return { done: true, value: undefined };
      await this.#pull();
    }
  }

  async #drain(): Promise<R> {
    const alone = !this.#claimed;
    this.#claimed = true;
    while (this.#end === undefined) {
      await this.#pull();
      // With a reader beside us the events stay for it; alone, nobody will ask for them.
      if (alone) this.#at = this.#queue.length;
    }
    if (this.#end.kind === 'finished') return this.#end.result;
    this.#told ||= alone;
    await connectionIsClosed();
    throw this.#end.error as Error;
  }

  /** One arrival, shared by the reader and `final()` when both wait. Never rejects: failures are in `#end`. */
  #pull(): Promise<void> {
    return (this.#pulling ??= this.#advance());
  }

  async #advance(): Promise<void> {
    try {
      await this.#hooks.advance();
    } catch (error) {
      this.fail(error);
    } finally {
      this.#pulling = undefined;
    }
  }
}

/**
 * Lets the `finally` of a generator run. Not awaited: one that hangs in `next` hangs in `return` too. What it throws can change nothing
 * any more.
 */
export function stop(iterator: AsyncIterator<unknown> | undefined): void {
  (async () => iterator?.return?.())().catch(() => undefined);
}

/** What an iterator gives, read no further ahead than the consumer asks. */
export function readableStream<T>(iterator: AsyncIterator<T>): ReadableStream<T> {
  return new ReadableStream<T>(
    {
      async pull(controller) {
        const next = await iterator.next();
        if (next.done === true) controller.close();
        else controller.enqueue(next.value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
