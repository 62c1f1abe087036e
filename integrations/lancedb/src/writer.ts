import { setTimeout as sleep } from 'node:timers/promises';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { isConflict } from './errors.ts';

/** After so many commits, or entries, small files and what is in no index slow searches down. */
const COMMITS = 100;
const ENTRIES = 20_000;
/** LanceDB itself tries an upsert or a delete some ten times. */
const TRIES = 6;
const DELAY_MS = 50;

/** Writes of one store, one after the other: at once they would only be in each other's way. */
export class Writer {
  #last: Promise<unknown> = Promise.resolve();
  #commits = 0;
  #entries = 0;

  /** `work` gives how many entries it changed; `optimize` comes after it when it is time. */
  async write(
    signal: AbortSignal | undefined,
    work: () => Promise<number>,
    optimize: () => Promise<void>,
  ): Promise<void> {
    await this.run(signal, async () => {
      this.#entries += await work();
      this.#commits++;
    });
    if (this.#commits < COMMITS && this.#entries < ENTRIES) return;
    await this.run(signal, async () => {
      if (this.#commits < COMMITS && this.#entries < ENTRIES) return;
      this.#commits = this.#entries = 0;
      // What was asked for is written; who came in between may do it, or the next time.
      await optimize().catch((error: unknown) => {
        if (!isConflict(error)) throw error;
      });
    });
  }

  /** In its turn, again after a conflict. An abort ends the waiting, not what is under way. */
  async run(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(() => retried(work, signal));
    this.#last = turn.catch(() => undefined);
    await (signal === undefined ? turn : raceAbort(turn, signal));
  }

  /** Resolves once nothing is being written. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

async function retried(work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    throwIfAborted(signal);
    try {
      await work();
      return;
    } catch (error) {
      if (tries === TRIES || !isConflict(error)) throw error;
      await sleep(DELAY_MS * 2 ** tries * Math.random());
    }
  }
}
