import { MortiseError } from '@mortise/core';

/** From its beginning until it is kept, given up or left. An abort ends it at once, unless it is being kept. */
export class Turn {
  readonly #signal: AbortSignal | undefined;
  readonly #onEnd: () => void;
  readonly #onAbort = (): void => {
    if (!this.#isKept) this.end();
  };
  #isKept = false;
  #isOver = false;

  constructor(signal: AbortSignal | undefined, onEnd: () => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** From here on the turn enters the history, even if its reader leaves. */
  commit(): void {
    // What a model says after it was left must not turn up in the history.
    if (this.#isOver) throw new MortiseError('aborted', 'The turn was left before its answer was whole.');
    this.#isKept = true;
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#onEnd();
  }
}
