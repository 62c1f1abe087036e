import { leftError, readableStream, SingleReader, typedElse } from '@mortise/core/call';
import { startSpan } from '@mortise/core/events';
import { webStream, type WebStream } from '@mortise/core/sse';
import { type DeepPartial, isParserError } from '@mortise/core/parser';
import { IncrementalJson } from '../json/incremental-json.ts';
import type { Schema } from '@mortise/core/schema';
import { checkOptions, type JsonValue } from '@mortise/core/shared';
import { kindsOf } from '../parsers/schema.ts';
import {
  type ChatResponse,
  type ChatStream,
  type LLM,
  type ProviderOptions,
  snapshot,
  type ChatInput,
} from '@mortise/core/llm';
import {
  gaveUp,
  prepareStructured,
  refuseUnfinished,
  repairRequest,
  type StructuredForm,
} from './structured-mode.ts';
import type { StructuredOptions, StructuredResult } from './contract.ts';

/**
 * A typed value in the making: single use, pull-based, cancelled by `break`, as a `ChatStream` is. It shows the schema's
 * input as the model writes it, unvalidated; a repair begins anew. Only `final()` gives the value. As server-sent events each part is
 * a {@link StructuredEvent}, whole again each time.
 */
export interface StructuredStream<P, T, M = unknown> extends AsyncIterable<P>, WebStream<P> {
  /** Reads to the end and gives what `structured` would have given. After an early leave: `aborted`. */
  final(): Promise<StructuredResult<T, M>>;
  /** Leaves the stream and closes its connection. */
  cancel(): Promise<void>;
}

/** A part of a value, as it is sent to a browser. */
export interface StructuredEvent<P> {
  type: 'partial';
  value: P;
}

/**
 * `structured`, streamed.
 *
 * ```ts
 * const stream = structuredStream(llm, recipe, 'How do I make tea?');
 * for await (const partial of stream) render(partial.steps ?? []);
 * const { value } = await stream.final();
 * ```
 */
export function structuredStream<Input, Output, P extends ProviderOptions = ProviderOptions, M = unknown>(
  llm: LLM<P, M>,
  schema: Schema<Input, Output>,
  input: ChatInput,
  given: StructuredOptions<P> = {},
): StructuredStream<DeepPartial<Input>, Output, M> {
  const options = checkOptions(given);
  const taken = snapshot(input);
  const run = new Run<StructuredResult<Output, M>>(
    (opened) => inItsSpan(llm, options, (within) => attempts(llm, schema, taken, within, opened)),
    options.signal,
  );
  const { reader } = run;
  const pick = (value: unknown): DeepPartial<Input> => value as DeepPartial<Input>;
  const sent = (value: unknown): StructuredEvent<unknown> => ({ type: 'partial', value });
  return {
    ...webStream(() => reader.reader(sent)),
    [Symbol.asyncIterator]: () => reader.reader(pick),
    final: () => reader.final(),
    toReadableStream: () => readableStream(reader.reader(pick)),
    cancel: () => reader.leave(),
  };
}

type Cancellable = Pick<ChatStream, 'cancel'>;

/** The span lasts until the value is whole, or the stream has failed or was left. */
async function* inItsSpan<
  O extends StructuredOptions,
  R extends Pick<StructuredResult<unknown>, 'mode' | 'repairs'>,
>(
  { provider, model }: Pick<LLM, 'provider' | 'model'>,
  options: O,
  run: (options: O) => AsyncGenerator<unknown, R>,
): AsyncGenerator<unknown, R> {
  const { parent } = options;
  const span = startSpan('structured', { parent, attributes: { provider, model, streamed: true } });
  let isOver = false;
  try {
    const result = yield* run(span.id === undefined ? options : { ...options, parent: span.id });
    isOver = true;
    const { mode, repairs } = result;
    span.end({ mode, repairs });
    return result;
  } catch (error) {
    isOver = true;
    span.fail(error);
    throw error;
  } finally {
    if (!isOver) span.fail(leftError());
  }
}

/** Every attempt's snapshots; returns the result. */
async function* attempts<Input, Output, P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  schema: Schema<Input, Output>,
  input: ChatInput,
  options: StructuredOptions<P>,
  opened: (stream: Cancellable) => void,
): AsyncGenerator<unknown, StructuredResult<Output, M>> {
  const prepared = prepareStructured(llm, schema, input, options);
  const { mode, form, parser, maxRepairs } = prepared;
  const { signal, parent } = options;
  let { messages } = prepared;
  const responses: ChatResponse<M>[] = [];
  for (let repairs = 0; ; repairs++) {
    // Awaited, since the stream of a model without a base may be a promise, whose rejection is then heard.
    const stream = await Promise.resolve(llm.streamChat(messages, prepared.options));
    opened(stream);
    yield* snapshots(stream, form);
    const response = await stream.final();
    responses.push(response);
    refuseUnfinished(response, llm);
    try {
      const value = await parser.parse(form.textOf(response), { signal, parent });
      return { value, mode, response, repairs, responses };
    } catch (error) {
      if (!isParserError(error)) throw error;
      if (repairs >= maxRepairs) throw gaveUp(error, repairs, response, llm);
      messages = [...messages, ...repairRequest(error, response)];
    }
  }
}

async function* snapshots(stream: ChatStream, form: StructuredForm): AsyncGenerator<unknown> {
  const json = new IncrementalJson({ kinds: kindsOf(form.shown.schema) });
  const pieceOf = form.pieces();
  // Without the nulls that stand for absent members: the type of a part does not know them.
  const kept = new WeakMap<object, Map<unknown, JsonValue>>();
  let shown: unknown;
  for await (const event of stream) {
    const piece = pieceOf(event);
    if (piece === undefined) continue;
    json.push(piece);
    if (!json.affordable) continue;
    const value = json.snapshot();
    const part = value === undefined ? undefined : form.shown.restore(value, kept);
    if (part !== undefined && part !== shown) yield (shown = part);
  }
  json.end();
  const whole = json.value === undefined ? undefined : form.shown.restore(json.value, kept);
  if (whole !== undefined && whole !== shown) yield whole;
}

/** Moves values from a generator to the one reader, and closes the connection below when it is left. */
class Run<R> {
  readonly reader: SingleReader<unknown, R>;
  readonly #make: (opened: (stream: Cancellable) => void) => AsyncGenerator<unknown, R>;
  #source: AsyncGenerator<unknown, R> | undefined;
  #open: Cancellable | undefined;
  #latest: unknown;
  readonly #signal: AbortSignal | undefined;

  constructor(
    make: (opened: (stream: Cancellable) => void) => AsyncGenerator<unknown, R>,
    signal: AbortSignal | undefined,
  ) {
    this.#make = make;
    this.#signal = signal;
    this.reader = new SingleReader({ advance: () => this.#advance(), leave: () => this.#leave() });
  }

  async #advance(): Promise<void> {
    this.#source ??= this.#make((stream) => (this.#open = stream));
    const next = await this.#source.next().catch((error: unknown) => {
      throw typedElse(error, this.#signal);
    });
    if (this.reader.ended) return;
    if (next.done === true) return this.reader.finish(next.value);
    this.#latest = next.value;
    this.reader.push([next.value]);
  }

  #leave(): void {
    const message = 'The stream of a structured value was left before its end.';
    this.reader.fail(leftError(message, { partial: this.#latest }));
    void this.#open?.cancel().catch(() => undefined);
    // Not awaited: a generator that hangs in `next` hangs in `return` too.
    void this.#source?.return(undefined as R).catch(() => undefined);
  }
}
