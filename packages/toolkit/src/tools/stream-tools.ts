import { linkedController, type LinkedController, raceAbort, SingleReader } from '@mortise/core/call';
import { MortiseError } from '@mortise/core';
import { type ChatInput, type LLM, type ProviderOptions, snapshot, textDelta } from '@mortise/core/llm';
import { checkOptions } from '@mortise/core/shared';
import { webStream, type WebStream } from '@mortise/core/sse';
import { runTools, type RunToolsEvent, type RunToolsOptions, type RunToolsResult } from './run-tools.ts';

/** The options of `runTools`; what happens is the stream. */
export interface StreamToolsOptions<P extends ProviderOptions = ProviderOptions> extends Omit<
  RunToolsOptions<P>,
  'onEvent'
> {}

/**
 * A loop that is under way, under the rules of `ChatStream`: single use, pull-based (the loop waits until its event is read),
 * cancelled by `break`. `final()` may be called at any time.
 */
export interface ToolsStream<M = unknown> extends AsyncIterable<RunToolsEvent>, WebStream<RunToolsEvent> {
  /** The text deltas of all replies. */
  readonly textStream: AsyncIterable<string>;
  /** Reads to the end and gives what `runTools` would have given. After an early leave: `aborted`. */
  final(): Promise<RunToolsResult<M>>;
  /** Leaves the loop: the model's connection is closed, and the signals of tools that run are aborted. */
  cancel(): Promise<void>;
}

/** `runTools`, streamed. Nothing is sent before the stream is first read. */
export function streamTools<P extends ProviderOptions, M>(
  llm: LLM<P, M>,
  input: ChatInput,
  given: StreamToolsOptions<P>,
): ToolsStream<M> {
  const options = checkOptions(given, 'configuration');
  const taken = snapshot(input);
  const run = new Run<M>(options.signal, (signal, onEvent) =>
    runTools(llm, taken, { ...options, signal, onEvent }),
  );
  const { reader } = run;
  const events = (): AsyncIterableIterator<RunToolsEvent> => reader.reader((event) => event);
  return {
    ...webStream(events),
    [Symbol.asyncIterator]: events,
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => reader.reader(textOf) };
    },
    final: () => reader.final(),
    cancel: () => reader.leave(),
  };
}

function textOf(event: RunToolsEvent): string | undefined {
  return event.type === 'stream' ? textDelta(event.event) : undefined;
}

type Loop<M> = (
  signal: AbortSignal,
  onEvent: (event: RunToolsEvent) => Promise<void>,
) => Promise<RunToolsResult<M>>;

/** Hands each event of a loop over to the one reader; the part of the loop that told it goes on when the next one is asked for. */
class Run<M> {
  readonly reader: SingleReader<RunToolsEvent, RunToolsResult<M>>;
  readonly #loop: Loop<M>;
  readonly #caller: AbortSignal | undefined;
  /** Told and not read yet: tools run side by side. */
  readonly #told: { readonly event: RunToolsEvent; readonly goOn: () => void }[] = [];
  #stop: LinkedController | undefined;
  #goOn: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(caller: AbortSignal | undefined, loop: Loop<M>) {
    this.#caller = caller;
    this.#loop = loop;
    this.reader = new SingleReader({ advance: () => this.#advance(), leave: () => this.#leave() });
  }

  async #advance(): Promise<void> {
    const stop = (this.#stop ??= this.#start());
    this.#goOn?.();
    this.#goOn = undefined;
    if (this.#told.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    const next = this.#told.shift();
    if (next === undefined || stop.signal.aborted) return;
    this.#goOn = next.goOn;
    this.reader.push([next.event]);
  }

  #start(): LinkedController {
    const stop = linkedController(this.#caller);
    const tell = (event: RunToolsEvent): Promise<void> => {
      const read = new Promise<void>((goOn) => void this.#told.push({ event, goOn }));
      this.#wake?.();
      return raceAbort(read, stop.signal);
    };
    void this.#loop(stop.signal, tell)
      .then(
        (result) => this.reader.finish(result),
        (error: unknown) => this.reader.fail(error),
      )
      .then(() => {
        stop.unlink();
        this.#wake?.();
      });
    return stop;
  }

  #leave(): void {
    const error = new MortiseError('aborted', 'The loop was left before its end.');
    this.reader.fail(error);
    this.#stop?.abort(error);
    this.#wake?.();
  }
}
