import { raceAbort } from '../call/timers.ts';
import { MortiseError } from '../errors.ts';
import type {
  ChatResponse,
  ChatStream,
  ChatStreamEvent,
  CompletionResponse,
  CompletionStream,
  PartialChatResponse,
  Usage,
} from './contract.ts';
import { readableStream } from '../call/single-reader.ts';
import { textOf } from './stream.ts';
import type { Outcome } from './wrap.ts';

/** What a wrapper may use while it opens a stream. */
export interface Scope {
  /** A signal that follows the caller's and the leaving of the stream. */
  link(caller: AbortSignal | undefined): { readonly signal: AbortSignal; unlink(): void };
  /** Called exactly once, when the stream has ended in whatever way. */
  onEnd(listener: (outcome: Outcome) => void): void;
}

/** The members that chat and completion streams share. */
interface AnyStream<T, F> extends AsyncIterable<T> {
  final(): Promise<F>;
  cancel(): Promise<void>;
}

/** A stream that is only opened when it is first read: what a wrapper needs to wait or to choose before it. */
class Deferred<T, F extends { usage: Usage }, S extends AnyStream<T, F>> {
  readonly #open: (scope: Scope) => Promise<S>;
  readonly #lengthOf: (stream: S) => number;
  readonly #isLast: (item: T) => boolean;
  readonly #left = new AbortController();
  readonly #listeners: ((outcome: Outcome) => void)[] = [];
  #opening: Promise<S> | undefined;
  #claimed = false;
  #ended = false;
  inner: S | undefined;

  constructor(
    open: (scope: Scope) => Promise<S>,
    lengthOf: (stream: S) => number,
    isLast: (item: T) => boolean,
  ) {
    this.#open = open;
    this.#lengthOf = lengthOf;
    this.#isLast = isLast;
  }

  reader<R>(pick: (item: T) => R | undefined): AsyncIterableIterator<R> {
    if (this.#claimed) {
      const message =
        'This stream already has a reader; a stream is read once. Collect what you need, or call the model again.';
      throw new MortiseError('invalid-request', message);
    }
    this.#claimed = true;
    let source: AsyncIterator<T> | undefined;
    const iterator: AsyncIterableIterator<R> = {
      [Symbol.asyncIterator]: () => iterator,
      next: async () => {
        if (this.#left.signal.aborted) return { done: true, value: undefined };
        try {
          source ??= (await this.#opened())[Symbol.asyncIterator]();
          for (;;) {
            const next = await source.next();
            if (next.done === true) {
              if (!this.#left.signal.aborted) await this.#finish();
              return { done: true, value: undefined };
            }
            // Who sees the terminal event need not ask again: the stream was not left then.
            if (this.#isLast(next.value)) await this.#finish();
            const picked = pick(next.value);
            if (picked !== undefined) return { done: false, value: picked };
          }
        } catch (error) {
          if (this.#left.signal.aborted) return { done: true, value: undefined };
          this.#end({ error });
          throw error;
        }
      },
      return: async (value?: unknown) => {
        await this.cancel();
        return { done: true, value: value as R };
      },
    };
    return iterator;
  }

  async final(): Promise<F> {
    this.#claimed = true;
    try {
      const stream = await this.#opened();
      const response = await stream.final();
      this.#end({ usage: response.usage });
      return response;
    } catch (error) {
      this.#end({ error });
      throw error;
    }
  }

  async cancel(): Promise<void> {
    if (this.#ended) return;
    const error = new MortiseError('aborted', 'The stream was left before its end.');
    this.#left.abort(error);
    this.#end({ error });
    await this.inner?.cancel();
  }

  #opened(): Promise<S> {
    this.#opening ??= this.#open(this.#scope()).then((stream) => (this.inner = stream));
    return raceAbort(this.#opening, this.#left.signal);
  }

  #scope(): Scope {
    const left = this.#left.signal;
    return {
      link(caller) {
        const controller = new AbortController();
        const signals = caller === undefined ? [left] : [caller, left];
        const onAbort = (): void => controller.abort(signals.find(({ aborted }) => aborted)?.reason);
        if (signals.some(({ aborted }) => aborted)) onAbort();
        for (const signal of signals) signal.addEventListener('abort', onAbort, { once: true });
        const unlink = (): void => signals.forEach((signal) => signal.removeEventListener('abort', onAbort));
        return { signal: controller.signal, unlink };
      },
      onEnd: (listener) => {
        this.#listeners.push(listener);
        // Left while it was being opened: whoever joins now learns of it at once.
        if (this.#ended) listener({ error: left.reason as unknown });
      },
    };
  }

  /** The inner stream has said that it is done: its response is there. */
  async #finish(): Promise<void> {
    const response = await this.inner?.final();
    this.#end({ usage: response?.usage });
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const partialLength = this.inner === undefined ? 0 : this.#lengthOf(this.inner);
    for (const listener of this.#listeners) listener({ ...outcome, partialLength });
  }
}

export function deferChatStream(open: (scope: Scope) => Promise<ChatStream>): ChatStream {
  const deferred = new Deferred<ChatStreamEvent, ChatResponse, ChatStream>(
    open,
    (stream) => stream.partial.text.length,
    (event) => event.type === 'finish',
  );
  const empty: PartialChatResponse = { message: { role: 'assistant', content: [] }, text: '', usage: {} };
  return {
    [Symbol.asyncIterator]: () => deferred.reader((event) => event),
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => deferred.reader(textOf) };
    },
    get partial() {
      return deferred.inner?.partial ?? empty;
    },
    final: () => quiet(deferred.final()),
    toReadableStream: () => readableStream(deferred.reader((event) => event)),
    cancel: () => deferred.cancel(),
  };
}

export function deferCompletionStream(open: (scope: Scope) => Promise<CompletionStream>): CompletionStream {
  const deferred = new Deferred<string, CompletionResponse, CompletionStream>(
    open,
    (stream) => stream.partial.length,
    () => false,
  );
  return {
    [Symbol.asyncIterator]: () => deferred.reader((text) => text),
    get partial() {
      return deferred.inner?.partial ?? '';
    },
    final: () => quiet(deferred.final()),
    toReadableStream: () => readableStream(deferred.reader((text) => text)),
    cancel: () => deferred.cancel(),
  };
}

/** L-06: never an unhandled rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
