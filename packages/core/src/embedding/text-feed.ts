import { throwIfAborted, watchdog, type Watchdog } from '../call/timers.ts';
import type { EmbeddingInput } from './contract.ts';
import type { TextSource } from './stream.ts';

type Next = IteratorResult<EmbeddingInput>;

/** Who takes texts. */
export interface TextTaker {
  /** Whether something waits that was taken and not sent: the source may be waiting for just that. */
  isHolding(): boolean;
  /** Takes one in; false: no more for now. */
  admit(input: EmbeddingInput, index: number): boolean;
}

/**
 * The texts of a run as they come from a source that may pause, or hang: the run can be woken meanwhile, and is hurried when
 * it has held something for `lingerMs` while it waited for more.
 */
export class TextFeed {
  taken = 0;
  /** The source has no more. */
  ended = false;
  /** What is held is to be sent as it stands. Reset by the run. */
  hurried = false;
  readonly #source: TextSource;
  readonly #lingerMs: number;
  readonly #signal: AbortSignal;
  #pending: Promise<Next> | undefined;
  #linger: Watchdog | undefined;
  #wake: (() => void) | undefined;

  /** Taking ends with the reason of `signal`. */
  constructor(source: TextSource, lingerMs: number, signal: AbortSignal) {
    this.#source = source;
    this.#lingerMs = lingerMs;
    this.#signal = signal;
    signal.addEventListener('abort', () => this.notify());
  }

  /** Something changed that the run may be waiting for. */
  notify(): void {
    this.#wake?.();
  }

  /** Until `notify`. */
  change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  hurry(): void {
    this.hurried = true;
    this.notify();
  }

  /** Hands over `most` texts, fewer where the taker has enough, or the source pauses and the run is woken. */
  async take(most: number, taker: TextTaker): Promise<void> {
    const last = this.taken + most;
    while (this.taken < last && !this.hurried) {
      let next: Next | Promise<Next> | undefined = this.#pending ?? this.#source.next();
      if ('then' in next) next = await this.#arrival(next, taker.isHolding());
      throwIfAborted(this.#signal);
      this.ended = next?.done === true;
      if (next === undefined || next.done === true) break;
      if (!taker.admit(next.value, this.taken++)) break;
    }
    this.#linger?.pause();
  }

  /** What an asynchronous source gives, or undefined when the run is woken before. */
  async #arrival(pending: Promise<Next>, isHolding: boolean): Promise<Next | undefined> {
    this.#pending = pending;
    if (isHolding)
      (this.#linger ??= watchdog(this.#lingerMs, () => {
        this.#linger = undefined;
        this.hurry();
      })).resume();
    else this.#linger?.pause();
    const next = await new Promise<Next | undefined>((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      pending.then(resolve, reject);
    });
    if (next !== undefined) this.#pending = undefined;
    return next;
  }

  /** A source that was not read to its end is told so; it may be hanging, so nobody waits for it. */
  close(): void {
    this.#linger?.stop();
    if (!this.ended) (async () => this.#source.return?.())().catch(() => undefined);
    this.#pending?.catch(() => undefined);
  }
}
