import {
  abortReason,
  leftError,
  linkedController,
  type LinkedController,
  SingleReader,
} from '@mortise/core/call';
import { type LLM, type ProviderOptions, textDelta } from '@mortise/core/llm';
import { checkOptions } from '@mortise/core/shared';
import { webStream } from '@mortise/core/sse';
import type { RunToolsResult, StreamToolsOptions, ToolsInput, ToolsStream } from './contract.ts';
import type { RunToolsEvent } from './event-contract.ts';
import { type Listener, type LoopHooks, runLoop } from './loop.ts';
import { readState } from './read-state.ts';
import { inputNow, isState, newRun, type RunState, toState } from './run-state.ts';
import type { Tool } from './tool.ts';

/**
 * The loop of `runTools` as a stream. Nothing is sent before it is first read, and it goes no further than it is read. What it
 * rejects with is what `runTools` rejects with.
 */
export function streamTools<P extends ProviderOptions, M, T = undefined, Of extends Tool = Tool>(
  llm: LLM<P, M>,
  input: ToolsInput,
  given: StreamToolsOptions<P, T, Of>,
): ToolsStream<M, T, Of> {
  const options: StreamToolsOptions<P, T> = checkOptions(given, 'configuration');
  const taken = inputNow(input);
  let begun: RunState<M> | undefined;
  const state = (): RunState<M> =>
    (begun ??= isState(taken) ? readState(taken) : newRun(taken, options.runId));
  const run = new Run<RunToolsResult<M, T>>(options.signal, async (hooks) =>
    runLoop(llm, state(), options, hooks),
  );
  const events = (): AsyncIterableIterator<RunToolsEvent<Of>> =>
    run.read((event) => event as RunToolsEvent<Of>);
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
class Run<R> implements Listener {
  readonly reader: SingleReader<RunToolsEvent, R>;
  readonly #loop: Looping<R>;
  readonly #caller: AbortSignal | undefined;
  /** Told and not read yet: tools run side by side. */
  readonly #told: Told[] = [];
  /** The one whose event was read last. */
  #read: Told | undefined;
  #piped: Piped | undefined;
  #stop: LinkedController | undefined;
  #isRead = false;
  #fills = false;
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

  tell(event: RunToolsEvent): Promise<void> {
    return new Promise((goOn, fail) => {
      const { signal } = this.#stop as LinkedController;
      if (signal.aborted) return fail(abortReason(signal));
      this.#told.push({ event, goOn, fail });
      this.#awake();
    });
  }

  /** The reader asks the stream itself: an event of a model costs no turn of the loop. */
  pipe<E>(stream: AsyncIterable<E>, shown: (event: E) => RunToolsEvent): Promise<void> {
    return new Promise((goOn, fail) => {
      const source = stream[Symbol.asyncIterator]();
      const next = async (): Promise<RunToolsEvent | undefined> => {
        const read = await source.next();
        return read.done === true ? undefined : shown(read.value);
      };
      const leave = async (): Promise<void> => void (await source.return?.());
      this.#piped = { next, leave, goOn, fail };
      if (this.#wake !== undefined) this.#pull();
    });
  }

  async #advance(): Promise<void> {
    const stop = (this.#stop ??= this.#start());
    this.#read?.goOn();
    this.#read = undefined;
    if (this.#told.length === 0) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
        this.#pull();
      });
    }
    if (stop.signal.aborted) return;
    // As far as somebody waits for it to be read.
    const waits = this.#told.findIndex(({ goOn }) => goOn !== nothing);
    const read = this.#told.splice(0, waits === -1 ? this.#told.length : waits + 1);
    this.#read = read.at(-1);
    this.reader.push(read.map(({ event }) => event));
  }

  #pull(): void {
    if (this.#piped === undefined || this.#fills) return;
    this.#fills = true;
    void this.#fill(this.#piped).finally(() => (this.#fills = false));
  }

  /** Reads what has arrived of a stream, a few events ahead of the reader: a turn for each would cost more than the event. */
  async #fill(piped: Piped): Promise<void> {
    try {
      while (this.#told.length < AHEAD) {
        const event = await piped.next();
        if (this.#piped !== piped) return;
        if (event === undefined) return this.#afterRead(() => this.#unpipe()?.goOn());
        this.#told.push({ event, goOn: nothing, fail: nothing });
        this.#awake();
      }
    } catch (error) {
      this.#afterRead(() => this.#unpipe()?.fail(error));
    }
  }

  /** Once all that was told is read. */
  #afterRead(goOn: () => void): void {
    const last = this.#told.pop();
    if (last === undefined) goOn();
    else this.#told.push({ ...last, goOn });
  }

  #unpipe(): Piped | undefined {
    const piped = this.#piped;
    this.#piped = undefined;
    return piped;
  }

  #awake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  #start(): LinkedController {
    const stop = linkedController(this.#caller);
    const { signal } = stop;
    // One listener for all that waits: one for each event would cost more than the event.
    const onAbort = (): void => {
      const error = abortReason(signal);
      for (const { fail } of this.#told.splice(0)) fail(error);
      this.#read?.fail(error);
      const piped = this.#unpipe();
      piped?.fail(error);
      // A model may not look at its signal.
      piped?.leave().catch(nothing);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    void this.#loop({ signal, listener: this.#isRead ? this : undefined })
      .then(
        (result) => this.reader.finish(result),
        (error: unknown) => this.reader.fail(error),
      )
      .then(() => {
        signal.removeEventListener('abort', onAbort);
        stop.unlink();
        this.#awake();
      });
    return stop;
  }

  #leave(): void {
    const error = leftError('The loop was left before its end.');
    this.reader.fail(error);
    this.#stop?.abort(error);
    this.#awake();
  }
}

/** Events of a model that are read before they are asked for, at most. */
const AHEAD = 32;

/** What waits until its event was read. */
interface Told {
  readonly event: RunToolsEvent;
  readonly goOn: () => void;
  readonly fail: (error: unknown) => void;
}

/** A stream of a model that is read. */
interface Piped {
  /** Undefined at its end. */
  readonly next: () => Promise<RunToolsEvent | undefined>;
  readonly leave: () => Promise<void>;
  readonly goOn: () => void;
  readonly fail: (error: unknown) => void;
}

function nothing(): void {
  // Nobody waits.
}
