import { raceAbort, reasonOf } from '../call/timers.ts';
import { MortiseError, toMortiseError, withErrorFields } from '../errors.ts';
import { startSpan, type Attributes, type EventName, type Span } from '../events/index.ts';
import { readableStream } from '../llm/stream.ts';
import type { PartialQueryResponse, QueryResponse, ResponseStream, ResponseStreamEvent } from './contract.ts';

export interface ResponseStreamPlan {
  /** The span around the stream: `query` or `synthesize`. It opens at the first read and ends once. */
  readonly name: EventName;
  readonly attributes?: Attributes | undefined;
  readonly content?: (() => Attributes) | undefined;
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  readonly parent?: string | undefined;
  /**
   * Called once, at the first read. Its events are handed on as they are asked for; the last is `finish`. `call` fits
   * as the options of everything it uses: its signal is aborted when the stream is left.
   */
  events(call: {
    readonly signal: AbortSignal;
    readonly parent?: string;
  }): AsyncIterable<ResponseStreamEvent>;
}

/**
 * A `ResponseStream` from a generator of events: what authors of query engines and synthesizers need to stream. The
 * iterator is written by hand, since a generator's `return()` waits for a pending `next()` and would hang on a
 * stalled model.
 */
export function createResponseStream(plan: ResponseStreamPlan): ResponseStream {
  const pump = new Pump(plan);
  return {
    [Symbol.asyncIterator]: () => pump.reader((event) => event),
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => pump.reader(textOf) };
    },
    get partial() {
      return pump.partial();
    },
    final: () => pump.final(),
    toReadableStream: () => readableStream(pump.reader((event) => event)),
    cancel: async () => pump.leave(),
  };
}

function textOf(event: ResponseStreamEvent): string | undefined {
  return event.type === 'text-delta' ? (event as { delta: string }).delta : undefined;
}

type End =
  | { readonly kind: 'finished'; readonly response: QueryResponse }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Moves events from the source to the one reader, as fast as the reader asks. */
class Pump {
  readonly #plan: ResponseStreamPlan;
  readonly #controller = new AbortController();
  readonly #onAbort = (): void => this.#fail(reasonOf(this.#plan.signal as AbortSignal));
  #span: Span | undefined;
  #source: AsyncIterator<ResponseStreamEvent> | undefined;
  #queue: ResponseStreamEvent[] = [];
  #pulling: Promise<void> | undefined;
  #end: End | undefined;
  /** The reader has been told of the failure once; after that it is just done. */
  #told = false;
  #claimed = false;
  #final: Promise<QueryResponse> | undefined;
  #partial: PartialQueryResponse = { text: '', citations: [] };

  constructor(plan: ResponseStreamPlan) {
    this.#plan = plan;
  }

  partial(): PartialQueryResponse {
    return { ...this.#partial, citations: [...this.#partial.citations] };
  }

  reader<T>(pick: (event: ResponseStreamEvent) => T | undefined): AsyncIterableIterator<T> {
    if (this.#claimed) {
      const message =
        'This stream already has a reader; a stream is read once. Collect what you need, or ask again.';
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

  async #next<T>(pick: (event: ResponseStreamEvent) => T | undefined): Promise<IteratorResult<T>> {
    for (;;) {
      // A failure does not wait behind what has already arrived: an abort settles at once.
      if (this.#end?.kind === 'failed') {
        if (this.#told) return { done: true, value: undefined };
        this.#told = true;
        throw this.#end.error as Error;
      }
      for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
        const value = pick(event);
        if (value !== undefined) return { done: false, value };
      }
      if (this.#end !== undefined) return { done: true, value: undefined };
      await this.#pull();
    }
  }

  /** Settles always, and never as an unhandled rejection. */
  final(): Promise<QueryResponse> {
    if (this.#final === undefined) {
      this.#final = this.#drain();
      this.#final.catch(() => undefined);
    }
    return this.#final;
  }

  async #drain(): Promise<QueryResponse> {
    const alone = !this.#claimed;
    this.#claimed = true;
    while (this.#end === undefined) {
      await this.#pull();
      // With a reader beside us the events stay for it; alone, nobody will ask for them.
      if (alone) this.#queue = [];
    }
    if (this.#end.kind === 'finished') return this.#end.response;
    this.#told ||= alone;
    throw this.#end.error as Error;
  }

  leave(): void {
    if (this.#end !== undefined) return;
    this.#claimed = true;
    this.#told = true;
    this.#fail(new MortiseError('aborted', 'The stream was left before its end.'));
  }

  /** One event, shared by the reader and `final()` when both wait. Never rejects: failures are in `#end`. */
  #pull(): Promise<void> {
    return (this.#pulling ??= this.#advance().finally(() => (this.#pulling = undefined)));
  }

  async #advance(): Promise<void> {
    try {
      const { signal } = this.#controller;
      const source = (this.#source ??= this.#open());
      if (this.#end !== undefined) return;
      const reading = this.#span === undefined ? source.next() : this.#span.run(() => source.next());
      const result = await raceAbort(reading, signal);
      if (this.#end !== undefined) return;
      if (result.done === true) throw unfinished();
      this.#take(result.value);
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(): AsyncIterator<ResponseStreamEvent> {
    const { name, attributes, content, signal, parent } = this.#plan;
    this.#span = startSpan(name, { attributes: { ...attributes, streamed: true }, content, parent });
    if (signal?.aborted === true) throw reasonOf(signal);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    const own = this.#span.id ?? parent;
    const call = { signal: this.#controller.signal, ...(own === undefined ? {} : { parent: own }) };
    return this.#span.run(() => this.#plan.events(call)[Symbol.asyncIterator]());
  }

  #take(event: ResponseStreamEvent): void {
    const known = event as Exclude<ResponseStreamEvent, { type: `${string}:${string}` }>;
    if (known.type === 'text-delta') this.#partial.text += known.delta;
    else if (known.type === 'citation') this.#partial.citations.push(known.citation);
    else if (known.type === 'sources') this.#partial.sources = known.sources;
    this.#queue.push(event);
    if (known.type === 'finish') this.#finish(known.response);
  }

  #finish(response: QueryResponse): void {
    this.#end = { kind: 'finished', response };
    this.#close();
    const { outcome, usage, sources, citations } = response;
    const { raw: _raw, ...counts } = usage ?? {};
    const attributes = { outcome, usage: counts, sources: sources.length, citations: citations.length };
    this.#span?.end(attributes, () => ({ text: response.text }));
  }

  #fail(cause: unknown): void {
    if (this.#end !== undefined) return;
    const { signal } = this.#plan;
    const error = signal?.aborted === true ? reasonOf(signal) : this.#described(cause);
    this.#end = { kind: 'failed', error };
    this.#close(error);
    this.#span?.fail(error);
  }

  #described(cause: unknown): MortiseError {
    // The partial answer says more to the caller than the partial reply of the model below.
    return withErrorFields(toMortiseError(cause), { partial: this.partial() });
  }

  #close(reason?: unknown): void {
    this.#plan.signal?.removeEventListener('abort', this.#onAbort);
    if (reason !== undefined) this.#controller.abort(reason);
    // Not awaited: a generator that hangs in `next` hangs in `return` too. What it throws now changes nothing.
    this.#source?.return?.().then(undefined, () => undefined);
  }
}

function unfinished(): MortiseError {
  const message =
    'The answer ended without its last event, so it may be cut. What had arrived is in `partial`.';
  return new MortiseError('stream-truncated', message);
}
