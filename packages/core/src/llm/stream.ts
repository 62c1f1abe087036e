import type { OpenAttempt } from '../call/call.ts';
import type { Warning } from '../call/contract.ts';
import { raceAbort } from '../call/timers.ts';
import { isMortiseError, MortiseError, withErrorFields } from '../errors.ts';
import type { Span } from '../events/index.ts';
import type { ChatResponse, ChatStream, ChatStreamEvent, PartialChatResponse } from './contract.ts';
import { ReplyBuilder, toChatResponse } from './response.ts';

/** What an integration may yield: one event, or all those that one arrival of bytes gave. */
export type StreamBatch = ChatStreamEvent | readonly ChatStreamEvent[];

/** An attempt whose first content has arrived. */
export interface OpenedStream {
  readonly attempt: OpenAttempt;
  readonly source: AsyncIterator<StreamBatch>;
  /** The events up to and with the first content. */
  readonly head: readonly ChatStreamEvent[];
  /** What the attempt warned of and was not handed out yet; it may grow while the stream is read. */
  readonly warnings: Warning[];
}

export interface StreamPlan {
  readonly model: string;
  /** Opens the span and makes the call; called at the first read. */
  open(): { readonly span: Span; readonly opened: Promise<OpenedStream> };
  /** Aborts `opened` when the stream is left before it resolves. */
  abandon(reason: unknown): void;
  /** Attributes of the span's end. */
  describe(response: ChatResponse): Parameters<Span['end']>;
}

/**
 * The iterator is written by hand: an async generator's `return()` waits for a pending `next()`, and so would hang
 * on a stalled stream.
 */
export function createChatStream<M>(plan: StreamPlan): ChatStream<M> {
  const pump = new Pump(plan);
  return {
    [Symbol.asyncIterator]: () => pump.reader((event) => event),
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => pump.reader(textOf) };
    },
    get partial() {
      return pump.partial();
    },
    final: () => pump.final() as Promise<ChatResponse<M>>,
    toReadableStream: () => readableStream(pump.reader((event) => event)),
    cancel: async () => pump.leave(),
  };
}

function textOf(event: ChatStreamEvent): string | undefined {
  return event.type === 'text-delta' ? event.delta : undefined;
}

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
    // Nothing is read ahead of the consumer.
    { highWaterMark: 0 },
  );
}

type End =
  | { readonly kind: 'finished'; readonly response: ChatResponse }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Moves events from the source to the one reader, as fast as the reader asks. */
class Pump {
  readonly #plan: StreamPlan;
  readonly #builder = new ReplyBuilder();
  #span: Span | undefined;
  #opened: OpenedStream | undefined;
  /** What arrived and was not read yet, from `#at` on. The integration's own array until it must grow. */
  #queue: readonly ChatStreamEvent[] = [];
  #grown: ChatStreamEvent[] | undefined;
  #at = 0;
  #pulling: Promise<void> | undefined;
  #end: End | undefined;
  /** The reader has been told of the failure once; after that it is just done. */
  #told = false;
  #claimed = false;
  #final: Promise<ChatResponse> | undefined;

  constructor(plan: StreamPlan) {
    this.#plan = plan;
  }

  partial(): PartialChatResponse {
    return this.#builder.partial();
  }

  /** Claims the stream. `pick` says what the reader sees of an event; undefined skips it. */
  reader<T>(pick: (event: ChatStreamEvent) => T | undefined): AsyncIterableIterator<T> {
    if (this.#claimed) {
      const message =
        'This stream already has a reader; a stream is read once. Collect what you need, or call the model again.';
      throw new MortiseError('invalid-request', message);
    }
    this.#claimed = true;
    const iterator: AsyncIterableIterator<T> = {
      [Symbol.asyncIterator]: () => iterator,
      next: () => this.#next(pick),
      return: (value?: unknown) => {
        this.leave();
        return Promise.resolve({ done: true, value: value as T });
      },
    };
    return iterator;
  }

  async #next<T>(pick: (event: ChatStreamEvent) => T | undefined): Promise<IteratorResult<T>> {
    for (;;) {
      // A failure does not wait behind what has already arrived: an abort settles at once.
      if (this.#end?.kind === 'failed') {
        if (this.#told) return { done: true, value: undefined };
        this.#told = true;
        throw this.#end.error as Error;
      }
      while (this.#at < this.#queue.length) {
        const value = pick(this.#queue[this.#at++] as ChatStreamEvent);
        if (value !== undefined) return { done: false, value };
      }
      if (this.#end !== undefined) return { done: true, value: undefined };
      await this.#pull();
    }
  }

  /** Settles always, and never as an unhandled rejection. */
  final(): Promise<ChatResponse> {
    if (this.#final === undefined) {
      this.#final = this.#drain();
      this.#final.catch(() => undefined);
    }
    return this.#final;
  }

  async #drain(): Promise<ChatResponse> {
    const alone = !this.#claimed;
    this.#claimed = true;
    while (this.#end === undefined) {
      await this.#pull();
      // With a reader beside us the events stay for it; alone, nobody will ask for them.
      if (alone) this.#at = this.#queue.length;
    }
    if (this.#end.kind === 'failed') {
      this.#told ||= alone;
      throw this.#end.error as Error;
    }
    return this.#end.response;
  }

  /** `break`, `return()`, `cancel()`: settles at once and closes the connection, also on a stalled stream. */
  leave(): void {
    if (this.#end !== undefined) return;
    const error = new MortiseError('aborted', 'The stream was left before its end.', {
      partial: this.partial(),
    });
    this.#told = true;
    this.#fail(error);
  }

  /** One arrival, shared by the reader and `final()` when both wait. Never rejects: failures are in `#end`. */
  #pull(): Promise<void> {
    return (this.#pulling ??= this.#advance().finally(() => (this.#pulling = undefined)));
  }

  async #advance(): Promise<void> {
    try {
      if (this.#opened === undefined) await this.#open();
      else await this.#read(this.#opened);
    } catch (error) {
      this.#fail(this.#opened === undefined ? error : this.#opened.attempt.failure(error));
    }
  }

  async #open(): Promise<void> {
    const { span, opened } = this.#plan.open();
    this.#span = span;
    const stream = await opened;
    if (this.#end !== undefined) return close(stream, undefined);
    this.#opened = stream;
    const { attempt } = stream;
    // The caller's abort and the time bound end the stream also while nobody reads.
    const onAbort = (): void => this.#fail(attempt.failure(undefined));
    attempt.signal.addEventListener('abort', onAbort, { once: true });
    this.#take(stream.head, stream);
    attempt.pause();
  }

  async #read(stream: OpenedStream): Promise<void> {
    const { attempt, source } = stream;
    const span = this.#span;
    attempt.touch();
    const reading = span === undefined ? source.next() : span.run(() => source.next());
    const next = await raceAbort(reading, attempt.signal);
    if (this.#end !== undefined) return;
    attempt.pause();
    if (next.done === true) throw truncated();
    this.#take(eventsOf(next.value), stream);
  }

  #take(arrived: readonly ChatStreamEvent[], { warnings }: OpenedStream): void {
    const events = warnings.length === 0 ? arrived : withWarnings(arrived, warnings.splice(0));
    for (const event of events) {
      if (event.type === 'finish') return this.#finish(events);
      this.#builder.apply(event);
    }
    this.#append(events);
  }

  #append(events: readonly ChatStreamEvent[]): void {
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

  /** `events` holds the terminal event: what only deltas told of is completed before it, and nothing follows it. */
  #finish(events: readonly ChatStreamEvent[]): void {
    const at = events.findIndex((event) => event.type === 'finish');
    const finish = events[at] as Extract<ChatStreamEvent, { type: 'finish' }>;
    const blocks = this.#builder.missingBlocks();
    blocks.forEach((block) => this.#builder.apply(block));
    this.#builder.apply(finish);
    this.#append([...events.slice(0, at), ...blocks, { ...finish, usage: this.#builder.usage }]);
    const response = toChatResponse(this.#builder.reply(), this.#plan.model, this.#builder.warnings);
    this.#end = { kind: 'finished', response };
    this.#span?.end(...this.#plan.describe(response));
    if (this.#opened !== undefined) close(this.#opened, response.usage.totalTokens);
  }

  #fail(cause: unknown): void {
    if (this.#end !== undefined) return;
    const error =
      isMortiseError(cause) && cause.partial === undefined
        ? withErrorFields(cause, { partial: this.partial() })
        : cause;
    this.#end = { kind: 'failed', error };
    this.#span?.fail(error);
    if (this.#opened === undefined) return this.#plan.abandon(error);
    const { attempt, source } = this.#opened;
    attempt.close({ error }, error);
    void stop(source);
  }
}

/** Warnings come after `start`, and before what else arrived. */
function withWarnings(events: readonly ChatStreamEvent[], warnings: readonly Warning[]): ChatStreamEvent[] {
  const at = events[0]?.type === 'start' ? 1 : 0;
  const told = warnings.map((warning): ChatStreamEvent => ({ type: 'warning', warning }));
  return [...events.slice(0, at), ...told, ...events.slice(at)];
}

/** A batch as a list. */
export function eventsOf(batch: StreamBatch): readonly ChatStreamEvent[] {
  return 'type' in batch ? [batch] : batch;
}

function close({ attempt, source }: OpenedStream, tokens: number | undefined): void {
  attempt.close(tokens === undefined ? undefined : { tokens });
  void stop(source);
}

/** Lets the integration's generator run its `finally`. What it throws there can change nothing any more. */
async function stop(source: AsyncIterator<StreamBatch>): Promise<void> {
  try {
    await source.return?.();
  } catch {
    // See above.
  }
}

/** E-01. Retryable: the same call may succeed; core itself repeats it only while nothing was handed out. */
export function truncated(): MortiseError {
  const message =
    "The stream ended before the provider's terminal event: the reply is cut. What had arrived is in `partial`; call again.";
  return new MortiseError('stream-truncated', message, { retryable: true });
}
