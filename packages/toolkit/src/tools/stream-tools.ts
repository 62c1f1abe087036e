import { linkedController, type LinkedController, raceAbort, SingleReader } from '@mortise/core/call';
import { MortiseError } from '@mortise/core';
import { type LLM, type ProviderOptions, textDelta } from '@mortise/core/llm';
import { checkOptions } from '@mortise/core/shared';
import { webStream } from '@mortise/core/sse';
import type {
  RunToolsEvent,
  RunToolsResult,
  StreamToolsOptions,
  ToolsInput,
  ToolsStream,
} from './contract.ts';
import { type LoopHooks, runLoop } from './loop.ts';
import { beginRun, inputNow, type RunState, toState } from './run-state.ts';

/**
 * The loop of `runTools` as a stream. Nothing is sent before it is first read, and it goes no further than it is read. What it
 * rejects with is what `runTools` rejects with.
 */
export function streamTools<P extends ProviderOptions, M, T = undefined>(
  llm: LLM<P, M>,
  input: ToolsInput,
  given: StreamToolsOptions<P, T>,
): ToolsStream<M, T> {
  const options = checkOptions(given, 'configuration');
  const taken = inputNow(input);
  let begun: RunState<M> | undefined;
  const state = (): RunState<M> => (begun ??= beginRun<M>(taken, options.runId));
  const run = new Run<RunToolsResult<M, T>>(options.signal, async (hooks) =>
    runLoop(llm, state(), options, hooks),
  );
  const events = (): AsyncIterableIterator<RunToolsEvent> => run.read((event) => event);
  return {
    ...webStream(events),
    [Symbol.asyncIterator]: events,
    get textStream(): AsyncIterable<string> {
      return { [Symbol.asyncIterator]: () => run.read(textOf) };
    },
    get state() {
      return toState(state());
    },
    final: () => run.reader.final(),
    cancel: () => run.reader.leave(),
  };
}

function textOf(event: RunToolsEvent): string | undefined {
  return event.type === 'stream' ? textDelta(event.event) : undefined;
}

type Looping<R> = (hooks: LoopHooks) => Promise<R>;

/** Hands each event of a loop over to the one reader; the part of the loop that told it goes on when the next one is asked for. */
class Run<R> {
  readonly reader: SingleReader<RunToolsEvent, R>;
  readonly #loop: Looping<R>;
  readonly #caller: AbortSignal | undefined;
  /** Told and not read yet: tools run side by side. */
  readonly #told: { readonly event: RunToolsEvent; readonly goOn: () => void }[] = [];
  #stop: LinkedController | undefined;
  #isRead = false;
  #goOn: (() => void) | undefined;
  #wake: (() => void) | undefined;

  constructor(caller: AbortSignal | undefined, loop: Looping<R>) {
    this.#caller = caller;
    this.#loop = loop;
    this.reader = new SingleReader({ advance: () => this.#advance(), leave: () => this.#leave() });
  }

  read<T>(pick: (event: RunToolsEvent) => T | undefined): AsyncIterableIterator<T> {
    const reader = this.reader.reader(pick);
    this.#isRead = true;
    return reader;
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
    void this.#loop({ signal: stop.signal, tell: this.#isRead ? tell : undefined })
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
