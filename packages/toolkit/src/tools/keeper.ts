import { raceAbort } from '@mortise/core/call';
import type { StreamToolsOptions } from './contract.ts';
import { toState, type RunState } from './run-state.ts';

/** Hands the state of a run to whoever keeps it: one at a time, in the order of the changes. */
export class Keeper {
  readonly #state: RunState;
  readonly #onState: StreamToolsOptions['onState'];
  readonly #signal: AbortSignal;
  #saving: Promise<void> = Promise.resolve();
  /** The state has changed since it was kept last. */
  #changed = true;

  constructor(state: RunState, onState: StreamToolsOptions['onState'], signal: AbortSignal) {
    this.#state = state;
    this.#onState = onState;
    this.#signal = signal;
  }

  /** To be kept with the next change, or before the next request. */
  changed(): void {
    this.#changed = true;
  }

  async keep(): Promise<void> {
    this.#changed = true;
    await this.save();
  }

  /** Keeps the state where it has changed, and waits for what is being kept. */
  async save(): Promise<void> {
    const onState = this.#onState;
    if (onState === undefined) return;
    if (this.#changed) {
      this.#changed = false;
      const state = toState(this.#state);
      this.#saving = this.#saving.then(() => onState(state));
    }
    await raceAbort(this.#saving, this.#signal);
  }
}
