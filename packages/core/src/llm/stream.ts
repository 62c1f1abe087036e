import type { OpenAttempt } from '../call/call.ts';
import type { Warning } from '../call/contract.ts';
import { SingleReader, stop } from '../call/single-reader.ts';
import { leftError, MortiseError, toMortiseError, withErrorFields } from '../errors.ts';
import type { Attributes } from '../events/map.ts';
import { emitPoint, endWhenForgotten, pullWithin, type Span } from '../events/span.ts';
import { says, throwIfAborted, Waits } from '../call/timers.ts';
import { defined } from '../shared/json.ts';
import { webStream } from '../sse/write.ts';
import type {
  CompletionStream,
  ChatResponse,
  ChatStream,
  ChatStreamEvent,
  PartialChatResponse,
  StreamBatch,
} from './contract.ts';
import { ReplyBuilder, toChatResponse, toCompletionResponse, type Asked } from './response.ts';

/** An attempt whose first content has arrived. */
export interface OpenedStream {
  readonly attempt: OpenAttempt;
  readonly source: AsyncIterator<StreamBatch>;
  /** The events up to and with the first content. */
  readonly head: readonly ChatStreamEvent[];
  /** What the attempt warned of and was not handed out yet; it may grow while the stream is read. */
  readonly warnings: Warning[];
}

/** How a stream is opened, left, checked and described. */
export interface ChatStreamHooks {
  readonly asked: Asked;
  /** The server that what is opaque in the reply goes back to. Absent: its blocks say so already. */
  readonly owner?: string | undefined;
  /** The caller's. */
  readonly signal?: AbortSignal | undefined;
  /** Opens the span and makes the call; called at the first read. */
  open(): { readonly span: Span; readonly opened: Promise<OpenedStream> };
  /** Aborts `opened` when the stream is left before it resolves. */
  abandon(reason: unknown): void;
  /** Throws for a reply that is whole and no answer all the same. */
  check?(response: ChatResponse): void;
  /** Attributes of the span's end. */
  describe(response: ChatResponse): { attributes?: Attributes; content?: () => Attributes };
}

/** A stream of one call: single use, pulled, nothing sent before the first read (L-05, L-06). */
export function createChatStream<M>(hooks: ChatStreamHooks): ChatStream<M> {
  const pump = new ChatPump(hooks);
  const { reader } = pump;
  const events = (): AsyncIterableIterator<ChatStreamEvent> => reader.reader((event) => event);
  return {
    ...webStream(events),
    [Symbol.asyncIterator]: events,
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => reader.reader(textDelta) };
    },
    get partial() {
      return pump.partial();
    },
    final: () => reader.final() as Promise<ChatResponse<M>>,
    cancel: () => reader.leave(),
  };
}

/** A chat stream seen as the text it carries. */
export function createCompletionStream<M>(chat: ChatStream<M>): CompletionStream<M> {
  const texts = (): AsyncIterator<string> => chat.textStream[Symbol.asyncIterator]();
  return {
    ...webStream(texts),
    [Symbol.asyncIterator]: texts,
    get partial() {
      return chat.partial.text;
    },
    final() {
      const response = chat.final().then(toCompletionResponse<M>);
      // L-06: never an unhandled rejection.
      response.catch(() => undefined);
      return response;
    },
    cancel: () => chat.cancel(),
  };
}

/** The text that an event brings, if it brings any. */
export function textDelta(event: ChatStreamEvent): string | undefined {
  return event.type === 'text-delta' ? event.delta : undefined;
}

/** Pieces whose times are told; a longer stream is told of by its first ones. */
const MAX_PIECES = 10_000;

type Finish = Extract<ChatStreamEvent, { type: 'finish' }>;

/** Moves events from the source to the one reader, as fast as the reader asks. */
class ChatPump {
  readonly #hooks: ChatStreamHooks;
  readonly #builder: ReplyBuilder;
  readonly reader: SingleReader<ChatStreamEvent, ChatResponse>;
  readonly #waits = new Waits();
  #span: Span | undefined;
  #opened: OpenedStream | undefined;
  /** Milliseconds from the first read to the first content. */
  #firstTokenMs: number | undefined;
  /** When pieces came after the first, where somebody listens. */
  #pieces: { readonly gaps: number[]; last: number } | undefined;

  constructor(hooks: ChatStreamHooks) {
    this.#hooks = hooks;
    this.#builder = new ReplyBuilder(hooks.asked, hooks.owner);
    this.reader = new SingleReader({
      advance: () => this.#advance(),
      leave: () => {
        this.#fail(leftError());
      },
    });
  }

  partial(): PartialChatResponse {
    return this.#builder.partial();
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
    const began = performance.now();
    const { span, opened } = this.#hooks.open();
    this.#span = span;
    const stream = await opened;
    if (this.reader.ended) return close(stream, undefined);
    this.#opened = stream;
    this.#firstTokenMs = performance.now() - began;
    if (span.id !== undefined) {
      emitPoint('first-token', { firstTokenMs: this.#firstTokenMs }, span);
      this.#pieces = { gaps: [], last: performance.now() };
      endWhenForgotten(this, span);
    }
    const { attempt } = stream;
    // The caller's abort and the time bound end the stream also while nobody reads.
    attempt.signal.addEventListener('abort', () => this.#fail(attempt.failure(undefined)), { once: true });
    this.#take(stream.head, stream);
    attempt.pause();
  }

  async #read(stream: OpenedStream): Promise<void> {
    const { attempt, source } = stream;
    throwIfAborted(attempt.signal);
    attempt.resume();
    const next = await this.#waits.until(pullWithin(this.#span, () => source.next()));
    if (this.reader.ended) return;
    if (this.#pieces !== undefined) this.#count(this.#pieces);
    attempt.pause();
    if (next.done === true) throw truncated();
    const events = eventsOf(next.value);
    if (events.some(says)) attempt.touch();
    this.#take(events, stream);
  }

  #take(arrived: readonly ChatStreamEvent[], { warnings }: OpenedStream): void {
    const events = warnings.length === 0 ? arrived : withWarnings(arrived, warnings.splice(0));
    const seen: ChatStreamEvent[] = [];
    for (const event of events) {
      if (event.type === 'finish') return this.#finish(seen, event);
      seen.push(this.#builder.apply(event));
    }
    this.reader.push(seen);
  }

  #count(pieces: { readonly gaps: number[]; last: number }): void {
    const now = performance.now();
    if (pieces.gaps.length < MAX_PIECES) pieces.gaps.push(Math.round((now - pieces.last) * 10) / 10);
    pieces.last = now;
  }

  /** What only deltas told of is completed before the terminal event, and nothing follows it. */
  #finish(before: readonly ChatStreamEvent[], finish: Finish): void {
    const blocks = this.#builder.missingBlocks();
    blocks.forEach((block) => this.#builder.apply(block));
    this.#builder.apply(finish);
    const response = toChatResponse(this.#builder.reply(), this.#hooks.asked, this.#builder.warnings);
    this.#hooks.check?.(response);
    this.reader.push([...before, ...blocks, { ...finish, usage: this.#builder.usage }]);
    this.reader.finish(response);
    const { attributes, content } = this.#hooks.describe(response);
    this.#span?.end(
      defined({ ...attributes, firstTokenMs: this.#firstTokenMs, pieceMs: this.#pieces?.gaps }),
      content,
    );
    if (this.#opened !== undefined) close(this.#opened, response.usage.totalTokens);
  }

  #fail(thrown: unknown): void {
    if (this.reader.ended) return;
    const { signal, asked } = this.#hooks;
    // The caller's reason stays exactly what it is, an error of ours too.
    const isReason = signal?.aborted === true && thrown === signal.reason;
    const cause = isReason ? thrown : toMortiseError(thrown, asked);
    const error =
      !isReason && (cause as MortiseError).partial === undefined
        ? withErrorFields(cause as MortiseError, { partial: this.partial() })
        : cause;
    this.reader.fail(error);
    this.#span?.fail(error, this.#toldOfFailure());
    if (this.#opened === undefined) return this.#hooks.abandon(error);
    const { attempt, source } = this.#opened;
    attempt.close({ error }, error);
    this.#waits.interrupt(error);
    stop(source);
  }

  /** How far it came, for those who watch. */
  #toldOfFailure(): Attributes {
    const { raw: _raw, ...usage } = this.#builder.usage;
    return defined({ firstTokenMs: this.#firstTokenMs, usage });
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
  stop(source);
}

/** E-01. Retryable: the same call may succeed; core itself repeats it only while nothing was handed out. */
export function truncated(): MortiseError {
  const message =
    'The stream ended before the provider said that the reply is over: it is cut. What had arrived is in `partial`; call again.';
  return new MortiseError('stream-truncated', message, { retryable: true });
}
