import { raceAbort } from '@mortise/core/call';
import type { StreamToolsOptions } from './contract.ts';
import { toState, type RunState } from './run-state.ts';

/** Hands the state of a run to whoever keeps it: one at a time, in the order of the changes. */
export class Keeper {
  readonly #state: RunState;
  readonly #onState: StreamToolsOptions['onState'];
  readonly #signal: AbortSignal;
  /** What is being kept; absent when it is kept. What failed stays: the run ends with it. */
  #saving: Promise<void> | undefined;
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
      const before = this.#saving;
      const kept = before === undefined ? onState(state) : before.then(() => onState(state));
      if (kept !== undefined) void this.#follow(Promise.resolve(kept));
    }
    if (this.#saving !== undefined) await raceAbort(this.#saving, this.#signal);
  }

  async #follow(saving: Promise<void>): Promise<void> {
    this.#saving = saving;
    try {
      await saving;
      if (this.#saving === saving) this.#saving = undefined;
    } catch {
      // Whoever waits for it hears of it.
    }
  }
}
