import { setTimeout as sleep } from 'node:timers/promises';
import { raceAbort, throwIfAborted } from '@mortise/core/call';
import { isConflict } from './errors.ts';

/** After so many commits, or entries, small files and what is in no index slow searches down. */
const COMMITS = 100;
const ENTRIES = 10_000;
/** LanceDB itself tries an upsert or a delete some ten times. */
const TRIES = 6;
const DELAY_MS = 50;

/** What is done for a table when it is time. */
export interface Upkeep {
  rows(): Promise<number>;
  optimize(): Promise<void>;
}

/** Writes of one store, one after the other: at once they would only be in each other's way. */
export class Writer {
  #last: Promise<unknown> = Promise.resolve();
  #commits = 0;
  #entries = 0;

  /** `work` gives how many entries it changed. */
  async write(signal: AbortSignal | undefined, work: () => Promise<number>, upkeep: Upkeep): Promise<void> {
    await this.run(signal, async () => {
      this.#entries += await work();
      this.#commits++;
    });
    if (!this.#isDue(0)) return;
    await this.run(signal, async () => {
      if (!this.#isDue(0) || !this.#isDue(await upkeep.rows())) return;
      this.#commits = this.#entries = 0;
      // What was asked for is written; who came in between may do it, or the next time.
      await upkeep.optimize().catch((error: unknown) => {
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

  /** LanceDB writes the whole of a table again, up to a million rows: so the larger it is, the less often. */
  #isDue(rows: number): boolean {
    return (
      this.#commits >= Math.max(COMMITS, Math.sqrt(rows)) || this.#entries >= Math.max(ENTRIES, rows / 10)
    );
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
