import { throwIfAborted } from './timers.ts';

/** Milliseconds that work goes on before others have their turn: well under the 50 ms that a person would notice. */
const SLICE_MS = 12;

/** Long work of the processor in slices. Between two of them the event loop runs, and the signal is looked at. */
export interface Pace {
  /** Whether the slice is over: for loops that would not wait otherwise, `if (pace.due) await pace.rest()`. */
  readonly due: boolean;
  /** Waits for a turn of the event loop where the slice is over. Rejects with the reason of an aborted signal. */
  rest(): Promise<void>;
}

/** A pace that begins now. */
export function createPace(signal?: AbortSignal, sliceMs: number = SLICE_MS): Pace {
  let since = performance.now();
  const isDue = (): boolean => performance.now() - since >= sliceMs;
  return {
    get due() {
      return isDue();
    },
    async rest() {
      throwIfAborted(signal);
      if (!isDue()) return;
      await turn();
      since = performance.now();
      throwIfAborted(signal);
    },
  };
}

/** A whole turn of the event loop: a promise that is settled already would only delay this function. */
function turn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (done: () => void) => unknown };
  return new Promise((done) => void (setImmediate === undefined ? setTimeout(done) : setImmediate(done)));
}
