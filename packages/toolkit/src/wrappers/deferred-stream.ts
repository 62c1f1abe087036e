import { raceAbort, abortReason, leftError, typed } from '@mortise/core/call';
import { MortiseError } from '@mortise/core';
import { webStream } from '@mortise/core/sse';
import {
  type ChatResponse,
  type ChatStream,
  type ChatStreamEvent,
  type CompletionResponse,
  type CompletionStream,
  type PartialChatResponse,
  type Usage,
  textDelta,
} from '@mortise/core/llm';
import type { Outcome } from './outcome.ts';

/** What a wrapper may use while it opens a stream. */
export interface Scope {
  /** Aborted with the caller's reason, or when the stream is left. */
  readonly signal: AbortSignal;
  /** Called exactly once, when the stream has ended in whatever way. */
  readonly onEnd: (listener: (outcome: Outcome) => void) => void;
}

/** The members that chat and completion streams share. */
interface AnyStream<T, F> extends AsyncIterable<T> {
  final(): Promise<F>;
  cancel(): Promise<void>;
}

interface DeferredStreamOptions<T, S> {
  open(scope: Scope): Promise<S>;
  /** The caller's signal: its abort ends the stream also while nobody reads. */
  readonly signal: AbortSignal | undefined;
  /** Something of the reply has arrived. */
  hasBegun(stream: S): boolean;
  isLast(item: T): boolean;
}

/** A stream that is only opened when it is first read: what a wrapper needs to wait or to choose before it. */
class Deferred<T, F extends { usage: Usage; provider?: string; model: string }, S extends AnyStream<T, F>> {
  readonly #options: DeferredStreamOptions<T, S>;
  readonly #stop = new AbortController();
  readonly #listeners: ((outcome: Outcome) => void)[] = [];
  readonly #onAbort = (): void => this.#end({ error: this.#options.signal?.reason as unknown }, true);
  #opening: Promise<S> | undefined;
  #claimed = false;
  /** The inner stream's iterator, there as soon as it is open: the reader who claimed us has then claimed it. */
  #source: AsyncIterator<T> | undefined;
  #hasReader = false;
  #abandoned = false;
  /** The reader has been told of the failure once; after that it is just done. */
  #told = false;
  #ended = false;
  inner: S | undefined;

  constructor(options: DeferredStreamOptions<T, S>) {
    this.#options = options;
  }

  reader<R>(pick: (item: T) => R | undefined): AsyncIterableIterator<R> {
    if (this.#claimed) {
      const message =
        'This stream already has a reader; a stream is read once. Collect what you need, or call the model again.';
      throw new MortiseError('invalid-request', message);
    }
    this.#claimed = true;
    this.#hasReader = true;
    const iterator: AsyncIterableIterator<R> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#next(pick),
      return: async (value?: unknown) => {
        await this.cancel();
        return { done: true, value: value as R };
      },
    };
    return iterator;
  }

  async #next<R>(pick: (item: T) => R | undefined): Promise<IteratorResult<R>> {
    try {
      while (!this.#abandoned && !this.#told) {
        if (this.inner === undefined) await this.#opened();
        const next = await this.#source?.next();
        if (next === undefined || next.done === true) {
          if (!this.#abandoned) await this.#finish();
          break;
        }
        // Who sees the terminal event need not ask again: the stream was not left then.
        if (this.#options.isLast(next.value)) await this.#finish();
        const value = pick(next.value);
        if (value !== undefined) return { done: false, value };
      }
    } catch (thrown) {
      const error = typed(thrown, this.#options.signal);
      this.#end({ error });
      if (!this.#abandoned && !this.#told) {
        this.#told = true;
        throw error;
      }
    }
    return { done: true, value: undefined };
  }

  async final(): Promise<F> {
    this.#claimed = true;
    try {
      const stream = await this.#opened();
      const response = await stream.final();
      this.#end({ usage: response.usage, by: response });
      return response;
    } catch (thrown) {
      const error = typed(thrown, this.#options.signal);
      this.#end({ error });
      throw error;
    }
  }

  async cancel(): Promise<void> {
    this.#abandoned = true;
    const partial = this.inner === undefined ? NOTHING : undefined;
    this.#end({ error: leftError('The stream was left before its end.', { partial }) }, true);
    await this.inner?.cancel();
  }

  #opened(): Promise<S> {
    if (this.inner !== undefined) return Promise.resolve(this.inner);
    const { signal } = this.#options;
    if (signal?.aborted === true) this.#onAbort();
    // Left, or aborted, before it was read: nothing is opened any more.
    if (this.#stop.signal.aborted) return Promise.reject(abortReason(this.#stop.signal));
    if (this.#opening === undefined) {
      signal?.addEventListener('abort', this.#onAbort, { once: true });
      const scope = { signal: this.#stop.signal, onEnd: this.#onEnd };
      this.#opening = this.#options.open(scope).then((stream) => this.#take(stream));
    }
    return raceAbort(this.#opening, this.#stop.signal);
  }

  #take(stream: S): S {
    // It came too late.
    if (this.#ended) {
      stream.cancel().catch(() => undefined);
      return stream;
    }
    this.inner = stream;
    if (this.#hasReader) this.#source = stream[Symbol.asyncIterator]();
    return stream;
  }

  readonly #onEnd = (listener: (outcome: Outcome) => void): void => {
    // Ended while it was being opened: later readers get the end at once.
    if (this.#ended) listener({ error: abortReason(this.#stop.signal) });
    else this.#listeners.push(listener);
  };

  /** The inner stream has said that it is done: its response is there. */
  async #finish(): Promise<void> {
    const response = await this.inner?.final();
    this.#end({ usage: response?.usage, by: response });
  }

  /** A model without a base may have a stream that says nothing of what has arrived. */
  #hasBegun(): boolean {
    try {
      return this.inner !== undefined && this.#options.hasBegun(this.inner);
    } catch {
      return false;
    }
  }

  #end(outcome: Outcome, stop = false): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (stop) this.#stop.abort(outcome.error);
    const begun = this.#hasBegun();
    for (const listener of this.#listeners) listener({ ...outcome, begun });
  }
}

const NOTHING: PartialChatResponse = { message: { role: 'assistant', content: [] }, text: '', usage: {} };

export function deferChatStream(
  signal: AbortSignal | undefined,
  open: (scope: Scope) => Promise<ChatStream>,
): ChatStream {
  const deferred = new Deferred<ChatStreamEvent, ChatResponse, ChatStream>({
    open,
    signal,
    hasBegun: (stream) => stream.partial.message.content.length > 0,
    isLast: (event) => event.type === 'finish',
  });
  const events = (): AsyncIterableIterator<ChatStreamEvent> => deferred.reader((event) => event);
  return {
    ...webStream(events),
    [Symbol.asyncIterator]: events,
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => deferred.reader(textDelta) };
    },
    get partial() {
      return deferred.inner?.partial ?? structuredClone(NOTHING);
    },
    final: () => quiet(deferred.final()),
    cancel: () => deferred.cancel(),
  };
}

export function deferCompletionStream(
  signal: AbortSignal | undefined,
  open: (scope: Scope) => Promise<CompletionStream>,
): CompletionStream {
  const deferred = new Deferred<string, CompletionResponse, CompletionStream>({
    open,
    signal,
    hasBegun: (stream) => stream.partial !== '',
    isLast: () => false,
  });
  const texts = (): AsyncIterableIterator<string> => deferred.reader((text) => text);
  return {
    ...webStream(texts),
    [Symbol.asyncIterator]: texts,
    get partial() {
      return deferred.inner?.partial ?? '';
    },
    final: () => quiet(deferred.final()),
    cancel: () => deferred.cancel(),
  };
}

/** L-06: never an unhandled rejection. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
