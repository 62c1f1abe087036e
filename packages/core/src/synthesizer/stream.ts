import { SingleReader, stop } from '../call/single-reader.ts';
import { abortReason, Waits } from '../call/timers.ts';
import { leftError, MortiseError, toMortiseError, withErrorFields } from '../errors.ts';
import type { Attributes, EventName } from '../events/map.ts';
import { endWhenForgotten, pullWithin, startSpan, type Span } from '../events/span.ts';
import { defined } from '../shared/json.ts';
import { webStream } from '../sse/write.ts';
import type { PartialQueryResponse, QueryResponse, ResponseStream, ResponseStreamEvent } from './contract.ts';

/** What a stream of an answer is made of. */
export interface ResponseStreamOptions {
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
 * A `ResponseStream` from a generator of events: what authors of query engines and synthesizers need to stream.
 */
export function createResponseStream(options: ResponseStreamOptions): ResponseStream {
  const pump = new ResponsePump(options);
  const { reader } = pump;
  const events = (): AsyncIterableIterator<ResponseStreamEvent> => reader.reader((event) => event);
  return {
    ...webStream(events),
    [Symbol.asyncIterator]: events,
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => reader.reader(textOf) };
    },
    get partial() {
      return pump.partial();
    },
    final: () => reader.final(),
    cancel: () => reader.leave(),
  };
}

function textOf(event: ResponseStreamEvent): string | undefined {
  return event.type === 'text-delta' ? (event as { delta: string }).delta : undefined;
}

/** Moves events from the source to the one reader, as fast as the reader asks. */
class ResponsePump {
  readonly #options: ResponseStreamOptions;
  readonly reader: SingleReader<ResponseStreamEvent, QueryResponse>;
  readonly #controller = new AbortController();
  readonly #waits = new Waits();
  readonly #onAbort = (): void => this.#fail(abortReason(this.#options.signal as AbortSignal));
  #span: Span | undefined;
  #source: AsyncIterator<ResponseStreamEvent> | undefined;
  #partial: PartialQueryResponse = { text: '', citations: [] };

  constructor(options: ResponseStreamOptions) {
    this.#options = options;
    this.reader = new SingleReader({
      advance: () => this.#advance(),
      leave: () => this.#fail(leftError()),
    });
  }

  partial(): PartialQueryResponse {
    return { ...this.#partial, citations: [...this.#partial.citations] };
  }

  async #advance(): Promise<void> {
    try {
      const source = (this.#source ??= this.#open());
      if (this.reader.ended) return;
      const result = await this.#waits.until(pullWithin(this.#span, () => source.next()));
      if (this.reader.ended) return;
      if (result.done === true) throw unfinished();
      this.#take(result.value);
    } catch (error) {
      this.#fail(error);
    }
  }

  #open(): AsyncIterator<ResponseStreamEvent> {
    const { name, attributes, content, signal, parent } = this.#options;
    this.#span = startSpan(name, { attributes: { ...attributes, streamed: true }, content, parent });
    endWhenForgotten(this, this.#span);
    if (signal?.aborted === true) throw abortReason(signal);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
    const own = this.#span.id ?? parent;
    const call = { signal: this.#controller.signal, ...(own === undefined ? {} : { parent: own }) };
    return this.#span.run(() => this.#options.events(call)[Symbol.asyncIterator]());
  }

  #take(event: ResponseStreamEvent): void {
    const known = event as Exclude<ResponseStreamEvent, { type: `${string}:${string}` }>;
    if (known.type === 'text-delta') this.#partial.text += known.delta;
    else if (known.type === 'citation') this.#partial.citations.push(known.citation);
    else if (known.type === 'sources') this.#partial.sources = known.sources;
    this.reader.push([event]);
    if (known.type === 'finish') this.#finish(known.response);
  }

  #finish(response: QueryResponse): void {
    this.reader.finish(response);
    this.#close();
    const { outcome, text, usage, sources, citations } = response;
    const { raw: _raw, ...counts } = usage ?? {};
    const attributes = { outcome, usage: counts, sources: sources.length, citations: citations.length };
    this.#span?.end(attributes, () => ({ text, sources, citations }));
  }

  #fail(cause: unknown): void {
    if (this.reader.ended) return;
    const { signal } = this.#options;
    const error = signal?.aborted === true ? abortReason(signal) : this.#described(cause);
    this.reader.fail(error);
    this.#close(error);
    this.#span?.fail(error);
  }

  #described(cause: unknown): MortiseError {
    const error = toMortiseError(cause);
    const { metadata } = { ...(error.partial as PartialQueryResponse | undefined) };
    // The partial answer says more to the caller than the partial reply of the model below.
    return withErrorFields(error, { partial: defined({ ...this.partial(), metadata }) });
  }

  #close(reason?: unknown): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (reason !== undefined) {
      this.#controller.abort(reason);
      this.#waits.interrupt(reason);
    }
    stop(this.#source);
  }
}

function unfinished(): MortiseError {
  const message =
    'The answer ended without its last event, so it may be cut. What had arrived is in `partial`.';
  return new MortiseError('stream-truncated', message);
}
